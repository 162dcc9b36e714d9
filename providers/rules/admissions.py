"""What may be done with an admission, and when its documents and declarations are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dps_portal.clock import Calendar, add_months, in_words
from providers.states import EvidenceCheck, EvidenceState, MeasureKind

EVIDENCE_REMINDERS = (60, 30, 7)  # days before a document expires (R3.5)
LAPSED = -1  # the reminder of a document that has expired
DECLARATION_REMINDER = 3  # working days after the request (R2.13)
DECLARATION_MONTHS = 12  # how long a declaration stays fresh


@dataclass(frozen=True)
class Holding:
    """An admission, as far as the rules look at it. Both ends are half-open."""

    lot: str
    ended_on: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None

    def is_held(self, day: date) -> bool:
        return self.ended_on is None or day < self.ended_on

    def has_suspension(self, day: date) -> bool:
        """One that holds on ``day`` or begins later."""
        return self.suspended_from is not None and (
            self.suspended_until is None or day < self.suspended_until
        )

    @property
    def suspension(self) -> str:
        """Its days, for a sentence."""
        if self.suspended_from is None:
            return ""
        words = f"from {in_words(self.suspended_from)}"
        return f"{words} until {in_words(self.suspended_until)}" if self.suspended_until else words


def objections_to_measure(
    kind: MeasureKind,
    holdings: Iterable[Holding],
    *,
    from_on: date,
    until_on: date | None,
    today: date,
) -> list[str]:
    """``from_on``: the first day on which it would have its effect."""
    holdings = list(holdings)
    if not holdings:
        return ["Choose at least one lot that the provider is admitted to."]
    objections = [
        f"The admission to {each.lot} has ended or ends before the measure begins."
        for each in holdings
        if not each.is_held(max(from_on, today))
    ]
    if kind == MeasureKind.SUSPENSION:
        objections += [
            f"{each.lot} already has a suspension {each.suspension}."
            for each in holdings
            if each.has_suspension(today)
        ]
        if until_on is not None and until_on <= max(from_on, today):
            objections.append("The suspension must end after the day on which it begins.")
    if kind == MeasureKind.REINSTATEMENT:
        objections += [
            f"{each.lot} has no suspension that could be ended."
            for each in holdings
            if not each.has_suspension(max(from_on, today))
        ]
    return objections


def objections_to_recommended_measure(
    *, from_on: date, today: date, reason: str, waiting: Iterable[str], others: Iterable[str]
) -> list[str]:
    """``waiting``: lots for which a recommendation waits; ``others``: against the measure."""
    objections = [f"A recommendation on {lot} already waits for a decision." for lot in waiting]
    objections += others
    if from_on < today:
        objections.append("The measure must begin today or later.")
    return objections if reason else [*objections, "Give the reason."]


def objections_to_decided_measure(
    *,
    is_decided: bool,
    is_recommender: bool,
    is_approved: bool,
    reason: str,
    unassessed: Iterable[str],
    others: Iterable[str],
) -> list[str]:
    """``unassessed``: grounds of an exclusion whose self-cleaning nobody has assessed (R3.2).

    ``others`` stand against the measure and, like those grounds, not against turning it down.
    """
    if is_decided:
        return ["This recommendation is already decided."]
    objections = []
    if is_approved:
        objections += [f"Assess the self-cleaning first: {ground}." for ground in unassessed]
        objections += others
    if is_recommender:
        objections.append("A person other than the one who recommended decides.")
    return objections if reason else [*objections, "Give the reason."]


def objections_to_leaving(holdings: Iterable[Holding], *, from_on: date, today: date) -> list[str]:
    """Leaving needs nobody's consent; a lot is left once."""
    holdings = list(holdings)
    objections = [] if holdings else ["Choose at least one lot."]
    objections += [
        f"Your organisation’s admission to {each.lot} already ends on {in_words(each.ended_on)}."
        for each in holdings
        if each.ended_on is not None
    ]
    if from_on < today:
        objections.append("The day of leaving must be today or later.")
    return objections


def objections_to_price(
    *, is_admitted: bool, effective_from: date, today: date, has_price_that_day: bool
) -> list[str]:
    """What a provider's own price must fulfil besides the ceiling (R6.3)."""
    objections = []
    if not is_admitted:
        objections.append("Your organisation is not admitted to this lot.")
    if effective_from <= today:
        objections.append("A new price must start tomorrow or later.")
    if has_price_that_day:
        objections.append("A price for this lot already starts on that day. Choose another day.")
    return objections


def objections_to_renewal(
    *, is_admitted: bool, must_expire: bool, expires_on: date | None, today: date
) -> list[str]:
    """A document that comes outside any application."""
    objections = []
    if not is_admitted:
        objections.append(
            "Your organisation is not admitted to a lot, so add the document to an application."
        )
    if expires_on is None and must_expire:
        objections.append("Enter the expiry date of the document.")
    if expires_on is not None and expires_on < today:
        objections.append("The document has expired.")
    return objections


def objections_to_check(
    *, is_replaced: bool, is_checked: bool, finding: EvidenceCheck, reason: str
) -> list[str]:
    objections = []
    if is_replaced:
        objections.append("The provider has replaced this document.")
    if is_checked:
        objections.append("This document is already checked.")
    if finding == EvidenceCheck.REJECTED and not reason:
        objections.append("Give the reason for rejecting the document.")
    return objections


def objections_to_review_of_rating(*, is_reviewed: bool, note: str) -> list[str]:
    objections = ["This change of rating is already reviewed."] if is_reviewed else []
    return objections if note else [*objections, "Say what you found and what follows from it."]


def objections_to_request(*, providers: int, reason: str) -> list[str]:
    """``providers``: admitted ones who are not asked already."""
    objections = []
    if not providers:
        objections.append(
            "There is nobody to ask: a provider must be admitted, and one that is asked already "
            "must answer first."
        )
    return objections if reason else [*objections, "Give the reason."]


def evidence_state(
    *, expires_on: date | None, is_refused: bool, needs_check: bool, today: date
) -> EvidenceState:
    """A document is good on the day on which it expires. ``is_refused``: by people or a scan."""
    if is_refused:
        return EvidenceState.REJECTED
    if expires_on is not None and expires_on < today:
        return EvidenceState.EXPIRED
    if needs_check:
        return EvidenceState.TO_CHECK
    if expires_on is not None and (expires_on - today).days <= max(EVIDENCE_REMINDERS):
        return EvidenceState.EXPIRING
    return EvidenceState.IN_DATE


def evidence_reminder(*, expires_on: date, today: date) -> int | None:
    """The nearest reminder that is due, in days before the expiry; ``LAPSED`` after it."""
    left = (expires_on - today).days
    if left < 0:
        return LAPSED
    return min((days for days in EVIDENCE_REMINDERS if left <= days), default=None)


def declaration_reminder_on(*, requested_on: date, calendar: Calendar) -> date:
    return calendar.due(requested_on, DECLARATION_REMINDER)


def is_declaration_stale(*, declared_on: date, today: date) -> bool:
    """A year later it is asked for again (R2.13)."""
    return add_months(declared_on, DECLARATION_MONTHS) <= today


def whole_months(since: date, today: date) -> int:
    """How many months have passed in full."""
    months = (today.year - since.year) * 12 + today.month - since.month
    return months if add_months(since, months) <= today else months - 1

"""The quarterly returns of providers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import Quarter
from dps_portal.audit import trail
from dps_portal.clock import ONE_DAY
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from dps_portal.reports import rules, scorecards
from dps_portal.reports.models import QuarterlyReturn, ReturnKind
from providers.models import Admission, Provider


@transaction.atomic
def submit_return(
    *,
    provider: Provider,
    agreement: Agreement,
    quarter: Quarter,
    figures: Mapping[str, int],
    nothing_to_report: bool,
    comment: str,
    reason: str,
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The return of a quarter; later a replacement until it is due, then a correction.

    The same again changes nothing.
    """
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    held = standing_return(provider, agreement, quarter)
    said = {**figures, "nothing_to_report": nothing_to_report, "comment": comment}
    if held and all(getattr(held, name) == value for name, value in said.items()):
        return held
    today, due_on = timezone.localdate(at), rules.return_due(quarter.last_day)
    corrects = held is not None and today > due_on
    admitted = Admission.objects.filter(provider=provider, lot__agreement=agreement)
    refuse_if(
        rules.objections_to_return(
            last_day=quarter.last_day,
            today=today,
            was_admitted=admitted.held_in(quarter.start, quarter.last_day).exists(),
            corrects=corrects,
            reason=reason,
            nothing_to_report=nothing_to_report,
            figures=figures.values(),
        )
    )
    of = {
        "provider": provider,
        "agreement": agreement,
        "quarter": quarter.start,
        "due_on": due_on,
        "replaces": held,
        "is_late": held.is_late if held else today > due_on,
        "by": by,
        "at": at,
    }
    if corrects:
        taken_back = {name: -value for name, value in held.figures.items()}
        QuarterlyReturn.objects.create(
            **of,
            **taken_back,
            kind=ReturnKind.REVERSAL,
            nothing_to_report=held.nothing_to_report,
            reason=reason,
        )
    kind = ReturnKind.CORRECTION if corrects else ReturnKind.REPLACEMENT
    made = QuarterlyReturn.objects.create(
        **of, **said, kind=kind if held else ReturnKind.FIRST, reason=reason if corrects else ""
    )
    trail.record("return.submitted", made, by=by, at=at, kind=made.kind, is_late=made.is_late)
    return made


def standing_return(
    provider: Provider, agreement: Agreement, quarter: Quarter
) -> QuarterlyReturn | None:
    rows = QuarterlyReturn.objects.standing()
    return rows.filter(provider=provider, agreement=agreement, quarter=quarter.start).first()


@dataclass(frozen=True)
class Expected:
    """The return of a quarter that is over, from a provider that was admitted in it."""

    provider: Provider
    quarter: Quarter
    sent: QuarterlyReturn | None
    is_overdue: bool  # or can only be corrected, where it is sent

    @property
    def due_on(self) -> date:
        return rules.return_due(self.quarter.last_day)


def expected_returns(
    agreement: Agreement, providers: Iterable[Provider], today: date
) -> list[Expected]:
    """Of each provider, the newest quarter first; as many queries for one as for all."""
    admissions = Admission.objects.filter(lot__agreement=agreement, provider__in=providers)
    spells = list(admissions.select_related("provider").order_by("provider__reference", "pk"))
    rows = QuarterlyReturn.objects.standing().filter(agreement=agreement, provider__in=providers)
    sent = {(row.provider_id, row.quarter): row for row in rows}
    return [
        Expected(
            provider,
            quarter,
            sent.get((provider.pk, quarter.start)),
            rules.return_due(quarter.last_day) < today,
        )
        for quarter in scorecards.quarters(agreement, today)
        if quarter.last_day < today
        for provider in dict.fromkeys(
            spell.provider
            for spell in spells
            if rules.is_held_in(quarter, spell.admitted_on, spell.ended_on)
        )
    ]


def owed_returns(providers: Iterable[Provider], today: date) -> list[Expected]:
    """What was not sent for the quarter before this one; the page of returns shows earlier gaps."""
    agreements = Agreement.objects.public().filter(lots__admissions__provider__in=providers)
    return [
        one
        for agreement in agreements.distinct().order_by("pk")
        for one in expected_returns(agreement, providers, today)
        if one.sent is None and one.quarter.last_day + ONE_DAY == Quarter.of(today).start
    ]


def remind_of_returns(*, at: datetime) -> int:
    """When a quarter is over, and the day after its return was due; once each."""
    owed = owed_returns(Provider.objects.all(), timezone.localdate(at))
    return sum(_remind(one, at) for one in owed)


def _remind(one: Expected, at: datetime) -> int:
    event = "return_overdue" if one.is_overdue else "return_due"
    return notify_each(
        one.provider.people(),
        f"reports/emails/{event}.txt",
        at=at,
        key=f"{event}:{one.quarter.start}",
        due_on=(one.due_on if one.is_overdue else one.quarter.last_day) + ONE_DAY,
        quarter=one.quarter,
        last_day=one.due_on,
    )

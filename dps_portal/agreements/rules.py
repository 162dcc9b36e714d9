"""What may be published, opened, lengthened and ended, and when notices are due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .regimes import BACKSTOP, STRICT, VALIDITY_FREEZE, Period, Regime

ONE_DAY = timedelta(days=1)
NOTICE_DAYS = 30  # PCR 50(5), 75(4): after the end of the quarter; R2.16
MONTHS_IN_QUARTER = 3
LARGEST_CALL_OFF_WEEKS = 13
TURNOVER_TIMES = 2  # PCR 58(9): of the largest call-off of a DPS; R3.3
FULL_WEIGHT = 100
OPEN_THROUGHOUT = "Under the rules of this agreement applications are open for the whole term."
COUNTDOWN = (180, 120, 60, 30)  # days before the last day to act (design §4, journey 5)

# What a notice may publish instead of the regime's figure, and what the page calls it.
FIGURES = {
    "decide_days": "Working days to decide on an application",
    "extended_days": "Working days to decide where a case needs more time",
    "refresh_days": "Working days to renew a declaration",
    "minimum_tender_days": "Days at least for a tender",
}
_OF_REGIME = {
    "decide_days": "decide_application",
    "extended_days": "decide_application_extended",
    "refresh_days": "refresh_declaration",
    "minimum_tender_days": "minimum_tender",
}


def law_of(regime: Regime, rule: str) -> Period:
    """The regime's own period for a published figure."""
    period: Period = getattr(regime, _OF_REGIME[rule])
    return period


# ── Rule profile ─────────────────────────────────────────────────────────────────────────────
def objections_to_rules(
    regime: Regime, *, opens_in_rounds: bool | None, figures: dict[str, int | None]
) -> list[str]:
    """Regulation 34 binds a strict system; the light touch publishes its own (R1.3)."""
    objections = []
    figure = {
        rule: law_of(regime, rule).days if days is None else days for rule, days in figures.items()
    }
    if min(figure.values()) < 1:
        objections.append("Every period must be at least one day.")
    if figure["extended_days"] < figure["decide_days"]:
        objections.append("The longer time to decide cannot be shorter than the usual one.")
    if regime.key != STRICT.key:
        return objections
    if opens_in_rounds:
        objections.append("Under regulation 34 a system is open for its whole term.")
    objections += [
        f"{FIGURES[rule]}: regulation 34 allows {law_of(regime, rule).days} at most."
        for rule in ("decide_days", "extended_days")
        if figure[rule] > law_of(regime, rule).days
    ]
    if figure["refresh_days"] != law_of(regime, "refresh_days").days:
        objections.append(
            f"{FIGURES['refresh_days']}: regulation 34 says {law_of(regime, 'refresh_days').days}."
        )
    if figure["minimum_tender_days"] < law_of(regime, "minimum_tender_days").days:
        objections.append(
            f"{FIGURES['minimum_tender_days']}: regulation 34 asks for "
            f"{law_of(regime, 'minimum_tender_days').days} at least."
        )
    return objections


def objections_to_lock(is_locked: bool) -> list[str]:
    """Once the contract notice is recorded, what it published stands (R1.3)."""
    if not is_locked:
        return []
    return ["The contract notice is recorded, so the rules change only with a deviation record."]


def objections_to_deviation(*, is_locked: bool, reason: str, no_breach: str) -> list[str]:
    """PCR 76(4)-(5): considered, documented, and all participants told (R1.3)."""
    objections = []
    if not is_locked:
        objections.append("The contract notice is not recorded yet, so change the rules directly.")
    if not reason:
        objections.append("Say why the rule changes.")
    if not no_breach:
        objections.append("Say why this breaches neither transparency nor equal treatment.")
    return objections


def objections_to_value(rule: str, value: object, *, handlings: Collection[object]) -> list[str]:
    """Only what a notice publishes can deviate from it, so never the regime (R1.1)."""
    if rule in FIGURES:
        return [] if isinstance(value, int) or value is None else ["Give a number of days."]
    if rule == "opens_in_rounds":
        return [] if value in (True, False, None) else ["Say when applications are open."]
    if rule == "placement_competition":
        return [] if value in (True, False) else ["Say whether each placement is competed for."]
    if rule in ("lapsed_evidence", "inadequate_rating"):
        return [] if value in handlings else ["Say what becomes of the provider."]
    return ["This is no rule that a notice publishes, so it cannot change."]


def objections_to_award_criteria(
    *,
    names: Sequence[str],
    weights: Sequence[tuple[int, int]],
    price_weights: tuple[int, int],
) -> list[str]:
    """``weights`` are the least and the most of each; without any, tenders name their own."""
    objections = []
    if len({name.casefold() for name in names}) < len(names):
        objections.append("Each criterion needs a name of its own.")
    if any(least > most for least, most in weights):
        objections.append("The lowest weight of a criterion is above its highest.")
    least, most = (sum(ends) for ends in zip(*weights, price_weights, strict=True))
    if names and not least <= FULL_WEIGHT <= most:
        objections.append("Within these weights, and those of the price, nothing adds up to 100.")
    return objections


# ── Rounds ───────────────────────────────────────────────────────────────────────────────────
def objections_to_round(
    regime: Regime,
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
    is_within_term: bool,
    overlaps: bool,
) -> list[str]:
    """Strict systems have no closing date at all (R2.2)."""
    if not regime.has_rounds:
        return [OPEN_THROUGHOUT]
    objections = []
    if closes_at <= opens_at:
        objections.append("The round must close after it opens.")
    if opens_at < now:
        objections.append("The round must open in the future.")
    if not is_within_term:
        objections.append("The round must lie within the term of the agreement.")
    if overlaps:
        objections.append("The round overlaps with another one.")
    return objections


def earliest_first_close(regime: Regime, dispatched: date) -> date | None:
    """The day at whose end first requests may close; invitations go out after it (R2.4)."""
    return regime.first_requests.ends_on(dispatched) if regime.first_requests else None


def objections_to_invitation(
    *,
    today: date,
    hard_stop: date,
    first_requests_until: date | None,
    initial_evaluation_until: date | None,
) -> list[str]:
    """Whether a competition may be opened under the system today (R1.4, R2.4, R2.6)."""
    objections = []
    if today >= hard_stop:
        objections.append(
            "The system's validity is over, so nobody can be invited under it. Regulation 29 of "
            "the Provider Selection Regime spares a system only while its validity runs."
        )
    if first_requests_until and today <= first_requests_until:
        objections.append("The time for the first requests to join is not over yet.")
    if initial_evaluation_until and today <= initial_evaluation_until:
        objections.append("The first evaluation was given more time, and it is not over yet.")
    return objections


def objections_to_initial_evaluation(*, is_anything_invited: bool, is_past: bool) -> list[str]:
    """PCR 34(18)-(19): only before the first invitation (R2.6)."""
    if is_anything_invited:
        return ["An invitation was sent already, so the first evaluation cannot be extended."]
    return ["Give a day in the future."] if is_past else []


# ── Validity ─────────────────────────────────────────────────────────────────────────────────
def objections_to_option(
    *,
    is_exercised: bool,
    on: date,
    today: date,
    exercise_by: date,
    continues_term: bool,
    end: date,
    evidence: str,
    legal_check: str,
) -> list[str]:
    """An advertised option, in time and with evidence (R6.2).

    Whether an option exercised after the freeze stands is for a lawyer to say (R1.2).
    """
    objections = []
    if is_exercised:
        objections.append("This option has been exercised already.")
    if on > exercise_by:
        objections.append("The last day to exercise this option has passed.")
    if not is_exercised and not continues_term:
        objections.append("This option does not follow on from the present end of the term.")
    if on > today:
        objections.append("The decision cannot lie in the future.")
    if end > BACKSTOP + ONE_DAY:
        objections.append("No system under the 2015 Regulations lasts past 23 February 2029.")
    if not evidence.strip():
        objections.append("Say where the decision is recorded.")
    if on > VALIDITY_FREEZE and not legal_check.strip():
        objections.append(
            "The decision was made after 23 February 2026, when validity could no longer be "
            "changed. Record the legal advice that exercising an advertised option stands."
        )
    return objections


def objections_to_validity(
    *, end: date, end_before: date, decided_on: date, today: date, evidence: str
) -> list[str]:
    """A change of the term that was not advertised as an option (R1.2, R2.14)."""
    objections = []
    if decided_on > VALIDITY_FREEZE:
        objections.append("Validity could not be changed after 23 February 2026.")
    if end > BACKSTOP + ONE_DAY:
        objections.append("No system under the 2015 Regulations lasts past 23 February 2029.")
    if decided_on > today:
        objections.append("The decision cannot lie in the future.")
    if end <= end_before:
        objections.append("The new end must lie after the present one. To end early, end it.")
    return objections if evidence.strip() else [*objections, "Say where the decision is recorded."]


def objections_to_end_early(
    *, end: date, end_before: date, decided_on: date, today: date, evidence: str
) -> list[str]:
    objections = []
    if decided_on > today:
        objections.append("The decision cannot lie in the future.")
    if end <= today:
        objections.append("The system ends in the future; give a later day.")
    if end >= end_before:
        objections.append("The system ends by then anyway.")
    return objections if evidence.strip() else [*objections, "Say where the decision is recorded."]


def countdown_stage(last_day: date, today: date) -> int | None:
    """The nearest of the days before ``last_day`` that is reached; ``None`` before and after."""
    left = (last_day - today).days
    return min((stage for stage in COUNTDOWN if 0 <= left <= stage), default=None)


# ── Notices ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of the calendar, by their first day."""

    start: date

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(date(day.year, day.month - (day.month - 1) % MONTHS_IN_QUARTER, 1))

    @property
    def number(self) -> int:
        """1 to 4 of the calendar year."""
        return (self.start.month - 1) // MONTHS_IN_QUARTER + 1

    @property
    def last_day(self) -> date:
        return Quarter.of(self.start + timedelta(days=100)).start - ONE_DAY

    @property
    def notice_due(self) -> date:
        """When the notice of the quarter's awards is due at the latest (R2.16)."""
        return self.last_day + timedelta(days=NOTICE_DAYS)

    def __str__(self) -> str:
        return f"{self.start:%B} to {self.last_day:%B %Y}"


def objections_to_notice(
    *, is_recorded: bool, reference: str, published_on: date, today: date
) -> list[str]:
    if is_recorded:
        return ["This notice is recorded already."]
    objections = [] if reference.strip() else ["Enter the reference of the notice."]
    if published_on > today:
        objections.append("A notice cannot be published in the future.")
    return objections


# ── Lots ─────────────────────────────────────────────────────────────────────────────────────
def most_turnover(ceiling_weekly_pence: int) -> int:
    """Pence: twice the largest call-off of the lot, not of the whole system (R3.3)."""
    return TURNOVER_TIMES * LARGEST_CALL_OFF_WEEKS * ceiling_weekly_pence


def objections_to_turnover(
    *, minimum_pence: int | None, ceiling_weekly_pence: int, justification: str
) -> list[str]:
    if not minimum_pence or minimum_pence <= most_turnover(ceiling_weekly_pence):
        return []
    if justification.strip():
        return []
    return ["A minimum above twice the largest call-off needs a justification."]

"""What becomes of somebody who has arrived: reviews, an extension, the exit, the closing."""

from collections.abc import Generator
from datetime import date, timedelta
from itertools import count, takewhile
from random import Random

from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY
from dps_portal.refusals import Refused
from placements import rules, services
from placements.models import FundingRequest, Placement
from placements.states import (
    Collector,
    ExitStatus,
    OutcomeMeasure,
    Recommendation,
    RequestKind,
)

from .cases import Cast, Way, be_funded, decide
from .days import noon

PLANNED_RATE = 0.78
REPORT_AFTER = timedelta(days=9)
UNPLANNED_WEIGHTS = {
    ExitStatus.UNPLANNED: 6,
    ExitStatus.WITHDRAWN_BY_PROVIDER: 1,
    ExitStatus.EXCLUDED: 1,
}
REASONS = {  # of each way to leave, with where the person went
    ExitStatus.PLANNED: (
        ("completed_drug_free", "Own tenancy with community aftercare"),
        ("completed_alcohol_free", "Supported housing"),
        ("moved_on", "Sober living house"),
        ("community", "Family home, with the community service"),
    ),
    ExitStatus.UNPLANNED: (
        ("dropped_out", "Not known"),
        ("asked_to_leave", "Relatives"),
        ("hospital", "Hospital"),
        ("custody", "Custody"),
    ),
    ExitStatus.WITHDRAWN_BY_PROVIDER: (("withdrawn", "Another treatment service"),),
    ExitStatus.EXCLUDED: (("provider_closed", "Own tenancy, placed again later"),),
}
PROGRESS = (
    "Settled in well and takes part in every group.",
    "Slow but steady; the family now visits at weekends.",
    "Has begun to plan the move to community aftercare.",
)


def admit(placement: Placement, day: date) -> Placement:
    """The arrival, and from it on what the person pays, where the assessment says so."""
    facts = {"by": placement.referral.worker, "at": noon(day)}
    placement = services.record_admission(placement=placement, admission=day, **facts)
    if weekly_pence := placement.referral.weekly_contribution_pence:
        services.record_contribution(
            placement=placement,
            start=day,
            weekly_pence=weekly_pence,
            collector=Collector.PROVIDER,
            **facts,
        )
    return placement


def review(cast: Cast, placement: Placement, day: date) -> None:
    services.record_review(
        placement=placement,
        held_on=day,
        recommendation=Recommendation.CONTINUE,
        progress=cast.random.choice(PROGRESS),
        by=placement.referral.worker,
        at=noon(day),
    )


def review_days(placement: Placement, until: date) -> list[date]:
    """A day after each that a review is due on, as long as the stay lasts."""
    weeks = placement.referral.agreement.review_weeks
    due = (rules.next_review(placement.admission, held, weeks=weeks) for held in count())
    days = (day + ONE_DAY for day in takewhile(bool, due))
    return [day for day in days if day < until]


def leave(cast: Cast, placement: Placement, day: date, status: ExitStatus) -> None:
    """With a reason that belongs to how the stay ended; notice is paid after a breach."""
    reason, destination = cast.random.choice(REASONS[status])
    services.record_exit(
        placement=placement,
        day=day,
        status=status,
        reason=reason,
        destination=destination,
        aftercare_agreed=status == ExitStatus.PLANNED,
        notice_nights=3 if reason == "asked_to_leave" else 0,
        by=placement.referral.worker,
        at=noon(day),
    )


def complete(cast: Cast, placement: Placement, day: date) -> None:
    """The report has come, the scores are entered, and the placement is closed."""
    facts = {"placement": placement, "by": placement.referral.worker, "at": noon(day)}
    services.record_report(received_on=day, **facts)
    scores = {
        measure: (low := cast.random.randint(3, 10), low + cast.random.randint(-1, 8))
        for measure in OutcomeMeasure
    }
    services.record_outcomes(scores=scores, **facts)
    services.close_placement(**facts)


def extend(cast: Cast, placement: Placement, day: date) -> Placement:
    """Four more weeks, asked for a fortnight before the funding ends."""
    if request := ask_for_more(placement, day):
        decide(cast, request, day)
        placement.refresh_from_db()
    return placement


def ask_for_more(placement: Placement, day: date) -> FundingRequest | None:
    try:
        return services.request_funding(
            placement=placement,
            kind=RequestKind.EXTENSION,
            end=placement.funded_until + timedelta(weeks=4),
            reason="Progress is good; four more weeks complete the programme.",
            by=placement.referral.worker,
            at=noon(day),
        )
    except Refused:
        return None


def exit_plan(random: Random, placement: Placement) -> tuple[ExitStatus, date, bool]:
    """How the stay will end, when, and whether an extension is asked for on the way."""
    if random.random() > PLANNED_RATE:
        early = random.random() < 2 / 3
        nights = random.randint(2, 28) if early else random.randint(29, 80)
        status = random.choices(list(UNPLANNED_WEIGHTS), UNPLANNED_WEIGHTS.values())[0]
        return status, placement.admission + timedelta(days=nights), False
    weeks = random.choice((6, 8, 10, 12, 0))
    end = placement.admission + timedelta(weeks=weeks) if weeks else placement.funded_until
    return ExitStatus.PLANNED, end, not weeks


def arrive(
    cast: Cast, agreement: Agreement, lots: list[Lot], number: int, day: date
) -> Generator[date, None, Placement]:
    """From the referral to the arrival; returns the placement with the person in it."""
    placement, planned = yield from be_funded(cast, agreement, lots, number, day)
    yield planned
    return admit(placement, planned)


def case(cast: Cast, agreement: Agreement, lots: list[Lot], number: int, day: date) -> Way:
    """The whole way, with its reviews, perhaps an extension, and what completes it."""
    placement = yield from arrive(cast, agreement, lots, number, day)
    status, leaving, longer = exit_plan(cast.random, placement)
    for held in review_days(placement, leaving):
        yield held
        review(cast, placement, held)
    if longer:
        asking = placement.funded_until - timedelta(days=14)
        yield asking
        placement = extend(cast, placement, asking)
        leaving = placement.funded_until
    yield leaving
    leave(cast, placement, leaving, status)
    yield leaving + REPORT_AFTER
    complete(cast, placement, leaving + REPORT_AFTER)

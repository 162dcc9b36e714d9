"""People of the last months whose placements have something to look at: each told on purpose."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY
from placements import services
from placements.models import Placement
from placements.states import (
    AccessPurpose,
    CostCentre,
    ExitStatus,
    FactKind,
    RequestKind,
    RequestState,
    WithdrawalReason,
)

from .cases import DAYS_TO_ADMISSION, Cast, Way, accept, ask, be_funded, decide, providers_on
from .days import noon
from .stays import admit, arrive, ask_for_more, leave, review, review_days

RECENTLY = timedelta(days=150)
Step = tuple[date, int, Way]
Then = Callable[[Cast, Placement, date], Way]


def recent_steps(
    cast: Cast, agreement: Agreement, lots: list[Lot], number: int, today: date
) -> list[Step]:
    """The first step of each, numbered after ``number``."""
    numbers = count(number + 1)

    def told(who: int, referred: date, then: Then) -> Way:
        placement = yield from arrive(cast, agreement, lots, who, referred)
        yield from then(cast, placement, today)

    def expected(who: int, referred: date, then: Then) -> Way:
        placement, _ = yield from be_funded(cast, agreement, lots, who, referred)
        yield from then(cast, placement, today)

    steps = []
    for way, stories in ((told, ARRIVED), (expected, EXPECTED)):
        for days_ago, then in stories:
            who = next(numbers)
            referred = today - timedelta(days=days_ago + DAYS_TO_ADMISSION)
            steps.append((referred, who, way(who, referred, then)))
    return steps


def reviewed(cast: Cast, placement: Placement, until: date) -> Way:
    for day in review_days(placement, until):
        yield day
        review(cast, placement, day)


def colleague_of(cast: Cast, placement: Placement) -> User:
    """The assessor whose case it is not."""
    return next(one for one in cast.council[Role.ASSESSOR] if one != placement.referral.worker)


# ── Somebody is in place, or was ─────────────────────────────────────────────────────────────
def near_the_end(cast: Cast, placement: Placement, today: date) -> Way:
    """The funding ends within days, and the extension waits for a decision."""
    yield from reviewed(cast, placement, today)
    yield today - 3 * ONE_DAY
    ask_for_more(placement, today - 3 * ONE_DAY)


def beyond_the_money(cast: Cast, placement: Placement, today: date) -> Way:
    """The extension waits for money, and the funding has ended meanwhile."""
    yield from reviewed(cast, placement, today)
    yield today - 20 * ONE_DAY
    request = ask_for_more(placement, today - 20 * ONE_DAY)
    yield today - 16 * ONE_DAY
    services.decide_funding(
        request=request,
        decision=RequestState.DEFERRED,
        reason="It waits until the forecast of the year has been talked through with finance.",
        by=cast.council[Role.COMMISSIONER][0],
        at=noon(today - 16 * ONE_DAY),
    )


def away(cast: Cast, placement: Placement, today: date) -> Way:
    """In hospital for more than a week, so that the first review is late; a colleague looked."""
    yield today - 9 * ONE_DAY
    services.record_absence(
        placement=placement,
        start=today - 9 * ONE_DAY,
        end=today + 4 * ONE_DAY,
        reason="Hospital",
        cost_centre=CostCentre.COUNCIL,
        first_nights=7,
        first_percent=100,
        later_percent=50,
        by=placement.referral.worker,
        at=noon(today - 9 * ONE_DAY),
    )
    yield today - 2 * ONE_DAY
    services.break_glass(
        person=placement.referral.person,
        reason="The ward telephoned out of hours, and the worker was not on duty.",
        by=colleague_of(cast, placement),
        at=noon(today - 2 * ONE_DAY),
    )


def without_report(cast: Cast, placement: Placement, today: date) -> Way:
    """Left, and the provider's report is late; the person has asked for what is held."""
    yield from reviewed(cast, placement, today - 25 * ONE_DAY)
    yield today - 25 * ONE_DAY
    leave(cast, placement, today - 25 * ONE_DAY, ExitStatus.WITHDRAWN_BY_PROVIDER)
    yield today - 4 * ONE_DAY
    services.request_export(
        person=placement.referral.person,
        reason="Asked for in writing, with proof of identity.",
        by=cast.council[Role.ASSESSMENT_MANAGER][0],
        at=noon(today - 4 * ONE_DAY),
    )


def moved(cast: Cast, placement: Placement, today: date) -> Way:
    """To another provider on the same lot, without leaving the programme."""
    yield from reviewed(cast, placement, today - 30 * ONE_DAY)
    yield today - 30 * ONE_DAY
    lot, arrival = placement.lot, today - 20 * ONE_DAY
    providers = [one for one in providers_on(lot, arrival) if one != placement.provider]
    new = services.choose_option(
        referral=placement.referral,
        provider=providers[0],
        planned_admission=arrival,
        person_choice="The person asked to be nearer to the children.",
        why_not_cheapest="",
        by=placement.referral.worker,
        at=noon(today - 30 * ONE_DAY),
    )
    yield today - 28 * ONE_DAY
    new = accept(cast, new, today - 28 * ONE_DAY)
    yield today - 27 * ONE_DAY
    if decide(cast, ask(new, today - 27 * ONE_DAY), today - 27 * ONE_DAY):
        yield arrival
        admit(new, arrival)


def preparing_more(cast: Cast, placement: Placement, today: date) -> Way:
    """The extension is drafted until the next review has been held."""
    yield from reviewed(cast, placement, today)
    yield today - 2 * ONE_DAY
    services.save_request(
        placement=placement,
        kind=RequestKind.EXTENSION,
        end=placement.funded_until + timedelta(weeks=4),
        reason="To be completed after the review.",
        by=placement.referral.worker,
        at=noon(today - 2 * ONE_DAY),
    )


def restricted(cast: Cast, placement: Placement, today: date) -> Way:
    """Somebody known to the team: only the worker and one manager find the record."""
    person, worker = placement.referral.person, placement.referral.worker
    manager = cast.council[Role.ASSESSMENT_MANAGER][0]
    services.restrict_person(
        person=person,
        reason="A relative works in the team.",
        readers=[worker, manager],
        by=manager,
        at=noon(placement.admission),
    )
    services.person_identity(
        person=person, purpose=AccessPurpose.CONTACT, by=worker, at=noon(placement.admission)
    )
    yield from reviewed(cast, placement, today)
    yield today - 11 * ONE_DAY
    opened = services.break_glass(
        person=person,
        reason="Needed for the rota of the week, by mistake of the reference.",
        by=colleague_of(cast, placement),
        at=noon(today - 11 * ONE_DAY),
    )
    services.review_break_glass(
        opened=opened,
        is_justified=False,
        note="The reference was mistyped; the worker has been spoken to.",
        by=manager,
        at=noon(today - 10 * ONE_DAY),
    )


# ── Somebody is to come, or did not ──────────────────────────────────────────────────────────
def told_by_the_provider(cast: Cast, placement: Placement, today: date) -> Way:
    """The provider says that the person has come; the team has not recorded it yet."""
    yield today
    services.propose_fact(
        placement=placement,
        kind=FactKind.ARRIVAL,
        on=today - ONE_DAY,
        until=None,
        note="Arrived in the afternoon with a support worker.",
        by=cast.owners[placement.provider_id],
        at=noon(today),
    )


def not_come(cast: Cast, placement: Placement, today: date) -> Way:
    """Nobody arrived, and the person no longer wants to."""
    yield today - 18 * ONE_DAY
    worker = placement.referral.worker
    services.record_non_arrival(
        placement=placement,
        reason="Did not board the train that was booked.",
        by=worker,
        at=noon(today - 18 * ONE_DAY),
    )
    yield today - 15 * ONE_DAY
    services.withdraw_referral(
        referral=placement.referral,
        why=WithdrawalReason.CHANGED_MIND,
        details="",
        by=worker,
        at=noon(today - 15 * ONE_DAY),
    )


ARRIVED = (
    (84, near_the_end),
    (97, beyond_the_money),
    (40, away),
    (75, without_report),
    (34, restricted),
    (62, moved),
    (70, preparing_more),
)
EXPECTED = ((1, told_by_the_provider), (20, not_come))

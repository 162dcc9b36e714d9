"""Five years of invented referrals and placements, made by the portal's own services.

The pattern is that of ``data/treatment``: 60/28/12 per cent by lot, 78 per cent planned exits,
unplanned ones mostly in the first four weeks, money that fits each year's ceiling.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from random import Random

from django.db.models import F

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY, add_months, financial_year
from dps_portal.refusals import Refused
from placements import services
from placements.models import FundingRequest, Placement, Referral
from placements.states import (
    Charging,
    Complexity,
    ExitStatus,
    PlacementState,
    RequestKind,
    RequestState,
    Residence,
    Urgency,
)

from .days import noon

FIRST_NAMES = "Alba Bram Cleo Dara Eske Finn Gwen Hale Isla Joss Kit Lowen Maeve Nye Oona Perran"
LAST_NAMES = "Ashgrove Birkwood Carrow Denholm Eastlake Fairmile Garrick Hollin Ivesey Jarrold"
SOURCES = ("Community treatment service", "Hospital liaison team", "Self-referral", "Probation")
NEEDS = (
    "Needs a structured programme with group work, and support to rebuild daily routine.",
    "Needs a ground-floor room and a programme that allows for limited mobility.",
    "Needs a mental health nurse on site and a quiet setting.",
    "Needs a placement away from former contacts, with family visits at weekends.",
)
HOMES = (
    "Lives alone in a council tenancy.",
    "Stays with relatives, where others drink.",
    "Has no settled home.",
)
LOT_WEIGHTS = (60, 28, 12)
PLANNED_RATE = 0.78
MONTHLY_ARRIVALS = 3
DAYS_TO_ADMISSION = 12
WAIT = timedelta(days=10)
DEAREST_STAY_PENCE = 1_800_000

Way = Iterator[date]


@dataclass
class Cast:
    """Who acts in the story, and the people of each provider who answer for it."""

    council: dict[Role, list[User]]
    owners: dict[int, User]  # by primary key of the provider
    random: Random


def refer(cast: Cast, agreement: Agreement, number: int, day: date) -> Referral:
    """A referral as an assessor makes and submits it."""
    random, assessor = cast.random, cast.council[Role.ASSESSOR][number % 2]
    born = date(1955, 1, 1) + timedelta(days=random.randrange(15_000))
    referral = services.make_referral(
        agreement=agreement,
        number=f"SC{number:06d}",
        name=f"{random.choice(FIRST_NAMES.split())} {random.choice(LAST_NAMES.split())}",
        date_of_birth=born,
        by=assessor,
        at=noon(day),
    )
    is_urgent = random.random() < 0.15  # noqa: PLR2004
    referral = services.save_answers(
        referral=referral,
        answers={
            "source": random.choice(SOURCES),
            "received_on": day - ONE_DAY,
            "urgency": Urgency.URGENT if is_urgent else Urgency.ROUTINE,
            "urgency_reason": "About to lose the tenancy." if is_urgent else "",
            "needs_summary": random.choice(NEEDS),
            "home_circumstances": random.choice(HOMES),
            "complexity": random.sample(list(Complexity.values), random.randrange(3)),
            "has_consent": True,
            "consent_on": day - ONE_DAY,
            "community_options_tried": "Detoxification and day programme, twice in two years.",
        },
        by=assessor,
        at=noon(day),
    )
    return services.submit_referral(referral=referral, by=assessor, at=noon(day))


def allocate(cast: Cast, referral: Referral, day: date) -> Referral:
    manager, worker = cast.council[Role.ASSESSMENT_MANAGER][0], referral.created_by
    return services.allocate_referral(referral=referral, worker=worker, by=manager, at=noon(day))


def assess(cast: Cast, referral: Referral, lot: Lot, day: date) -> Referral:
    facts = {"by": allocate(cast, referral, day).worker, "at": noon(day)}
    services.save_answers(
        referral=referral,
        answers={
            "care_act_assessed_on": day - ONE_DAY,
            "care_act_eligible": True,
            "care_act_reason": "The person cannot stay safe at home without support.",
            "clinical_review_by": "Consultant psychiatrist, community treatment service",
            "clinical_review_on": day - ONE_DAY,
            "clinical_review": "A residential programme is indicated.",
            "residence": Residence.OURS,
            "charging": Charging.PUBLIC_HEALTH,
            "desired_outcomes": "Completes the programme and moves to community aftercare.",
            "lot": lot,
        },
        **facts,
    )
    referral = services.record_eligible(referral=referral, **facts)
    return services.start_matching(referral=referral, **facts)


def propose(cast: Cast, referral: Referral, day: date, planned: date) -> Placement:
    """Mostly the cheapest provider; otherwise with the reason that the record asks for."""
    options = services.match_options(referral, planned)
    cheapest = cast.random.random() < 0.7  # noqa: PLR2004
    option = options[0] if cheapest else cast.random.choice(options)
    return services.choose_option(
        referral=referral,
        provider=option.provider,
        planned_admission=planned,
        person_choice="The person visited and prefers this programme.",
        why_not_cheapest="Closer to family, which the assessment found decisive.",
        by=referral.created_by,
        at=noon(day),
    )


def accept(cast: Cast, placement: Placement, day: date) -> Placement:
    return services.answer_offer(
        placement=placement,
        accepts=True,
        earliest_admission=placement.planned_admission,
        decline_kind="",
        reason="",
        by=cast.owners[placement.provider_id],
        at=noon(day),
    )


def ask(placement: Placement, day: date) -> FundingRequest:
    return services.request_funding(
        placement=placement,
        reason="Care Act eligible; community options have been tried.",
        by=placement.referral.worker,
        at=noon(day),
    )


def decide(cast: Cast, request: FundingRequest, day: date) -> bool:
    """Whether the money was there; where it was not, the request waits in the queue."""
    facts = {
        "request": request,
        "by": cast.council[Role.COMMISSIONER][0],
        "at": noon(day),
        "reason": "Meets the criteria.",
    }
    try:
        services.decide_funding(decision=RequestState.APPROVED, **facts)
    except Refused:
        if request.state == RequestState.SUBMITTED:
            services.decide_funding(decision=RequestState.DEFERRED, **facts)
        return False
    return True


def leave(cast: Cast, placement: Placement, day: date, status: ExitStatus) -> None:
    planned = status == ExitStatus.PLANNED
    services.record_exit(
        placement=placement,
        day=day,
        status=status,
        reason="completed_drug_free" if planned else "dropped_out",
        destination="Own tenancy with community aftercare" if planned else "Not known",
        aftercare_agreed=planned,
        notice_nights=0,
        by=placement.referral.worker,
        at=noon(day),
    )


def extend(cast: Cast, placement: Placement, day: date) -> Placement:
    """Four more weeks, asked for a fortnight before the funding ends."""
    try:
        request = services.request_funding(
            placement=placement,
            kind=RequestKind.EXTENSION,
            end=placement.funded_until + timedelta(weeks=4),
            reason="Progress is good; four more weeks complete the programme.",
            by=placement.referral.worker,
            at=noon(day),
        )
    except Refused:
        return placement
    decide(cast, request, day)
    placement.refresh_from_db()
    return placement


def exit_plan(random: Random, placement: Placement) -> tuple[ExitStatus, date, bool]:
    """How the stay will end, when, and whether an extension is asked for on the way."""
    if random.random() > PLANNED_RATE:
        early = random.random() < 2 / 3
        nights = random.randint(2, 28) if early else random.randint(29, 80)
        return ExitStatus.UNPLANNED, placement.admission + timedelta(days=nights), False
    weeks = random.choice((6, 8, 10, 12, 0))
    end = placement.admission + timedelta(weeks=weeks) if weeks else placement.funded_until
    return ExitStatus.PLANNED, end, not weeks


def has_room(agreement: Agreement, planned: date) -> bool:
    """Whether the years of a stay could still pay for it; people are not sent to a dry well."""
    years = {financial_year(planned), financial_year(planned + timedelta(weeks=13))}
    return not agreement.budget_years.filter(
        year__in=years, committed_pence__gt=F("ceiling_pence") - DEAREST_STAY_PENCE
    ).exists()


def way(cast: Cast, agreement: Agreement, lots: list[Lot], number: int, day: date) -> Way:
    """One person's way from referral to exit, begun while there is money for it."""
    if has_room(agreement, day + timedelta(days=DAYS_TO_ADMISSION)):
        yield from case(cast, agreement, lots, number, day)


def case(cast: Cast, agreement: Agreement, lots: list[Lot], number: int, day: date) -> Way:
    """Through referral, placement and exit; yields the day of each next step."""
    planned = day + timedelta(days=DAYS_TO_ADMISSION)
    referral = refer(cast, agreement, number, day)
    lot = cast.random.choices(lots, LOT_WEIGHTS[: len(lots)])[0]
    yield day + timedelta(days=3)
    referral = assess(cast, referral, lot, day + timedelta(days=3))
    yield day + timedelta(days=4)
    placement = propose(cast, referral, day + timedelta(days=4), planned)
    yield day + timedelta(days=6)
    placement = accept(cast, placement, day + timedelta(days=6))
    yield day + timedelta(days=8)
    decided = day + timedelta(days=8)
    request = ask(placement, decided)
    while not decide(cast, request, decided):
        decided += WAIT
        yield decided
        request.refresh_from_db()
    planned = max(planned, decided + timedelta(days=4))
    yield planned
    placement = services.record_admission(
        placement=placement,
        admission=planned,
        by=placement.referral.worker,
        at=noon(planned),
    )
    status, leaving, longer = exit_plan(cast.random, placement)
    if longer:
        asking = placement.funded_until - timedelta(days=14)
        yield asking
        placement = extend(cast, placement, asking)
        leaving = placement.funded_until
    yield leaving
    leave(cast, placement, leaving, status)


def write_history(cast: Cast, agreement: Agreement, today: date) -> None:
    """Everybody's steps in the order of their days, from the start of the agreement to today."""
    lots = list(agreement.lots.order_by("number"))
    steps: list[tuple[date, int, Way]] = []
    number, month = 0, agreement.start
    while month <= today:
        days = (add_months(month, 1) - month).days
        for _ in range(MONTHLY_ARRIVALS + (cast.random.random() < 0.3)):  # noqa: PLR2004
            number += 1
            day = month + timedelta(days=cast.random.randrange(days))
            steps.append((day, number, way(cast, agreement, lots, number, day)))
        month = add_months(month, 1)
    heapify(steps)
    while steps and steps[0][0] <= today:
        _, who, story = heappop(steps)
        if (next_day := next(story, None)) is not None:
            heappush(steps, (next_day, who, story))
    write_desk(cast, agreement, lots, number, today)


def write_desk(cast: Cast, agreement: Agreement, lots: list[Lot], number: int, today: date) -> None:
    """One recent case at each stage before admission, so that every desk has something on it.

    In order: to allocate, to match, offered, accepted, and waiting for a decision on funding.
    """
    day = today - timedelta(days=DAYS_TO_ADMISSION - 2)
    for steps in (1, 2, 3, 4, 4):
        number += 1
        story = case(cast, agreement, lots, number, day)
        for _ in range(steps):
            next(story, None)
    accepted = Placement.objects.filter(state=PlacementState.AWAITING_FUNDING).order_by("pk")
    if (placement := accepted.last()) and not placement.requests.exists():
        ask(placement, today - ONE_DAY)
    write_waits(cast, agreement, lots[0], number, day)


def write_waits(cast: Cast, agreement: Agreement, lot: Lot, number: int, day: date) -> None:
    """A draft half written, a case on hold, and one that waits for a countersignature."""
    waiting = refer(cast, agreement, number + 1, day)
    held = assess(cast, waiting, lot, day + ONE_DAY)
    services.hold_referral(
        referral=held,
        reason="In hospital; to be looked at again after discharge.",
        review_on=day + timedelta(days=20),
        by=held.worker,
        at=noon(day + ONE_DAY),
    )
    refused = allocate(cast, refer(cast, agreement, number + 2, day), day + ONE_DAY)
    services.record_not_eligible(
        referral=refused,
        reason="Community treatment meets the need.",
        by=refused.worker,
        at=noon(day + ONE_DAY),
    )
    assessor = cast.council[Role.ASSESSOR][0]
    draft = services.make_referral(
        agreement=agreement,
        number=f"SC{number + 3:06d}",
        name="Robin Wexcombe",
        date_of_birth=date(1979, 6, 4),
        by=assessor,
        at=noon(day),
    )
    services.save_answers(
        referral=draft,
        answers={"source": SOURCES[0], "received_on": day, "urgency": Urgency.ROUTINE},
        by=assessor,
        at=noon(day),
    )

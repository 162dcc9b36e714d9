"""One invented person's way from referral to funding, made by the portal's own services.

Each step is told on the day it happens: a way yields the day of its next step.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY
from dps_portal.refusals import Refused
from placements import services
from placements.models import FundingRequest, Placement, Referral
from placements.states import (
    Charging,
    Complexity,
    DeclineKind,
    RequestState,
    Residence,
    Urgency,
)
from providers.models import Admission, Provider, Rate

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
DAYS_TO_ADMISSION = 12
WAIT = timedelta(days=10)
WEEKLY_CONTRIBUTION_PENCE = 4_850

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
    is_charged = cast.random.random() < 0.15  # noqa: PLR2004
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
            "charging": Charging.ASSESSED if is_charged else Charging.PUBLIC_HEALTH,
            "weekly_contribution_pence": WEEKLY_CONTRIBUTION_PENCE if is_charged else None,
            "desired_outcomes": "Completes the programme and moves to community aftercare.",
            "lot": lot,
        },
        **facts,
    )
    referral = services.record_eligible(referral=referral, **facts)
    return services.start_matching(referral=referral, **facts)


def providers_on(lot: Lot, day: date) -> list[Provider]:
    """Those who may be matched and have a price, cheapest first: less work than to compare them."""
    invitable = Admission.objects.invitable(day).filter(lot=lot).values("provider")
    rates = Rate.objects.in_force(day).filter(lot=lot, provider__in=invitable)
    prices = {
        rate.provider: rate.weekly_pence for rate in reversed(rates.select_related("provider"))
    }
    return sorted(prices, key=lambda provider: (prices[provider], provider.name))


def propose(cast: Cast, referral: Referral, day: date, planned: date) -> Placement:
    """Mostly the cheapest provider; otherwise with the reason that the record asks for."""
    providers = providers_on(referral.lot, planned)
    provider = cast.random.choice(providers)
    if cast.random.random() < 0.7:  # noqa: PLR2004
        provider = providers[0]
    reason = "Closer to family, which the assessment found decisive."
    return services.choose_option(
        referral=referral,
        provider=provider,
        planned_admission=planned,
        person_choice="The person visited and prefers this programme.",
        why_not_cheapest="" if provider == providers[0] else reason,
        by=referral.created_by,
        at=noon(day),
    )


def decline(cast: Cast, placement: Placement, day: date) -> Placement:
    return services.answer_offer(
        placement=placement,
        accepts=False,
        earliest_admission=None,
        decline_kind=DeclineKind.NEEDS,
        reason="We have no ground-floor room before the spring.",
        by=cast.owners[placement.provider_id],
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


def be_funded(
    cast: Cast, agreement: Agreement, lots: list[Lot], number: int, day: date
) -> Generator[date, None, tuple[Placement, date]]:
    """From the referral to the approved funding; returns the day of the arrival as well."""
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
    return placement, max(planned, decided + timedelta(days=4))

"""What lies on the desks today: a case at each stage before admission, and places to offer."""

from datetime import date, timedelta

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY
from placements import services
from placements.models import Placement
from placements.states import Complexity, PlacementState, Urgency
from providers.models import Admission

from .cases import (
    DAYS_TO_ADMISSION,
    SOURCES,
    Cast,
    allocate,
    ask,
    assess,
    decline,
    propose,
    refer,
)
from .days import noon
from .stays import case


def write_desks(
    cast: Cast, agreement: Agreement, lots: list[Lot], number: int, today: date
) -> None:
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
    write_search(cast, agreement, lots[0], number + 4, day)
    state_places(cast, lots, today)


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


def write_search(cast: Cast, agreement: Agreement, lot: Lot, number: int, day: date) -> None:
    """A search that goes on after one provider has declined; two others are judged."""
    planned, searched = day + timedelta(days=DAYS_TO_ADMISSION), day + timedelta(days=6)
    referral = assess(cast, refer(cast, agreement, number, day), lot, day + 3 * ONE_DAY)
    decline(cast, propose(cast, referral, searched, planned), searched + ONE_DAY)
    options = services.match_options(referral, planned)
    fits = (
        (True, "Step-free throughout, and a nurse at night."),
        (False, "Has no step-free room."),
    )
    asked = [option.provider for option in options if not option.has_declined]
    for provider, (is_suitable, note) in zip(asked, fits, strict=False):
        services.judge_option(
            referral=referral,
            provider=provider,
            is_suitable=is_suitable,
            note=note,
            by=referral.worker,
            at=noon(searched + 2 * ONE_DAY),
        )


def state_places(cast: Cast, lots: list[Lot], today: date) -> None:
    """Every second provider has said how many places it has, and for which needs."""
    day = today - timedelta(days=5)
    for lot in lots:
        held = Admission.objects.held(day).filter(lot=lot).select_related("provider")
        for number, admission in enumerate(held.order_by("pk")[::2], start=1):
            services.state_vacancy(
                provider=admission.provider,
                lot=lot,
                places=number,
                earliest_on=today + timedelta(days=4 * number),
                meets=list(Complexity.values)[:number],
                by=cast.owners[admission.provider_id],
                at=noon(day),
            )

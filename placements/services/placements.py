"""What the services of a placement share: its lock, and who hears of it."""

from collections.abc import Iterable
from datetime import datetime

from dps_portal.accounts.models import User
from dps_portal.notifications.services import notify, notify_each
from placements.models import Placement, Referral
from placements.states import PlacementState, ReferralState


def lock_referral(referral: Referral) -> Referral:
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("agreement", "lot", "worker")
        .get(pk=referral.pk)
    )


def lock_placement(placement: Placement) -> Placement:
    """Taken after the budget years and before the referral, so that no two acts deadlock."""
    return (
        Placement.objects.select_for_update(of=("self",))
        .select_related("referral__agreement", "referral__worker", "lot", "provider")
        .get(pk=placement.pk)
    )


def move_referral(placement: Placement, to: ReferralState, **facts) -> None:
    """The referral follows its placement, unless a transfer is prepared beside it (R22).

    Then the placement in which the person is says where it stands, or else the one to come.
    """
    referral = lock_referral(placement.referral)  # so that what is beside stays as it is read
    beside = referral.placements.live().exclude(pk=placement.pk)
    if to != ReferralState.PLACED and (states := set(beside.values_list("state", flat=True))):
        in_place = PlacementState.ADMITTED in states
        to = ReferralState.PLACED if in_place else ReferralState.PLACEMENT_PROPOSED
        facts = {}
    Referral.objects.filter(pk=referral.pk).update(state=to, **facts)


def tell(person: User, event: str, placement: Placement, at: datetime, *, path: str = "") -> None:
    notify(
        person,
        f"placements/emails/{event}.txt",
        at=at,
        placement=placement,
        path=path or placement.get_absolute_url(),
    )


def tell_of_referral(
    people: Iterable[User], event: str, referral: Referral, at: datetime, **facts
) -> None:
    notify_each(
        people,
        f"placements/emails/{event}.txt",
        at=at,
        referral=referral,
        path=referral.get_absolute_url(),
        **facts,
    )


def tell_provider(event: str, placement: Placement, at: datetime) -> None:
    """By reference only, to everyone who may answer for the provider."""
    people = User.objects.filter(
        memberships__provider=placement.provider, memberships__ended_at=None, is_active=True
    )
    for person in people:
        tell(person, event, placement, at, path=placement.get_offer_url())

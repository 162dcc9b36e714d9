"""How long referrals and placements were in each state: the trail holds every move of theirs.

Moments are those at which a move was recorded. The states replayed here are those of the rows, or
the trail would not be whole; a test compares them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from dps_portal.audit.models import AuditEvent
from placements.models import FundingRequest, Placement, Referral
from placements.states import PlacementState, ReferralState

from .measures import Scope

REFERRAL, PLACEMENT = "referral", "placement"
State = ReferralState | PlacementState
# A referral's own moves by what was done; those of its placements move it as well.
REFERRAL_MOVES = {
    "referral.made": ReferralState.DRAFT,
    "referral.submitted": ReferralState.SUBMITTED,
    "referral.unallocated": ReferralState.SUBMITTED,
    "referral.found_eligible": ReferralState.ELIGIBLE,
    "referral.found_not_eligible": ReferralState.COUNTERSIGNING,
    "referral.held": ReferralState.ON_HOLD,
    "referral.matching_started": ReferralState.MATCHING,
    "referral.withdrawn": ReferralState.CLOSED,
}
PLACEMENT_MOVES = {
    "placement.proposed": PlacementState.AWAITING_PROVIDER,
    **{
        f"placement.{state}": state
        for state in (
            *(PlacementState.ADMITTED, PlacementState.DISCHARGED, PlacementState.CLOSED),
            *(PlacementState.NON_ARRIVAL, PlacementState.CANCELLED),
            PlacementState.ENTERED_IN_ERROR,
        )
    },
}
DECISIONS = {
    "funding.approved": PlacementState.APPROVED,
    "funding.declined": PlacementState.FUNDING_DECLINED,
}
SAID = ("referral.resumed", "referral.reopened", "placement.answered", "placement.reopened")
ACTIONS = [
    *REFERRAL_MOVES,
    *PLACEMENT_MOVES,
    *DECISIONS,
    *SAID,
    *("referral.allocated", "referral.countersigned"),
]
# Where a referral goes when a placement of its comes to a state (services.move_referral).
FOLLOWS = {
    PlacementState.AWAITING_PROVIDER: ReferralState.PLACEMENT_PROPOSED,
    PlacementState.PROVIDER_DECLINED: ReferralState.MATCHING,
    PlacementState.FUNDING_DECLINED: ReferralState.MATCHING,
    PlacementState.NON_ARRIVAL: ReferralState.MATCHING,
    PlacementState.CANCELLED: ReferralState.MATCHING,
    PlacementState.ENTERED_IN_ERROR: ReferralState.MATCHING,
    PlacementState.ADMITTED: ReferralState.PLACED,
    PlacementState.DISCHARGED: ReferralState.CLOSED,
}
REOPENED = {
    PlacementState.ADMITTED: ReferralState.PLACED,
    PlacementState.AWAITING_PROVIDER: ReferralState.PLACEMENT_PROPOSED,
    PlacementState.AWAITING_FUNDING: ReferralState.PLACEMENT_PROPOSED,
}
LIVE = frozenset(
    {
        *(PlacementState.AWAITING_PROVIDER, PlacementState.AWAITING_FUNDING),
        *(PlacementState.APPROVED, PlacementState.ADMITTED),
    }
)


@dataclass(frozen=True)
class Spell:
    """A time in one state; ``until`` is ``None`` while it lasts."""

    kind: str
    reference: str
    state: State
    since: datetime
    until: datetime | None = None

    @property
    def days(self) -> int:
        """Of one that is over."""
        return (timezone.localdate(self.until) - timezone.localdate(self.since)).days


class Event(NamedTuple):
    """What is read of an event of the trail."""

    action: str
    subject_ref: str
    at: datetime
    facts: dict


class _Replay:
    """One referral with its placements, told event by event."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.placements: dict[str, PlacementState] = {}
        self.open: dict[tuple[str, str], Spell] = {}
        self.over: list[Spell] = []

    @property
    def state(self) -> State | None:
        spell = self.open.get((REFERRAL, self.reference))
        return spell and spell.state

    def move(self, kind: str, reference: str, to: State, at: datetime) -> None:
        spell = self.open.get((kind, reference))
        if spell:
            if spell.state == to:
                return
            self.over.append(Spell(kind, reference, spell.state, spell.since, at))
        self.open[kind, reference] = Spell(kind, reference, to, at)

    def of_referral(self, event: Event) -> None:
        match event.action:
            case "referral.allocated":
                is_first = self.state == ReferralState.SUBMITTED
                to = ReferralState.ASSESSING if is_first else self.state
            case "referral.countersigned":
                to = ReferralState.CLOSED if event.facts["agrees"] else ReferralState.ASSESSING
            case "referral.resumed" | "referral.reopened":
                to = ReferralState(event.facts["state"])
            case _:
                to = REFERRAL_MOVES[event.action]
        self.move(REFERRAL, self.reference, to, event.at)

    def of_placement(self, event: Event, reference: str) -> None:
        """A decision on money moves a placement only while it waits for its first funding."""
        if event.action in DECISIONS:
            if self.placements.get(reference) != PlacementState.AWAITING_FUNDING:
                return
            to = DECISIONS[event.action]
        elif event.action in SAID:
            to = PlacementState(event.facts["state"])
        else:
            to = PLACEMENT_MOVES[event.action]
        self.placements[reference] = to
        self.move(PLACEMENT, reference, to, event.at)
        follows = REOPENED if event.action == "placement.reopened" else FOLLOWS
        if to in follows:
            self.move(REFERRAL, self.reference, self._beside(reference, follows[to]), event.at)

    def _beside(self, reference: str, to: ReferralState) -> ReferralState:
        """While a transfer is prepared, the placement beside this one says where it stands."""
        beside = {state for one, state in self.placements.items() if one != reference} & LIVE
        if to == ReferralState.PLACED or not beside:
            return to
        in_place = PlacementState.ADMITTED in beside
        return ReferralState.PLACED if in_place else ReferralState.PLACEMENT_PROPOSED


def spells(referrals: QuerySet[Referral]) -> list[Spell]:
    """Every time of theirs and of their placements in a state, in three queries."""
    owners = dict(
        Placement.objects.filter(referral__in=referrals).values_list(
            "reference", "referral__reference"
        )
    )
    asked = dict(
        FundingRequest.objects.filter(placement__referral__in=referrals).values_list(
            "reference", "placement__reference"
        )
    )
    replays: dict[str, _Replay] = {}
    for event in _events(referrals):
        placement = asked.get(event.subject_ref, event.subject_ref)
        owner = owners.get(placement, event.subject_ref)
        replay = replays.setdefault(owner, _Replay(owner))
        if placement in owners:
            replay.of_placement(event, placement)
        else:
            replay.of_referral(event)
    return [spell for replay in replays.values() for spell in (*replay.over, *replay.open.values())]


def _events(referrals: QuerySet[Referral]) -> Iterable[Event]:
    placements = Placement.objects.filter(referral__in=referrals)
    requests = FundingRequest.objects.filter(placement__referral__in=referrals)
    subjects = {
        "placements.referral": referrals,
        "placements.placement": placements,
        "placements.fundingrequest": requests,
    }
    of = Q()
    for label, rows in subjects.items():
        of |= Q(subject_type=label, subject_ref__in=rows.order_by().values("reference"))
    events = AuditEvent.objects.filter(of, action__in=ACTIONS).in_order()
    return map(Event._make, events.values_list(*Event._fields))


def left_within(referrals: QuerySet[Referral], scope: Scope) -> list[Spell]:
    """Times in a state that ended within the period, the longest first.

    Only histories with a move in the period are read; of placements, those of the scope.
    """
    start, end = (
        timezone.make_aware(datetime.combine(day, time())) for day in (scope.start, scope.end)
    )
    moved = AuditEvent.objects.filter(action__in=ACTIONS, at__gte=start, at__lt=end)
    refs = moved.order_by().values("subject_ref")
    touched = referrals.filter(
        Q(reference__in=refs)
        | Q(pk__in=Placement.objects.filter(reference__in=refs).values("referral"))
        | Q(pk__in=FundingRequest.objects.filter(reference__in=refs).values("placement__referral"))
    )
    here = set(scope.placements.values_list("reference", flat=True))
    found = [
        one
        for one in spells(
            Referral.objects.filter(pk__in=list(touched.values_list("pk", flat=True)))
        )
        if one.until
        and start <= one.until < end
        and (one.kind == REFERRAL or one.reference in here)
    ]
    return sorted(found, key=lambda one: (-one.days, one.reference, one.since))


def waiting_since(referrals: QuerySet[Referral]) -> dict[str, datetime]:
    """Since when each is in the state in which it is now."""
    return {
        one.reference: one.since
        for one in spells(referrals)
        if one.kind == REFERRAL and one.until is None
    }

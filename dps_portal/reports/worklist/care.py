"""What waits in referrals and placements."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from placements.models import (
    Absence,
    BreakGlass,
    FactProposal,
    FundingRequest,
    Placement,
    Referral,
    SubjectRequest,
)
from placements.rules import ENDING_DAYS
from placements.services import absence_of
from placements.states import PlacementState, ReferralState, RequestState

from .task import MOST, Task


def offers(user: User, at: datetime) -> list[Task]:
    rows = Placement.objects.visible_to(user).filter(state=PlacementState.AWAITING_PROVIDER)
    return [
        Task(
            f"Placement {row.reference}",
            reverse("placements:offer", args=[row.reference]),
            "Accept or decline the offer",
            row.reply_due_on,
        )
        for row in rows.order_by("reply_due_on", "pk")[:MOST]
    ]


REFERRAL_STEPS = {
    ReferralState.DRAFT: "Submit it",
    ReferralState.ASSESSING: "Record whether the person is eligible",
    ReferralState.ELIGIBLE: "Start matching",
    ReferralState.ON_HOLD: "Look at it again",
    ReferralState.MATCHING: "Find a placement",
}


def referrals(user: User, at: datetime) -> list[Task]:
    steps = dict(REFERRAL_STEPS)
    if user.may(Permission.ALLOCATE_REFERRAL):
        steps = {
            ReferralState.SUBMITTED: "Allocate it",
            ReferralState.COUNTERSIGNING: "Countersign it, or return it",
        }
    rows = Referral.objects.visible_to(user).filter(state__in=steps)
    return [
        Task(f"Referral {row.reference}", row.get_absolute_url(), steps[row.state], row.due_on)
        for row in rows.order_by("-urgency", "created_at", "pk")[:MOST]
    ]


STAY_STEPS = {
    PlacementState.AWAITING_FUNDING: "Ask for funding",
    PlacementState.APPROVED: "Record the admission",
    PlacementState.ADMITTED: "Funding ends: extend it or record the exit",
}


def stays(user: User, at: datetime) -> list[Task]:
    soon = timezone.localdate(at) + timedelta(days=ENDING_DAYS)
    ending = Q(state=PlacementState.ADMITTED, funded_until__lte=soon)
    waiting = Q(state__in=[PlacementState.AWAITING_FUNDING, PlacementState.APPROVED])
    rows = Placement.objects.visible_to(user).filter(ending | waiting)
    return [
        Task(
            f"Placement {row.reference}",
            row.get_absolute_url(),
            STAY_STEPS[row.state],
            row.funded_until if row.admission else row.planned_admission,
        )
        for row in rows.order_by(Coalesce("funded_until", "planned_admission"), "pk")[:MOST]
    ]


def absences(user: User, at: datetime) -> list[Task]:
    """Of people still away: on the night that the agreement names somebody asks (R19)."""
    rows = Absence.objects.standing().filter(
        placement__in=Placement.objects.visible_to(user),
        placement__state=PlacementState.ADMITTED,
        end__gt=timezone.localdate(at),
    )
    rows = rows.select_related("placement__referral__agreement")
    nights = [(row, row.placement.referral.agreement.absence_check_night) for row in rows]
    return [
        Task(
            f"Absence from placement {row.placement}",
            row.placement.get_absolute_url(),
            "Decide whether to go on paying",
            due,
        )
        for row, night in nights
        if (due := absence_of(row).check_on(night))
    ]


def proposals(user: User, at: datetime) -> list[Task]:
    """What providers say has happened."""
    rows = FactProposal.objects.visible_to(user).unanswered().select_related("placement")
    return [
        Task(
            f"{row.get_kind_display()} in placement {row.placement}",
            row.placement.get_absolute_url(),
            "Record it, or say why not",
            None,
        )
        for row in rows.order_by("proposed_at", "pk")[:MOST]
    ]


def requests(user: User, at: datetime) -> list[Task]:
    rows = FundingRequest.objects.visible_to(user).waiting().exclude(requested_by=user)
    rows = rows.select_related("placement__referral__agreement")
    return [
        Task(
            f"Funding request {row.reference}",
            row.get_absolute_url(),
            *("Waiting for money", None)
            if row.state == RequestState.DEFERRED
            else ("Decide on it", row.decision_due_on()),
        )
        for row in rows[:MOST]
    ]


def own_requests(user: User, at: datetime) -> list[Task]:
    """What this person has begun to ask for, or got back."""
    steps = {RequestState.DRAFT: "Send the draft", RequestState.RETURNED: "Send it again"}
    rows = FundingRequest.objects.visible_to(user).filter(requested_by=user, state__in=steps)
    return [
        Task(f"Funding request {row.reference}", row.get_absolute_url(), steps[row.state], None)
        for row in rows.order_by("requested_at", "pk")[:MOST]
    ]


def records(user: User, at: datetime) -> list[Task]:
    """Cases opened by break-glass, and exports and erasures, that wait for another manager."""
    opened = BreakGlass.objects.visible_to(user).filter(reviewed_at=None).exclude(user=user)
    asked = SubjectRequest.objects.visible_to(user).waiting().exclude(asked_by=user)
    return [
        Task(f"Break-glass {row.reference}", row.get_review_url(), "Review it", None)
        for row in opened.order_by("at", "pk")[:MOST]
    ] + [
        Task(f"{row.get_kind_display()} {row}", row.get_absolute_url(), "Decide on it", None)
        for row in asked.order_by("asked_at", "pk")[:MOST]
    ]

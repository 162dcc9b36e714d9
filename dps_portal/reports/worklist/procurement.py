"""What waits in competitions: for bidders, for the council, and for who scores."""

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from tenders.models import Award, Challenge, DebriefRequest, Invitation, PeriodAnswer, Tender
from tenders.states import TenderState

from .task import MOST, Task

NEXT_STEP = {
    TenderState.DRAFT: (Permission.PUBLISH_TENDER, "Publish it, if it is finished"),
    TenderState.OPENED: (Permission.LOCK_QUALITY, "Quality is being scored"),
    TenderState.QUALITY_LOCKED: (Permission.RECOMMEND_AWARD, "Recommend an award"),
    TenderState.RECOMMENDED: (Permission.APPROVE_AWARD, "Approve the award"),
}


def debriefs(user: User, at: datetime) -> list[Task]:
    rows = DebriefRequest.objects.visible_to(user).unanswered().select_related("letter__tender")
    return [
        Task(
            f"Further reasons on tender {row.letter.tender.reference}",
            reverse("tenders:answer_debrief", args=[row.letter.tender.reference, row.pk]),
            "Give them",
            row.due_on,
        )
        for row in rows.soonest_due_first()[:MOST]
    ]


def invitations(user: User, at: datetime) -> list[Task]:
    rows = (
        Invitation.objects.visible_to(user)
        .without_envelopes()
        .filter(tender__state=TenderState.PUBLISHED, tender__closes_at__gt=at)
    )
    return [
        Task(
            f"Tender {row.tender.reference}",
            reverse("tenders:invitation", args=[row.tender.reference]),
            "Bids are open",
            timezone.localdate(row.tender.closes_at),
        )
        for row in rows.select_related("tender").order_by("tender__closes_at", "pk")[:MOST]
    ]


def shorter_periods(user: User, at: datetime) -> list[Task]:
    rows = PeriodAnswer.objects.visible_to(user).waiting().filter(period__closes_at__gt=at)
    return [
        Task(
            f"Time for bids on tender {row.period.tender}",
            row.get_absolute_url(),
            "Agree to a shorter time, or decline",
            None,
        )
        for row in rows.select_related("period__tender").in_order()[:MOST]
    ]


def tenders(user: User, at: datetime) -> list[Task]:
    """What waits for this person's permission, and panels that the person sits on."""
    tasks = []
    rows = Tender.objects.visible_to(user).exclude(
        state__in=[TenderState.AWARDED, TenderState.ABANDONED]
    )
    panels = set(user.panels.serving().values_list("tender_id", flat=True))
    own = {state for state, (permission, _) in NEXT_STEP.items() if user.may(permission)}
    waiting = Q(state__in=own) | Q(pk__in=panels) | Q(state=TenderState.DRAFT, drafted_by=user)
    if user.may(Permission.OPEN_BIDS):
        waiting |= Q(state=TenderState.PUBLISHED, closes_at__lte=at)
    rows = rows.filter(waiting)
    for row in rows.order_by("closes_at", "pk")[:MOST]:
        permission, why = NEXT_STEP.get(TenderState(row.state), (None, ""))
        if row.state == TenderState.PUBLISHED and row.closes_at <= at:
            permission, why = Permission.OPEN_BIDS, "Bidding is over: two officers open the bids"
        if row.state == TenderState.OPENED and row.pk in panels:
            permission, why = Permission.VIEW_TENDERS, "You are on its panel"
        if row.state == TenderState.DRAFT and row.drafted_by_id == user.pk:
            permission, why = Permission.AUTHOR_TENDER, "Finish it; another person publishes it"
        if permission and user.may(permission):
            tasks.append(Task(f"Tender {row.reference}", row.get_absolute_url(), why, None))
    return tasks


def standstills(user: User, at: datetime) -> list[Task]:
    """Awards whose standstill is over, and challenges that another person recorded."""
    challenges = Challenge.objects.visible_to(user).unsettled().exclude(recorded_by=user)
    tasks = [
        Task(
            f"Challenge to the award of tender {row.award.tender.reference}",
            reverse("tenders:settle_challenge", args=[row.award.tender.reference, row.pk]),
            "Settle it",
            None,
        )
        for row in challenges.select_related("award__tender").in_order()[:MOST]
    ]
    if not user.may(Permission.APPROVE_AWARD):
        return tasks
    held = Challenge.objects.unsettled().values("award")
    awards = Award.objects.visible_to(user).filter(tender__state=TenderState.STANDSTILL)
    awards = awards.exclude(pk__in=held).exclude(recommended_by=user).select_related("tender")
    return tasks + [
        Task(
            f"Tender {row.tender.reference}",
            reverse("tenders:confirm_award", args=[row.tender.reference]),
            "Confirm the award: the standstill is over",
            row.standstill_last_day,
        )
        for row in awards.order_by("standstill_last_day", "pk")[:MOST]
        if not row.is_in_standstill(at)
    ]


def questions(user: User, at: datetime) -> list[Task]:
    waiting = Count("questions", filter=Q(questions__answered_at=None))
    rows = Agreement.objects.annotate(waiting=waiting).filter(waiting__gt=0)
    return [
        Task(
            f"Questions on {row.reference}: {row.waiting}",
            f"{reverse('publication:question_list')}?state=waiting",
            "Answer them",
            None,
        )
        for row in rows.order_by("pk")[:MOST]
    ]

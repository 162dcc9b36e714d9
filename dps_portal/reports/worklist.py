"""What needs a person, by when and why: the first thing seen after signing in (design §2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from placements.models import (
    Absence,
    BreakGlass,
    BudgetRevision,
    FactProposal,
    FundingRequest,
    Invoice,
    InvoiceImport,
    Placement,
    Referral,
    SubjectRequest,
)
from placements.rules import ENDING_DAYS
from placements.services import absence_of
from placements.states import (
    ImportKind,
    ImportState,
    InvoiceState,
    PlacementState,
    ReferralState,
    RequestState,
)
from providers.models import (
    Admission,
    Application,
    Clarification,
    DeclarationRequest,
    EvidenceDocument,
    Measure,
    Provider,
    RatingChange,
    ReasonsRequest,
    RegistrationClaim,
)
from providers.states import ApplicationState, EvidenceState
from tenders.models import Award, Challenge, DebriefRequest, Invitation, PeriodAnswer, Tender
from tenders.states import TenderState

MOST = 50


@dataclass(frozen=True)
class Task:
    what: str
    url: str
    why: str
    due: date | None


def applications(user: User, at: datetime) -> list[Task]:
    rows = Application.objects.visible_to(user).filter(state=ApplicationState.SUBMITTED)
    why = "Decide on it" if user.may(Permission.DECIDE_APPLICATION) else "Assess and recommend"
    return [
        Task(
            f"Application {row.reference}",
            reverse("providers:application_review", args=[row.reference]),
            why,
            row.decide_by,
        )
        for row in rows.order_by("decide_by", "pk")[:MOST]
    ]


def drafts(user: User, at: datetime) -> list[Task]:
    rows = Application.objects.visible_to(user).filter(state=ApplicationState.DRAFT)
    return [
        Task(f"Application {row.reference}", row.get_absolute_url(), "Finish and submit it", None)
        for row in rows.order_by("pk")[:MOST]
    ]


def clarifications(user: User, at: datetime) -> list[Task]:
    """What the council asks about an application, and an application to correct."""
    rows = Clarification.objects.visible_to(user).unanswered().select_related("application")
    returned = Application.objects.visible_to(user).filter(state=ApplicationState.RETURNED)
    return [
        Task(
            f"Question on application {row.application}",
            reverse("providers:answer_clarification", args=[row.pk]),
            "Answer it",
            row.due_on,
        )
        for row in rows.order_by("due_on", "pk")[:MOST]
    ] + [
        Task(
            f"Application {row.reference}",
            row.get_absolute_url(),
            "Correct it and hand it in again",
            row.correction_due_on(),
        )
        for row in returned
    ]


def reasons(user: User, at: datetime) -> list[Task]:
    rows = ReasonsRequest.objects.visible_to(user).filter(answered_at=None)
    rows = rows.select_related("lot_application__application", "lot_application__lot")
    return [
        Task(
            f"Reasons for application {row.lot_application.application}",
            reverse(
                "providers:answer_reasons",
                args=[row.lot_application.application, row.lot_application.lot.number],
            ),
            "Give them",
            row.due_on,
        )
        for row in rows.soonest_due_first()[:MOST]
    ]


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


NEXT_STEP = {
    TenderState.DRAFT: (Permission.PUBLISH_TENDER, "Publish it, if it is finished"),
    TenderState.OPENED: (Permission.LOCK_QUALITY, "Quality is being scored"),
    TenderState.QUALITY_LOCKED: (Permission.RECOMMEND_AWARD, "Recommend an award"),
    TenderState.RECOMMENDED: (Permission.APPROVE_AWARD, "Approve the award"),
}


def tenders(user: User, at: datetime) -> list[Task]:
    """What waits for this person's permission, and panels that the person sits on."""
    tasks = []
    rows = Tender.objects.visible_to(user).exclude(
        state__in=[TenderState.AWARDED, TenderState.ABANDONED]
    )
    panels = set(user.panels.serving().values_list("tender_id", flat=True))
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
    rows = Placement.objects.visible_to(user).filter(state__in=STAY_STEPS)
    return [
        Task(
            f"Placement {row.reference}",
            row.get_absolute_url(),
            STAY_STEPS[row.state],
            row.funded_until if row.admission else row.planned_admission,
        )
        for row in rows.order_by("funded_until", "planned_admission", "pk")[:MOST]
        if row.state != PlacementState.ADMITTED or row.funded_until <= soon
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


def ceilings(user: User, at: datetime) -> list[Task]:
    rows = BudgetRevision.objects.visible_to(user).filter(confirmed_at=None)
    return [
        Task(
            "A proposed ceiling",
            reverse("placements:confirm_ceiling", args=[row.agreement.reference, row.year, row.pk]),
            "Confirm it",
            None,
        )
        for row in rows.select_related("agreement").order_by("pk")[:MOST]
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


def registrations(user: User, at: datetime) -> list[Task]:
    rows = RegistrationClaim.objects.visible_to(user).waiting()
    return [
        Task(
            f"Registration {row.reference}",
            reverse("providers:review_claim", args=[row.reference]),
            "One of its numbers is taken: look who it is",
            None,
        )
        for row in rows.oldest_first()[:MOST]
    ]


def measures(user: User, at: datetime) -> list[Task]:
    rows = Measure.objects.visible_to(user).waiting().exclude(recommended_by=user)
    return [
        Task(
            f"{row.get_kind_display()} {row.reference}",
            row.get_absolute_url(),
            "Decide on the recommendation",
            row.from_on,
        )
        for row in rows.order_by("from_on", "pk")[:MOST]
    ]


def checks(user: User, at: datetime) -> list[Task]:
    """Documents that came after admission, and ratings that have changed."""
    documents = EvidenceDocument.objects.visible_to(user).to_check().select_related("provider")
    ratings = RatingChange.objects.filter(reviewed_at=None, location__ended_at=None)
    return [
        Task(
            f"Document of {row.provider}",
            reverse("providers:check_evidence", args=[row.document_id]),
            "Check it",
            None,
        )
        for row in documents.order_by("added_at", "pk")[:MOST]
    ] + [
        Task(
            f"Rating of a place of {row.location.provider}",
            reverse("providers:review_rating", args=[row.pk]),
            "Review the change",
            None,
        )
        for row in ratings.select_related("location__provider").order_by("at", "pk")[:MOST]
    ]


def declarations(user: User, at: datetime) -> list[Task]:
    own = Provider.objects.of(user)
    return [
        Task(
            "Your declaration",
            reverse("providers:declaration_request", args=[row.pk]),
            "Renew it",
            row.due_on,
        )
        for row in DeclarationRequest.objects.filter(provider__in=own, answered_at=None).order_by(
            "due_on", "pk"
        )
    ]


def documents(user: User, at: datetime) -> list[Task]:
    """What of an admitted organisation expires soon, has expired or was rejected."""
    day = timezone.localdate(at)
    own = Admission.objects.held(day).filter(provider__in=Provider.objects.of(user))
    rows = EvidenceDocument.objects.held_at(None).filter(provider__in=own.values("provider"))
    return [
        Task(
            row.get_kind_display(),
            reverse("providers:evidence_overview"),
            f"Replace it: {row.state(day).label.lower()}",
            row.expires_on,
        )
        for row in rows.by_kind()
        if row.state(day) not in {EvidenceState.IN_DATE, EvidenceState.TO_CHECK}
    ]


INVOICE_TASKS = {
    InvoiceState.RECEIVED: "Match it with our cost",
    InvoiceState.MATCHED: "Approve it",
    InvoiceState.DISPUTED: "Settle the dispute",
    InvoiceState.APPROVED: "Have it paid",
}


def invoices(user: User, at: datetime) -> list[Task]:
    """What waits for finance; nobody approves what they entered or matched themselves."""
    own = Q(entered_by=user) | Q(matched_by=user)
    rows = Invoice.objects.visible_to(user).unpaid()
    rows = rows.exclude(own, state=InvoiceState.MATCHED).soonest_due_first()
    return [
        Task(
            f"Invoice {row}",
            row.get_absolute_url(),
            INVOICE_TASKS[InvoiceState(row.state)],
            None if row.state == InvoiceState.DISPUTED else row.due_on,
        )
        for row in rows[:MOST]
    ]


def services_given(user: User, at: datetime) -> list[Task]:
    """Invoices whose nights nobody has confirmed yet."""
    rows = Invoice.objects.visible_to(user).to_confirm().soonest_due_first()
    return [
        Task(f"Invoice {row}", row.get_absolute_url(), "Confirm the service", row.due_on)
        for row in rows[:MOST]
    ]


def files(user: User, at: datetime) -> list[Task]:
    """Payments made elsewhere that another person has brought."""
    rows = InvoiceImport.objects.visible_to(user).filter(
        state=ImportState.STAGED, kind=ImportKind.HISTORY
    )
    return [
        Task(f"File {row}", row.get_absolute_url(), "Confirm or discard it", None)
        for row in rows.exclude(uploaded_by=user).newest_first()[:MOST]
    ]


def own_invoices(user: User, at: datetime) -> list[Task]:
    rows = Invoice.objects.visible_to(user).filter(state=InvoiceState.DISPUTED)
    return [
        Task(f"Invoice {row}", row.get_absolute_url(), "The council disputes it", None)
        for row in rows.newest_first()[:MOST]
    ]


SOURCES: tuple[tuple[Permission, Callable[[User, datetime], list[Task]]], ...] = (
    (Permission.DECIDE_APPLICATION, applications),
    (Permission.ASSESS_APPLICATION, applications),
    (Permission.ASSESS_APPLICATION, reasons),
    (Permission.ANSWER_CLARIFICATION, debriefs),
    (Permission.EDIT_APPLICATION, drafts),
    (Permission.EDIT_APPLICATION, clarifications),
    (Permission.VIEW_INVITATIONS, invitations),
    (Permission.SUBMIT_BID, shorter_periods),
    (Permission.ANSWER_OFFER, offers),
    (Permission.VIEW_TENDERS, tenders),
    (Permission.SETTLE_CHALLENGE, standstills),
    (Permission.MAKE_REFERRAL, referrals),
    (Permission.RECORD_STAY, stays),
    (Permission.RECORD_STAY, absences),
    (Permission.RECORD_STAY, proposals),
    (Permission.APPROVE_FUNDING, requests),
    (Permission.REQUEST_FUNDING, own_requests),
    (Permission.MANAGE_PRIVACY, records),
    (Permission.CONFIRM_CEILING, ceilings),
    (Permission.HANDLE_INVOICES, invoices),
    (Permission.HANDLE_INVOICES, files),
    (Permission.CONFIRM_SERVICE, services_given),
    (Permission.SUBMIT_INVOICE, own_invoices),
    (Permission.ANSWER_QUESTION, questions),
    (Permission.REVIEW_CLAIM, registrations),
    (Permission.DECIDE_MEASURE, measures),
    (Permission.CHECK_COMPLIANCE, checks),
    (Permission.SUBMIT_APPLICATION, declarations),
    (Permission.EDIT_APPLICATION, documents),
)


def tasks_for(user: User, at: datetime) -> list[Task]:
    """Everything that waits for this person, the soonest first, the undated last."""
    chosen = dict.fromkeys(source for permission, source in SOURCES if user.may(permission))
    tasks = [task for source in chosen for task in source(user, at)]
    return sorted(tasks, key=lambda task: (task.due is None, task.due or date.min, task.what))

"""What waits in applications, admissions and what an organisation must keep up to date."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.reports.services import owed_returns
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

from .task import MOST, Task


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


def returns(user: User, at: datetime) -> list[Task]:
    return [
        Task(
            f"Return for {one.quarter}",
            reverse(
                "reports:submit_return", args=[one.quarter.start.year, one.quarter.start.month]
            ),
            "Send it, also when there is nothing to report",
            one.due_on,
        )
        for one in owed_returns(Provider.objects.of(user), timezone.localdate(at))
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

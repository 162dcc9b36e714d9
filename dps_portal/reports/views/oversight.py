"""The audit trail, its verification, and the health of the machinery."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.audit.models import AuditEvent
from dps_portal.documents.models import Document
from dps_portal.jobs.models import Job, JobState
from dps_portal.notifications.models import Notification
from dps_portal.reports import services
from dps_portal.reports.forms import TrailForm
from dps_portal.ui.acts import ACT, READ, list_page

SHOWN = 50
SLOW_SCAN = timedelta(hours=1)
COLUMNS = {
    "Number": lambda event: event.seq,
    "At (UTC)": lambda event: event.at.isoformat(),
    "Person": lambda event: event.actor_ref,
    "Action": lambda event: event.action,
    "Subject": lambda event: event.subject_ref,
    "Facts": lambda event: str(event.facts),
    "Hash": lambda event: event.hash,
}


@requires(Permission.VIEW_AUDIT, methods=READ)
def audit_trail(request):
    form = TrailForm(request.GET)
    events = AuditEvent.objects.order_by("-seq")
    if form.is_valid():
        wanted = form.cleaned_data
        events = events.filter(
            Q(action__startswith=wanted["action"]),
            Q(subject_ref__startswith=wanted["subject"]),
            Q(actor_ref__startswith=wanted["actor"]),
        )
        if wanted["first_day"]:
            events = events.filter(at__date__gte=wanted["first_day"])
        if wanted["last_day"]:
            events = events.filter(at__date__lte=wanted["last_day"])
    return list_page(
        request,
        "reports/audit_trail.html",
        rows=events,
        form=form,
        columns=COLUMNS,
        name="audit-trail",
    )


@requires(Permission.VIEW_AUDIT, methods=ACT)
def verify_trail(request):
    found = services.verify_trail(by=request.user, at=timezone.now())
    if found.is_whole:
        messages.success(
            request,
            f"The trail of {found.events:,} events and the ledger of {found.entries:,} entries "
            f"are whole. Head: {found.head}",
        )
    if found.broken_at is not None:
        messages.error(request, f"The trail is broken at event {found.broken_at}.")
    for difference in found.differences[:SHOWN]:
        messages.error(request, difference)
    return redirect("reports:verification_list")


@requires(Permission.VIEW_HEALTH, methods=READ)
def health(request):
    now = timezone.now()
    return render(
        request,
        "reports/health.html",
        {
            "waiting": Notification.objects.waiting(now).count(),
            "failed": Notification.objects.failed().order_by("pk")[:SHOWN],
            "files_waiting": Document.objects.waiting().count(),
            "files_slow": Document.objects.waiting()
            .filter(uploaded_at__lte=now - SLOW_SCAN)
            .count(),
            "jobs_waiting": Job.objects.to_start(now).count(),
            "jobs_failed": Job.objects.filter(state=JobState.FAILED).order_by("-created_at")[
                :SHOWN
            ],
        },
    )

"""What everyone may read: the opportunity, its lots, its tenders, and how the portal fares."""

from datetime import timedelta

from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.jobs.models import Job
from dps_portal.notifications.models import Notification
from providers.models import Admission
from tenders.models import Contract, Tender

READ = ("GET", "HEAD")
SILENCE = timedelta(minutes=3)


@requires(Permission.PUBLIC, methods=READ)
def opportunity(request):
    agreement = Agreement.objects.public().order_by("pk").first()
    if agreement is None:
        raise Http404
    now = timezone.now()
    rounds = list(agreement.rounds.order_by("opens_at"))
    return render(
        request,
        "publication/opportunity.html",
        {
            "agreement": agreement,
            "last_day": agreement.end - timedelta(days=1),
            "lots": agreement.lots.order_by("number"),
            "options": agreement.options.order_by("number"),
            "rounds": rounds,
            "open_round": next((r for r in rounds if r.opens_at <= now < r.closes_at), None),
            "next_round": next((r for r in rounds if r.opens_at > now), None),
            "tenders": Tender.objects.exclude(published_at=None)
            .filter(lot__agreement=agreement)
            .select_related("lot")
            .order_by("-published_at")[:20],
            "contracts": Contract.objects.filter(lot__agreement=agreement)
            .select_related("award__tender", "provider", "lot")
            .order_by("-award__approved_at")[:20],
        },
    )


@requires(Permission.PUBLIC, methods=READ)
def lot(request, agreement, number):
    one = get_object_or_404(
        Lot.objects.filter(agreement__in=Agreement.objects.public()).select_related("agreement"),
        agreement__reference=agreement,
        number=number,
    )
    admitted = (
        Admission.objects.current(timezone.localdate())
        .filter(lot=one)
        .select_related("provider")
        .order_by("provider__name")
    )
    return render(request, "publication/lot.html", {"lot": one, "admitted": admitted})


@requires(Permission.PUBLIC, methods=READ)
def tender(request, reference):
    one = get_object_or_404(
        Tender.objects.exclude(published_at=None).select_related("lot__agreement"),
        reference=reference,
    )
    return render(
        request,
        "publication/tender.html",
        {
            "tender": one,
            "is_open": one.is_open(timezone.now()),
            "criteria": one.criteria.order_by("position"),
            "contract": Contract.objects.filter(award__tender=one)
            .select_related("provider", "award")
            .first(),
        },
    )


@requires(Permission.PUBLIC, methods=READ)
def accessibility(request):
    return render(request, "publication/accessibility.html")


@requires(Permission.PUBLIC, methods=READ)
def privacy(request):
    return render(request, "publication/privacy.html")


@requires(Permission.PUBLIC, methods=READ)
def alive(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


@requires(Permission.PUBLIC, methods=READ)
def ready(request):
    """503 when the database does not answer, or owed work has waited for three minutes."""
    since = timezone.now() - SILENCE
    try:
        late = {
            "notifications": Notification.objects.waiting(since).exists(),
            "jobs": Job.objects.to_start(since).filter(created_at__lte=since).exists(),
        }
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    is_late = any(late.values())
    return JsonResponse(
        {"status": "late" if is_late else "ok", "late": late}, status=503 if is_late else 200
    )

"""About the portal: statements, how it fares, and what search engines may read."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, AgreementDocument, Lot
from dps_portal.jobs.models import Job
from dps_portal.notifications.models import Notification
from dps_portal.publication import registers
from dps_portal.ui.acts import READ

from .acts import found_at

SILENCE = timedelta(minutes=3)
PARTS = ("agreement", "document_list", "admitted_providers", "tender_list", "award_list")


@requires(Permission.PUBLIC, methods=READ)
def accessibility(request):
    context = found_at(request.path, "How accessible this portal is.")
    return render(request, "publication/accessibility.html", context)


@requires(Permission.PUBLIC, methods=READ)
def privacy(request):
    context = found_at(request.path, "What this portal knows of people, and who sees it.")
    return render(request, "publication/privacy.html", context)


@requires(Permission.PUBLIC, methods=READ)
def receipt_key(request):
    context = found_at(request.path, "How a bidder checks the receipt of its bid, and the key.")
    context["key"] = sealing.verify_key(settings.KEYS["receipt"])
    return render(request, "publication/receipt_key.html", context)


@requires(Permission.PUBLIC, methods=READ)
def robots(request):
    sitemap = settings.PORTAL_ORIGIN + reverse("publication:sitemap")
    context = {"sitemap": sitemap}
    return render(request, "publication/robots.txt", context, content_type="text/plain")


@requires(Permission.PUBLIC, methods=READ)
def sitemap(request):
    """Every page that is meant to be found."""
    agreements = Agreement.objects.public().order_by("pk").values_list("reference", flat=True)
    shown = {"agreement__published": True}
    lots = Lot.objects.filter(**shown).order_by("pk")
    documents = AgreementDocument.objects.filter(**shown).order_by("pk")
    tenders = registers.published_tenders(timezone.now()).prefetch_related(None)
    own = [
        *((name, [one]) for one in agreements for name in (*PARTS, "answer_list")),
        *(("lot", key) for key in lots.values_list("agreement__reference", "number")),
        *(("document", key) for key in documents.values_list("agreement__reference", "slug")),
        *(("tender", key) for key in tenders.values_list("reference")),
        *((name, []) for name in ("open_data", "accessibility", "privacy", "receipt_key")),
    ]
    paths = [reverse(f"publication:{name}", args=args) for name, args in own]
    context = {"addresses": [settings.PORTAL_ORIGIN + path for path in paths]}
    return render(request, "publication/sitemap.xml", context, content_type="application/xml")


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

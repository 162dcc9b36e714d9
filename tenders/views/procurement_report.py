"""The report on a finished competition."""

from django.shortcuts import get_object_or_404

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ
from tenders import services
from tenders.models import Tender

from .letters import pdf_file


@requires(Permission.VIEW_EVALUATION, methods=READ)
def procurement_report(request, reference):
    rows = Tender.objects.reports_shown_to(request.user).select_related(
        "lot__agreement", "drafted_by", "published_by", "quality_locked_by", "abandoned_by"
    )
    one = get_object_or_404(rows, reference=reference)
    return pdf_file(f"regulation-84-{reference}.pdf", services.procurement_report_pdf(one))

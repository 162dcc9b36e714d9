"""The outcome letters: on the page, and as a file."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ
from tenders import services
from tenders.models import Letter


def find_letter(request, reference, **provider) -> Letter:
    rows = Letter.objects.visible_to(request.user).select_related(
        "tender__lot__agreement", "tender__award"
    )
    return get_object_or_404(
        rows.select_related("provider"), tender__reference=reference, **provider
    )


def show_letter(request, one: Letter, template: str, pdf_url: str):
    award = one.tender.award  # there is no letter without one
    facts = {
        "letter": one,
        "parts": services.parts_of(one.body),
        "tender": one.tender,
        "award": award,
        "is_in_standstill": award.is_in_standstill(timezone.now()),
        "agreement": one.tender.lot.agreement,
        "pdf_url": pdf_url,
        "debriefs": one.debriefs.soonest_due_first(),
        "may_ask": request.user.may(Permission.SUBMIT_BID)
        and not services.objections_to_debrief(one),
        "may_answer": request.user.may(Permission.ANSWER_CLARIFICATION),
    }
    return render(request, template, facts)


def pdf_file(name: str, content: bytes) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def letter(request, reference):
    """The outcome, to the provider itself."""
    one = find_letter(request, reference)
    url = reverse("tenders:letter_pdf", args=[reference])
    return show_letter(request, one, "tenders/letter.html", url)


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def letter_pdf(request, reference):
    one = find_letter(request, reference)
    return pdf_file(f"outcome-{reference}.pdf", services.letter_pdf(one))


@requires(Permission.VIEW_EVALUATION, methods=READ)
def sent_letter(request, reference, provider):
    """The same letter, as the council keeps it."""
    one = find_letter(request, reference, provider__reference=provider)
    url = reverse("tenders:sent_letter_pdf", args=[reference, provider])
    return show_letter(request, one, "tenders/sent_letter.html", url)


@requires(Permission.VIEW_EVALUATION, methods=READ)
def sent_letter_pdf(request, reference, provider):
    one = find_letter(request, reference, provider__reference=provider)
    return pdf_file(f"outcome-{reference}-{provider}.pdf", services.letter_pdf(one))

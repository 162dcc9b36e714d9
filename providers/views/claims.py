"""Registrations whose number is taken: the person's page, and the council's review."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from providers import services
from providers.forms import ClaimListForm, ClaimReviewForm
from providers.models import RegistrationClaim

COLUMNS = {
    "Reference": lambda row: row.reference,
    "Name": lambda row: row.name,
    "Company number": lambda row: row.company_number,
    "Charity number": lambda row: row.charity_number,
    "CQC provider ID": lambda row: row.cqc_provider_id,
    "Registered on": lambda row: timezone.localdate(row.claimed_at).isoformat(),
    "Outcome": lambda row: row.get_outcome_display() or "To review",
}


def find_claim(request, reference) -> RegistrationClaim:
    rows = RegistrationClaim.objects.visible_to(request.user).select_related("provider")
    return get_object_or_404(rows, reference=reference)


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def claim_list(request):
    rows = RegistrationClaim.objects.visible_to(request.user).oldest_first()
    form = ClaimListForm(request.GET, label="Name, reference or registration number")
    if form.is_valid():
        if wanted := form.cleaned_data["q"].strip():
            rows = rows.matching_text(wanted)
        if state := form.cleaned_data["state"]:
            rows = rows.waiting() if state == "waiting" else rows.reviewed()
    return list_page(
        request,
        "providers/claim_list.html",
        rows=rows,
        form=form,
        columns=COLUMNS,
        name="registrations",
    )


@requires(Permission.SIGNED_IN, methods=READ)
def claim(request, reference):
    """The person never learns here whose the number is; the council does."""
    return render(
        request,
        "providers/claim.html",
        {
            "claim": find_claim(request, reference),
            "is_council": request.user.may(Permission.VIEW_APPLICATIONS),
            "may_review": request.user.may(Permission.REVIEW_CLAIM),
        },
    )


@requires(Permission.REVIEW_CLAIM)
def review_claim(request, reference):
    one = find_claim(request, reference)
    if one.outcome and request.method != "POST":
        return redirect(one)
    form = ClaimReviewForm(request.POST or None, claim=one)
    reviewed = attempt(
        form,
        lambda: services.review_claim(
            claim=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if reviewed:
        messages.success(request, f"Registration {reviewed} is reviewed, and the person is told.")
        return redirect(reviewed)
    return render(
        request,
        "providers/review_claim.html",
        {"claim": one, "matches": one.matches(), "form": form},
    )

"""Challenges to an award during its standstill."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import services
from tenders.forms import ChallengeForm, SettlementForm
from tenders.models import Challenge

from .awards import find_priced_tender


@requires(Permission.RECORD_CHALLENGE)
def record_challenge(request, reference):
    now = timezone.now()
    one = find_priced_tender(request, reference)
    form = ChallengeForm(request.POST or None)
    if attempt(
        form,
        lambda: services.record_challenge(tender=one, **form.cleaned_data, by=request.user, at=now),
    ):
        messages.success(
            request, "The challenge is recorded. No contract is made before it is settled."
        )
        return redirect(one)
    return render(
        request,
        "tenders/record_challenge.html",
        {
            "tender": one,
            "form": form,
            "objections": services.objections_to_challenge(one, request.user, now),
        },
    )


@requires(Permission.SETTLE_CHALLENGE)
def settle_challenge(request, reference, pk):
    challenge = get_object_or_404(
        Challenge.objects.visible_to(request.user).select_related("award__tender", "recorded_by"),
        award__tender__reference=reference,
        pk=pk,
    )
    tender = challenge.award.tender
    form = SettlementForm(request.POST or None)
    if attempt(
        form,
        lambda: services.settle_challenge(
            challenge=challenge, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The challenge is settled.")
        return redirect(tender)
    return render(
        request,
        "tenders/settle_challenge.html",
        {
            "tender": tender,
            "challenge": challenge,
            "form": form,
            "objections": services.objections_to_settlement(challenge, request.user),
        },
    )

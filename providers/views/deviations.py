"""Changing a published rule."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.forms import DeviationForm
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.services import is_locked
from dps_portal.ui.acts import attempt
from providers import services


@requires(Permission.MANAGE_AGREEMENT)
def record_deviation(request, reference):
    one = get_object_or_404(Agreement.objects.public(), reference=reference)
    form = DeviationForm(request.POST or None)
    recorded = attempt(
        form,
        lambda: services.record_deviation(
            agreement=one,
            rule=form.cleaned_data["rule"],
            value=form.value(),
            reason=form.cleaned_data["reason"],
            no_breach=form.cleaned_data["no_breach"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if recorded:
        messages.success(request, "The deviation is recorded, and all participants are told.")
        return redirect(one)
    facts = {
        "agreement": one,
        "form": form,
        "people": services.participants(one, timezone.now()).count(),
        "objections": []
        if is_locked(one)
        else ["The contract notice is not recorded yet, so change the rules directly."],
    }
    return render(request, "providers/record_deviation.html", facts)

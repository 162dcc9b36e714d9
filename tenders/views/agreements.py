"""What invitations decide about an agreement."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.forms import InitialEvaluationForm
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import objections_to_initial_evaluation
from dps_portal.ui.acts import attempt
from tenders import services


@requires(Permission.MANAGE_AGREEMENT)
def set_initial_evaluation(request, reference):
    one = get_object_or_404(Agreement.objects.public(), reference=reference)
    form = InitialEvaluationForm(
        request.POST if request.method == "POST" else None,
        initial={"until": one.initial_evaluation_until},
    )
    saved = attempt(
        form,
        lambda: services.set_initial_evaluation(
            agreement=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if saved:
        messages.success(request, "The time for the first evaluation is saved.")
        return redirect(one)
    objections = objections_to_initial_evaluation(
        is_anything_invited=services.is_anything_invited(one), is_past=False
    )
    facts = {"agreement": one, "form": form, "objections": objections}
    return render(request, "tenders/set_initial_evaluation.html", facts)

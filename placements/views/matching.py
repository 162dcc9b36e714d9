"""The search for a provider, and the choice of one."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from placements import rules, services
from placements.forms import ChoiceForm, PlannedAdmissionForm
from placements.states import ReferralState

from .referrals import find


@requires(Permission.MAKE_REFERRAL, methods=READ)
def match_referral(request, reference):
    one = find(request, reference)
    form = PlannedAdmissionForm(request.GET or None)
    options = None
    if one.lot and form.is_valid():
        options = services.match_options(one, form.cleaned_data["planned_admission"])
    return render(
        request,
        "placements/match_referral.html",
        {
            "referral": one,
            "form": form,
            "options": options,
            "objections": rules.objections_to_move(
                ReferralState(one.state), ReferralState.PLACEMENT_PROPOSED
            ),
        },
    )


@requires(Permission.MAKE_REFERRAL)
def choose_option(request, reference, provider):
    """The planned admission comes with the address, as the list of options had it."""
    one = find(request, reference)
    planned = PlannedAdmissionForm(request.GET)
    if not (one.lot and planned.is_valid()):
        return redirect("placements:match_referral", one.reference)
    day = planned.cleaned_data["planned_admission"]
    options = services.match_options(one, day)
    option = next((each for each in options if each.provider.reference == provider), None)
    if option is None:
        return redirect(
            f"{reverse('placements:match_referral', args=[one.reference])}"
            f"?{request.GET.urlencode()}"
        )
    is_cheapest = option.total_pence == options[0].total_pence
    form = ChoiceForm(request.POST or None, is_cheapest=is_cheapest)
    placement = attempt(
        form,
        lambda: services.choose_option(
            referral=one,
            provider=option.provider,
            planned_admission=day,
            **{"why_not_cheapest": "", **form.cleaned_data},
            by=request.user,
            at=timezone.now(),
        ),
    )
    if placement:
        messages.success(request, f"Placement {placement} is offered to the provider.")
        return redirect(placement)
    return render(
        request,
        "placements/choose_option.html",
        {"referral": one, "option": option, "form": form, "day": day, "is_cheapest": is_cheapest},
    )

"""Placements as their provider sees them, and its answer."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from placements import rules, services
from placements.forms import AnswerForm, ListForm
from placements.models import Placement
from placements.states import PlacementState

from .acts import act_on
from .placements import find


@requires(Permission.ANSWER_OFFER, methods=READ)
def offer_list(request):
    rows = Placement.objects.visible_to(request.user).select_related("lot")
    form = ListForm(request.GET, states=PlacementState.choices)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.filter(reference__icontains=wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    return list_page(
        request,
        "placements/offer_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Lot": lambda one: one.lot.title,
            "Planned admission": lambda one: one.planned_admission,
            "Funded until": lambda one: one.funded_until,
            "State": lambda one: one.get_state_display(),
        },
        name="offers",
    )


@requires(Permission.ANSWER_OFFER, methods=READ)
def offer(request, reference):
    """The anonymised profile: needs, lot and dates; never who the person is."""
    one = find(request, reference)
    objections = rules.objections_to_answer(
        state=PlacementState(one.state), accepts=True, reason=""
    )
    return render(
        request,
        "placements/offer.html",
        {
            "placement": one,
            "left": one.exits.order_by("-revision").first(),
            "acts": [act_on(one, "answer_offer", "Answer the offer", objections)],
        },
    )


@requires(Permission.ANSWER_OFFER)
def answer_offer(request, reference):
    one = find(request, reference)
    form = AnswerForm(request.POST or None)
    if attempt(
        form,
        lambda: services.answer_offer(
            placement=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Your answer on placement {one} is sent.")
        return redirect(one.get_offer_url())
    return render(request, "placements/answer_offer.html", {"placement": one, "form": form})

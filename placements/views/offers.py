"""Placements as their provider sees them, and its answer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from placements import rules, services
from placements.forms import AnswerForm, ListForm, VacancyForm
from placements.models import Placement, Vacancy
from placements.states import PlacementState
from providers.models import Provider

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
    """Reference and dates, which the provider keeps; the profile has a page of its own."""
    one = find(request, reference)
    answering = [act_on(one, "answer_offer", "Answer the offer", [])] if one.is_offered else []
    return render(
        request,
        "placements/offer.html",
        {
            "placement": one,
            "left": services.last_exit(one),
            "acts": [*answering, *telling(one)],
            "proposals": one.proposals.order_by("-proposed_at", "-pk"),
            "decided": one.requests.decided().order_by("decided_at", "pk")
            if request.user.may(Permission.VIEW_LETTERS)
            else [],
        },
    )


def telling(one: Placement) -> list:
    """What the provider may tell the council now."""
    return [
        act_on(one, "propose_fact", f"Tell the council: {kind.label.lower()}", [], args=[kind])
        for kind, state in rules.MAY_PROPOSE.items()
        if one.state == state and not services.open_proposal(one, kind)
    ]


@requires(Permission.ANSWER_OFFER, methods=READ)
def offer_profile(request, reference):
    """The anonymised profile, while the placement lives; after it there is none (R8.3, T7)."""
    one = find(request, reference)
    if not (one.is_live and one.profile):
        raise Http404
    return render(
        request,
        "placements/offer_profile.html",
        {"placement": one, "lines": rules.profile_lines(one.profile)},
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


@requires(Permission.ANSWER_OFFER)
def state_vacancy(request):
    """What the organisation states of its places, and what it stated last."""
    now = timezone.now()
    provider = get_object_or_404(Provider.objects.of(request.user))
    lots = services.lots_of(provider, timezone.localdate(now))
    form = VacancyForm(request.POST or None, lots=lots)
    stated = attempt(
        form,
        lambda: services.state_vacancy(
            provider=provider, **form.cleaned_data, by=request.user, at=now
        ),
    )
    if stated:
        messages.success(request, f"Your places on {stated.lot} are saved.")
        return redirect("placements:state_vacancy")
    return render(
        request,
        "placements/state_vacancy.html",
        {
            "form": form,
            "lots": lots,
            "vacancies": Vacancy.objects.current()
            .filter(provider=provider)
            .select_related("lot", "stated_by")
            .order_by("lot__agreement", "lot__number"),
        },
    )

"""The search for a provider: options compared, one chosen, or a competition for the place."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from placements import rules, services
from placements.forms import ChoiceForm, CompetitionForm, FitForm, PlannedAdmissionForm
from placements.states import ReferralState

from .referrals import find

UNKNOWN = 10**9  # what is not known comes last
# By what the options are sorted, and how the head of the column reads.
SORTS = {
    "price": lambda option: option.total_pence,
    "fit": lambda option: (
        not option.is_suitable,
        option.has_declined,
        UNKNOWN if option.unmet is None else len(option.unmet),
    ),
    "earliest": lambda option: option.earliest_on or date.max,
    "distance": lambda option: UNKNOWN if option.miles is None else option.miles,
    "outcomes": lambda option: -(option.planned_rate or 0),
}


@requires(Permission.MAKE_REFERRAL, methods=READ)
def match_referral(request, reference):
    one = find(request, reference)
    form = PlannedAdmissionForm(request.GET or None)
    sort = request.GET.get("sort")
    sort = sort if sort in SORTS else "price"
    leaving = one.placements.in_place().select_related("provider").first()
    options = None
    if one.lot and form.is_valid():
        options = services.match_options(one, form.cleaned_data["planned_admission"])
        options.sort(key=SORTS[sort])
    return render(
        request,
        "placements/match_referral.html",
        {
            "referral": one,
            "form": form,
            "options": options,
            "sort": sort,
            "competition": services.competition_of(one),
            "leaving": leaving,
            "objections": rules.objections_to_act("choose_option", ReferralState(one.state))
            + rules.objections_to_preparing(
                is_prepared=leaving is not None and leaving.transfers.live().exists()
            ),
        },
    )


def planned_day(request) -> date | None:
    """It comes with the address, as the list of options had it."""
    form = PlannedAdmissionForm(request.GET)
    return form.cleaned_data["planned_admission"] if form.is_valid() else None


def back_to_options(request, one) -> str:
    query = request.GET.urlencode()
    return reverse("placements:match_referral", args=[one.reference]) + (query and f"?{query}")


@requires(Permission.MAKE_REFERRAL)
def judge_option(request, reference, provider):
    one = find(request, reference)
    day = planned_day(request)
    if day is None or not one.lot:
        return redirect("placements:match_referral", one.reference)
    option = named(services.match_options(one, day), provider)
    if option is None:
        raise Http404
    initial = option.fit and {
        "is_suitable": "yes" if option.fit.is_suitable else "no",
        "note": option.fit.note,
    }
    form = FitForm(request.POST or None, initial=initial)
    back = back_to_options(request, one)
    if attempt(
        form,
        lambda: services.judge_option(
            referral=one,
            provider=option.provider,
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
    ):
        messages.success(request, f"Your note on {option.provider.name} is saved.")
        return redirect(back)
    return render(
        request,
        "placements/judge_option.html",
        {"referral": one, "option": option, "form": form, "back": back},
    )


def named(options, provider: str):
    return next((each for each in options if each.provider.reference == provider), None)


@requires(Permission.MAKE_REFERRAL)
def choose_option(request, reference, provider):
    one = find(request, reference)
    day = planned_day(request)
    if day is None or not one.lot:
        return redirect("placements:match_referral", one.reference)
    options = services.match_options(one, day)
    option = named(options, provider)
    if option is None:
        return redirect(back_to_options(request, one))
    is_cheapest = option.total_pence == services.cheapest_pence(options, chosen=option)
    form = ChoiceForm(
        request.POST or None, initial={"needs": one.needs_summary}, is_cheapest=is_cheapest
    )
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
        {
            "referral": one,
            "option": option,
            "form": form,
            "day": day,
            "is_cheapest": is_cheapest,
            "back": back_to_options(request, one),
        },
    )


@requires(Permission.MAKE_REFERRAL)
def start_competition(request, reference):
    """A tender among all admitted, which procurement publishes."""
    one = find(request, reference)
    day = planned_day(request)
    if day is None or not one.lot:
        return redirect("placements:match_referral", one.reference)
    now = timezone.now()
    form = CompetitionForm(
        request.POST or None,
        initial={"needs": one.needs_summary},
        day=timezone.localdate(now),
    )
    started = attempt(
        form,
        lambda: services.start_competition(
            referral=one, planned_admission=day, **form.cleaned_data, by=request.user, at=now
        ),
    )
    if started:
        messages.success(
            request,
            f"Tender {started.tender} is a draft. Procurement looks at it and publishes it.",
        )
        return redirect(one)
    return render(
        request,
        "placements/start_competition.html",
        {"referral": one, "form": form, "day": day, "back": back_to_options(request, one)},
    )

"""Asking for funding, the queue, and the decision."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt, list_page
from placements import rules, services
from placements.forms import DecisionForm, ExtensionForm, FundingForm, ListForm
from placements.models import FundingRequest
from placements.states import PlacementState, RequestState

from .acts import act_on, permitted
from .placements import READ
from .placements import find as find_placement


def find(request, reference) -> FundingRequest:
    at = timezone.now()
    rows = FundingRequest.objects.visible_to(request.user, at).select_related(
        "placement__referral__agreement", "placement__lot", "placement__provider", "requested_by"
    )
    rows = rows.select_related("decided_by", "placement__referral__person")
    one = get_object_or_404(rows, reference=reference)
    services.record_sight(person=one.placement.referral.person, by=request.user, at=at)
    return one


@requires(Permission.REQUEST_FUNDING)
def request_funding(request, reference):
    placement = find_placement(request, reference)
    form = FundingForm(request.POST or None)
    if attempt(
        form,
        lambda: services.request_funding(
            placement=placement, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Funding for placement {placement} is asked for.")
        return redirect(placement)
    draft = services.draft_initial(placement)
    return render(
        request,
        "placements/request_funding.html",
        {
            "placement": placement,
            "form": form,
            "draft": draft,
            "quote": services.quote(draft),
            "objections": rules.objections_to_funding_request(
                state=PlacementState(placement.state),
                has_open_request=placement.requests.open().exists(),
            ),
        },
    )


@requires(Permission.REQUEST_FUNDING)
def request_extension(request, reference):
    """Shows the figures of the usual extension, or of the end that was typed last."""
    placement = find_placement(request, reference)
    if placement.funded_until is None:
        return redirect(placement)
    usual = placement.funded_until + timedelta(days=rules.EXTENSION_DAYS)
    form = ExtensionForm(
        request.POST or None, initial={"end": usual}, funded_until=placement.funded_until
    )
    if attempt(
        form,
        lambda: services.request_extension(
            placement=placement, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"An extension of placement {placement} is asked for.")
        return redirect(placement)
    end = getattr(form, "cleaned_data", {}).get("end") or usual
    draft = services.draft_extension(placement, max(end, placement.funded_until + DAY))
    return render(
        request,
        "placements/request_extension.html",
        {
            "placement": placement,
            "form": form,
            "draft": draft,
            "quote": draft and services.quote(draft),
            "objections": rules.objections_to_extension(
                state=PlacementState(placement.state),
                has_open_request=placement.requests.open().exists(),
                has_price=draft is not None,
            ),
        },
    )


@requires(Permission.VIEW_FUNDING, methods=READ)
def request_list(request):
    """The queue in the order in which money goes to it."""
    form = ListForm(
        request.GET,
        states=[(state, state.label) for state in (RequestState.SUBMITTED, RequestState.DEFERRED)],
    )
    asked = form.asked()
    rows = FundingRequest.objects.visible_to(request.user).waiting()
    rows = rows.select_related("placement__referral", "placement__lot")
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    return list_page(
        request,
        "placements/request_list.html",
        rows=rows,
        form=form,
        columns={
            "Request": lambda one: one.reference,
            "Placement": lambda one: one.placement.reference,
            "Kind": lambda one: one.get_kind_display(),
            "Lot": lambda one: one.placement.lot.title,
            "From": lambda one: one.start,
            "Until": lambda one: one.end,
            "Urgency": lambda one: one.placement.referral.get_urgency_display(),
            "Asked": lambda one: timezone.localdate(one.requested_at),
            "State": lambda one: one.get_state_display(),
        },
        name="funding-requests",
    )


@requires(Permission.VIEW_FUNDING, methods=READ)
def funding_request(request, reference):
    one = find(request, reference)
    quote = services.quote(one) if one.state in OPEN else None
    acts = next_acts(request.user, one, quote) if quote else []
    return render(
        request,
        "placements/funding_request.html",
        {
            "asked": one,
            "quote": quote,
            "entries": one.entries.select_related("budget_year").order_by("budget_year__year"),
            "acts": acts,
            "may_decide": request.user.may(Permission.APPROVE_FUNDING),
        },
    )


def next_acts(user, one: FundingRequest, quote) -> list:
    """Each decision on its own, since the one may be open where the other is not."""

    def decision(label, to):
        objections = services.objections_to_decision(
            one,
            to,
            reason="to be given",
            cost_pence=quote.total_pence,
            no_money=quote.objections,
            by=user,
        )
        who = (user, Permission.APPROVE_FUNDING, "A manager or commissioner")
        return act_on(one, "decide_funding", label, permitted(*who, objections))

    return [
        decision("Approve", RequestState.APPROVED),
        decision("Decline, or let it wait", RequestState.DECLINED),
    ]


@requires(Permission.APPROVE_FUNDING)
def decide_funding(request, reference):
    one = find(request, reference)
    form = DecisionForm(request.POST or None)
    if attempt(
        form,
        lambda: services.decide_funding(
            request=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"The decision on request {one} is recorded.")
        return redirect(one)
    return render(
        request,
        "placements/decide_funding.html",
        {
            "asked": one,
            "form": form,
            "quote": services.quote(one) if one.state in OPEN else None,
            "is_long": services.is_long_stay(one),
            "longest_months": rules.LONGEST_STAY_MONTHS,
        },
    )


DAY = timedelta(days=1)
OPEN = (RequestState.SUBMITTED, RequestState.DEFERRED)

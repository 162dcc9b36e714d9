"""Asking for funding, the queue, and the decision."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import year_label
from dps_portal.money import pounds
from dps_portal.ui.acts import READ, attempt, attempt_at_once, list_page
from placements import rules, services
from placements.forms import DRAFT_BUTTON, REQUEST_FORMS, ConfirmForm, DecisionForm, ListForm
from placements.models import BudgetYear, FundingRequest, Placement
from placements.states import RequestKind, RequestState, YearState

from .acts import act_on, permitted, sent, slug_of
from .placements import find as find_placement


def find(request, reference) -> FundingRequest:
    at = timezone.now()
    rows = FundingRequest.objects.visible_to(request.user, at).select_related(
        "placement__referral__agreement",
        "placement__referral__person",
        *("placement__lot", "placement__provider", "lot", "requested_by", "decided_by"),
    )
    one = get_object_or_404(rows, reference=reference)
    services.record_sight(person=one.placement.referral.person, by=request.user, at=at)
    return one


KINDS = {slug_of(kind): kind for kind in RequestKind}


@requires(Permission.REQUEST_FUNDING)
def request_funding(request, reference, kind):
    """Every kind of request on its own page, with the figures of what was typed last."""
    if kind not in KINDS:
        raise Http404
    placement, now = find_placement(request, reference), timezone.now()
    return ask(
        request,
        placement,
        KINDS[kind],
        now,
        initial=usual(placement, KINDS[kind], now),
        act=lambda asked: services.request_funding(
            placement=placement, kind=KINDS[kind], **asked, by=request.user, at=now
        ),
        may_draft=True,
    )


@requires(Permission.REQUEST_FUNDING)
def change_request(request, reference):
    """A draft, or a request that was returned or told to wait, filled in as it was."""
    one, now = find(request, reference), timezone.now()
    return ask(
        request,
        one.placement,
        RequestKind(one.kind),
        now,
        initial={name: getattr(one, name) for name in ASKED},
        act=lambda asked: services.change_request(request=one, **asked, by=request.user, at=now),
        may_draft=one.state == RequestState.DRAFT,
        earlier=one,
    )


ASKED = ("lot", "start", "end", "weekly_pence", "one_off_pence", "label", "reason")


def ask(request, placement, kind: RequestKind, now, *, initial, act, may_draft, earlier=None):
    """The form of a request: sent, or with its second button kept as a draft."""
    form = REQUEST_FORMS[kind](
        request.POST or None, placement=placement, may_draft=may_draft, initial=initial
    )

    def keep(asked):
        return services.save_request(
            placement=placement, kind=kind, draft=earlier, **asked, by=request.user, at=now
        )

    drafts = DRAFT_BUTTON in request.POST
    if asked := attempt(form, lambda: (keep if drafts else act)(form.cleaned_data)):
        done = "is saved as a draft" if drafts else "is sent to those who decide"
        messages.success(request, f"Request {asked} {done}.")
        return redirect(asked)
    typed = form.cleaned_data if form.is_bound else initial
    draft = draft_of(placement, kind, form, typed)
    funded = services.funded(placement, apart_from=earlier)
    objections = rules.objections_to_asking(kind, funded)
    if objections:
        form.submit = None
    return render(
        request,
        "placements/request_funding.html",
        {
            "placement": placement,
            "form": form,
            "kind": kind,
            "draft": draft,
            "quote": draft and services.quote(draft),
            "earlier": earlier,
            "objections": objections,
            "is_open": not objections
            or (may_draft and not rules.objections_to_kind(kind, funded.state)),
        },
    )


def usual(placement: Placement, kind: RequestKind, now) -> dict:
    """What the form of a new request starts from."""
    today = timezone.localdate(now)
    if kind == RequestKind.EXTENSION and placement.admission:
        return {"end": services.usual_end_of(placement)}
    if kind == RequestKind.RETROSPECTIVE:
        left = services.last_exit(placement)
        return {"end": left.on if left else today}
    return {}


def draft_of(placement: Placement, kind: RequestKind, form, typed: dict) -> FundingRequest | None:
    """The request as typed, once its dates and its price are there and have a night."""
    facts = {name: typed.get(name) for name in form.fields if name != "reason"}
    if not all(facts.values()):
        return None
    draft = services.draft_request(placement, kind, **facts)
    has_price = draft.weekly_pence or kind in rules.PRICELESS
    return draft if has_price and draft.start and draft.start < draft.end else None


@requires(Permission.VIEW_FUNDING, methods=READ)
def request_list(request):
    """The queue in the order in which money goes to it."""
    form = ListForm(
        request.GET,
        states=[(state, state.label) for state in (RequestState.SUBMITTED, RequestState.DEFERRED)],
    )
    asked = form.asked()
    rows = FundingRequest.objects.visible_to(request.user).waiting()
    rows = rows.select_related("placement__referral__agreement", "lot").with_costs()
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
            "Lot": lambda one: one.lot.title,
            "From": lambda one: one.start,
            "Until": lambda one: one.end,
            "Urgency": lambda one: one.placement.referral.get_urgency_display(),
            "Asked": lambda one: timezone.localdate(one.requested_at),
            "Cost": lambda one: pounds(one.pence),
            "State": lambda one: one.get_state_display(),
        },
        name="funding-requests",
        prepare=cost_each,
    )


def cost_each(requests):
    for one, years in zip(requests, services.costs_of(requests), strict=True):
        one.pence = sum(years.values())


@requires(Permission.VIEW_FUNDING, methods=READ)
def funding_request(request, reference):
    one = find(request, reference)
    quote = services.quote(one) if one.state in OPEN else None
    acts = own_acts(request.user, one) + (next_acts(request.user, one, quote) if quote else [])
    return render(
        request,
        "placements/funding_request.html",
        {
            "asked": one,
            "quote": quote,
            "effects": effects_on_years(request.user, one, quote) if quote else [],
            "entries": one.entries.select_related("budget_year").order_by("budget_year__year"),
            "acts": acts,
            "figures": [(year_label(int(year)), row) for year, row in (one.figures or {}).items()],
            "may_have_letter": request.user.may(Permission.VIEW_LETTERS)
            and one.state in {RequestState.APPROVED, RequestState.DECLINED},
            "may_check_again": request.user.may(Permission.VIEW_AUDIT),
            "may_see_case": request.user.may(Permission.VIEW_CASES),
            "may_read_reason": request.user.may(Permission.APPROVE_FUNDING)
            or request.user.may(Permission.REQUEST_FUNDING),
        },
    )


def effects_on_years(user, one: FundingRequest, quote) -> list:
    """What approving it would do to the forecast of each year that it touches and that is open."""
    years = BudgetYear.objects.visible_to(user).filter(
        agreement=one.placement.referral.agreement,
        year__in=[year.year for year in quote.years],
    )
    years = years.exclude(state=YearState.CLOSED).select_related("agreement").order_by("year")
    return services.effects_of(one, years, timezone.localdate(timezone.now()))


def own_acts(user, one: FundingRequest) -> list:
    """What the person who asked may still do about it."""
    if one.requested_by != user:
        return []
    state, acts = RequestState(one.state), []
    is_draft = state == RequestState.DRAFT
    fixed = rules.objections_to_dropping(is_in_place=services.is_fixed(one.placement, one))
    if not rules.objections_to_move(state, RequestState.SUBMITTED):
        label = "Go on with it" if is_draft else "Change it and send it again"
        acts.append(act_on(one, "change_request", label, fixed))
    if is_draft:
        acts.append(act_on(one, "discard_request", "Discard the draft", [], is_button=True))
    if not rules.objections_to_move(state, RequestState.WITHDRAWN):
        acts.append(act_on(one, "withdraw_request", "Withdraw the request", fixed))
    return acts


@requires(Permission.REQUEST_FUNDING)
def withdraw_request(request, reference):
    one = find(request, reference)
    form = ConfirmForm(sent(request), submit="Withdraw the request")
    if attempt(
        form,
        lambda: services.withdraw_request(request=one, by=request.user, at=timezone.now()),
    ):
        messages.success(request, f"Request {one} is withdrawn.")
        return redirect(one)
    return render(request, "placements/withdraw_request.html", {"asked": one, "form": form})


@requires(Permission.REQUEST_FUNDING, methods=ACT)
def discard_request(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.discard_request(request=one, by=request.user, at=timezone.now()),
    )
    return redirect(one.placement)


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
        decision("Return, decline, or let it wait", RequestState.DECLINED),
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
            "longest_months": one.placement.referral.agreement.longest_stay_months,
        },
    )


OPEN = (RequestState.SUBMITTED, RequestState.DEFERRED)

"""Placements as the council sees them, and as their provider does."""

from datetime import timedelta
from functools import partial

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import ONE_DAY, year_label
from dps_portal.money import pounds
from dps_portal.ui.acts import READ, Columns, list_page
from placements import rules, services
from placements.forms import AdmissionForm, ExitForm, ListForm
from placements.models import COST_ROWS, Placement
from placements.states import FactKind, PlacementState, RequestKind

from .acts import act_on, permitted, placement_act, sent, slug_of
from .stays import facts_of, proposals, records


def find(request, reference) -> Placement:
    at = timezone.now()
    rows = Placement.objects.visible_to(request.user, at).select_related(
        *("referral__agreement", "referral__worker", "referral__person"),
        *("provider", "lot", "transferred_from"),
    )
    one = get_object_or_404(rows, reference=reference)
    services.record_sight(person=one.referral.person, by=request.user, at=at)
    return one


def listed(request):
    """The placements that the filters in the address leave, and the form that read them."""
    today = timezone.localdate(timezone.now())
    rows = Placement.objects.visible_to(request.user).select_related("provider", "lot", "referral")
    form = ListForm(
        request.GET, states=[("ending", "Funding ends within 28 days"), *PlacementState.choices]
    )
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    match asked["state"]:
        case "ending":
            rows = rows.ending_by(today + timedelta(days=rules.ENDING_DAYS))
        case str(state) if state:
            rows = rows.filter(state=state)
    return rows.soonest_end_first(), form


@requires(Permission.VIEW_CASES, methods=READ)
def placement_list(request):
    today = timezone.localdate(timezone.now())
    rows, form = listed(request)

    def prepare(placements):
        for one in placements:
            one.flag = flag(one, today)

    return list_page(
        request,
        "placements/placement_list.html",
        rows=rows,
        form=form,
        columns=partial(file_columns, request.user),
        name="placements",
        prepare=prepare,
        may_take_names=request.user.may(Permission.MANAGE_PRIVACY),
    )


def file_columns(user, placements) -> Columns:
    """What the file says of each: its dates and how it ended, and its money to who may read spend.

    Nights are those charged; the weekly price is that of the last of them, or else the one agreed.
    """
    prefetch_related_objects(placements, *COST_ROWS)
    for one in placements:
        one.stay, one.left = services.stay_of(one), services.last_exit(one)
    columns = {
        "Reference": lambda one: one.reference,
        "Provider": lambda one: one.provider.name,
        "Lot": lambda one: one.lot.title,
        "Planned admission": lambda one: one.planned_admission,
        "Admission": lambda one: one.admission,
        "Funded until": lambda one: one.funded_until,
        "State": lambda one: one.get_state_display(),
        "Exit": lambda one: one.left and one.left.on,
        "Exit status": lambda one: one.left and one.left.get_status_display(),
        "Nights": lambda one: (one.stay.end - one.stay.admission).days if one.stay else 0,
    }
    return columns | (money_columns(placements) if user.may(Permission.VIEW_SPEND) else {})


def money_columns(placements) -> Columns:
    """In pounds: the price, then gross, contribution and net, in all and of each year (R20)."""
    for one in placements:
        one.shares = services.shares_of(one)
    years = sorted({year for one in placements for year in one.shares})
    spans = {"": years} | {f" {year_label(year)}": [year] for year in years}
    return {"Weekly price": lambda one: pounds(weekly_pence(one))} | {
        f"{name}{label}": partial(sum_of, figure, span)
        for label, span in spans.items()
        for name, figure in SHARES.items()
    }


SHARES = {"Gross": "gross_pence", "Contribution": "contribution_pence", "Net": "net_pence"}


def sum_of(figure: str, years, one: Placement) -> str:
    return pounds(sum(getattr(one.shares[year], figure) for year in years if year in one.shares))


def weekly_pence(one: Placement) -> int:
    last = one.stay and rules.price_on(one.stay.prices, one.stay.end - ONE_DAY)
    return last or one.weekly_pence


def flag(one: Placement, today) -> str | None:
    return rules.funding_flag(
        state=PlacementState(one.state), funded_until=one.funded_until, today=today
    )


@requires(Permission.VIEW_CASES, methods=READ)
def placement(request, reference):
    one = find(request, reference)
    prefetch_related_objects([one], *COST_ROWS, "reviews")
    today = timezone.localdate(timezone.now())
    return render(
        request,
        "placements/placement.html",
        {
            "placement": one,
            "flag": flag(one, today),
            "facts": facts_of(one, today)
            | {"may_correct": request.user.may(Permission.CORRECT_STAY)},
            "followed_by": one.transfers.not_called_off().first(),
            "proposals": proposals(request.user, one),
            "records": records(request.user, one),
            "terms": one.terms.select_related("lot").order_by("pk"),
            "options": one.options.select_related("provider").order_by("total_pence", "pk"),
            "one_offs": one.one_offs.order_by("on", "pk"),
            "requests": one.requests.select_related("decided_by", "lot").order_by(
                "requested_at", "pk"
            ),
            "position": [
                (year_label(year), pence) for year, pence in services.position(one).items()
            ],
            "may_see_requests": request.user.may(Permission.VIEW_FUNDING),
            "acts": next_acts(request.user, one),
            "changes": changes(request.user, one),
        },
    )


def next_acts(user, one: Placement) -> list:
    """What comes next, the facts first and then the money; other changes are ``changes``."""
    state = PlacementState(one.state)
    record = (user, Permission.RECORD_STAY, "The assessment team")
    refer = (user, Permission.MAKE_REFERRAL, "The assessment team")
    cancel = act_on(one, "cancel_placement", "Cancel the placement", permitted(*refer, []))
    match state:
        case PlacementState.ADMITTED:
            return [
                asking(user, one, RequestKind.EXTENSION, "Ask for an extension"),
                act_on(one, "record_exit", "Record the exit", permitted(*record, [])),
                act_on(
                    one.referral,
                    "match_referral",
                    "Prepare a transfer",
                    permitted(
                        *refer,
                        rules.objections_to_preparing(is_prepared=one.transfers.live().exists()),
                    ),
                ),
            ]
        case PlacementState.AWAITING_PROVIDER | PlacementState.AWAITING_FUNDING:
            return [asking(user, one, RequestKind.INITIAL, "Ask for funding"), cancel]
        case PlacementState.APPROVED:
            arrival = permitted(*record, [])
            return [act_on(one, "record_admission", "Record the admission", arrival), cancel]
        case PlacementState.DISCHARGED:
            acts = []
            if one.report_received_on is None:
                acts.append(("record_report", "Record the discharge report", []))
            if not one.scores.exists():
                acts.append(("record_outcomes", "Enter the outcome scores", []))
            acts.append(("close_placement", "Close it", services.objections_to_close(one)))
            return [
                act_on(one, name, label, permitted(*record, objections))
                for name, label, objections in acts
            ]
    return []


def asking(user, one: Placement, kind: RequestKind, label: str):
    objections = rules.objections_to_asking(kind, services.funded(one))
    who = (user, Permission.REQUEST_FUNDING, "The assessment team")
    return act_on(one, "request_funding", label, permitted(*who, objections), args=[slug_of(kind)])


OTHER_CHANGES = [
    kind for kind in RequestKind if kind not in {RequestKind.INITIAL, RequestKind.EXTENSION}
]


def changes(user, one: Placement) -> list[tuple[str, str]]:
    """Links to the other requests that this placement allows now."""
    if not user.may(Permission.REQUEST_FUNDING):
        return []
    funded = services.funded(one)
    return [
        (kind.label, reverse("placements:request_funding", args=[one.reference, slug_of(kind)]))
        for kind in OTHER_CHANGES
        if not rules.objections_to_asking(kind, funded)
    ]


@requires(Permission.RECORD_STAY)
def record_admission(request, reference):
    one = find(request, reference)
    said = services.open_proposal(one, FactKind.ARRIVAL)
    return placement_act(
        request,
        one,
        AdmissionForm(sent(request), initial={"admission": said.on} if said else {}),
        service=services.record_admission,
        done=f"The admission to placement {one} is recorded.",
        said=said,
    )


@requires(Permission.RECORD_STAY)
def record_exit(request, reference):
    one = find(request, reference)
    said = services.open_proposal(one, FactKind.EXIT)
    return placement_act(
        request,
        one,
        ExitForm(sent(request), initial={"day": said.on} if said else {}),
        service=services.record_exit,
        done=f"The exit from placement {one} is recorded and unused money is released.",
        said=said,
        prepared=one.transfers.live().first(),
    )

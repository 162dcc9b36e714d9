"""Facts of a stay beside admission and exit, and nights beyond the money."""

from django.utils import timezone

from dps_portal import money
from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import year_label
from dps_portal.ui.acts import READ, list_page
from placements import services
from placements.forms import (
    AbsenceForm,
    CancellationForm,
    ConfirmForm,
    ContributionForm,
    ListForm,
    NonArrivalForm,
    OutcomesForm,
    ReportForm,
    ReviewForm,
)
from placements.models import Placement
from placements.states import FactKind, PlacementState

from .acts import placement_act, sent
from .placements import find


@requires(Permission.RECORD_STAY)
def record_non_arrival(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        NonArrivalForm(sent(request)),
        service=services.record_non_arrival,
        done=f"It is recorded that nobody arrived for placement {one}. Its money is released.",
    )


@requires(Permission.RECORD_STAY)
def cancel_placement(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        CancellationForm(sent(request)),
        service=services.cancel_placement,
        done=f"Placement {one} is cancelled. Its money is released.",
    )


@requires(Permission.RECORD_STAY)
def record_absence(request, reference):
    one = find(request, reference)
    said = services.open_proposal(one, FactKind.ABSENCE)
    return placement_act(
        request,
        one,
        AbsenceForm(
            sent(request),
            initial={"start": said.on, "end": said.until} if said else {},
            agreement=one.referral.agreement,
        ),
        service=services.record_absence,
        done=f"The absence from placement {one} is recorded.",
        said=said,
    )


@requires(Permission.RECORD_STAY)
def record_contribution(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        ContributionForm(sent(request), initial={"start": one.admission}),
        service=services.record_contribution,
        done=f"The contribution to placement {one} is recorded.",
    )


@requires(Permission.RECORD_STAY)
def record_review(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        ReviewForm(sent(request)),
        service=services.record_review,
        done=f"The review of placement {one} is recorded.",
        due=services.review_due(one),
    )


@requires(Permission.RECORD_STAY)
def record_report(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        ReportForm(sent(request)),
        service=services.record_report,
        done=f"The discharge report of placement {one} is recorded.",
    )


@requires(Permission.RECORD_STAY)
def record_outcomes(request, reference):
    one = find(request, reference)
    scores = {
        f"{row.measure}_at_{when}": getattr(row, f"at_{when}")
        for row in one.scores.all()
        for when in ("start", "end")
    }
    return placement_act(
        request,
        one,
        OutcomesForm(sent(request), initial=scores),
        service=services.record_outcomes,
        done=f"The outcome scores of placement {one} are saved.",
    )


@requires(Permission.RECORD_STAY)
def close_placement(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        ConfirmForm(sent(request), submit="Close the placement"),
        service=services.close_placement,
        done=f"Placement {one} is closed.",
    )


@requires(Permission.VIEW_CASES, methods=READ)
def exposure_list(request):
    """Who stays, or stayed, without money: nothing is blocked, everything is shown (R11)."""
    today = timezone.localdate(timezone.now())
    rows = Placement.objects.visible_to(request.user).beyond_funding(today).with_costs()
    rows = rows.select_related("provider", "lot")
    form = ListForm(
        request.GET,
        states=[
            (state, state.label)
            for state in (PlacementState.ADMITTED, PlacementState.DISCHARGED, PlacementState.CLOSED)
        ],
    )
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)

    def prepare(placements):
        for one in placements:
            one.nights, years = services.exposure(one, today=today)
            one.exposure = [(year_label(year), pence) for year, pence in years.items()]
            one.left = services.last_exit(one)

    return list_page(
        request,
        "placements/exposure_list.html",
        rows=rows.order_by("funded_until", "pk"),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Provider": lambda one: one.provider.name,
            "Lot": lambda one: one.lot.title,
            "Funded until": lambda one: one.funded_until,
            "Nights beyond": lambda one: one.nights,
            "Left": lambda one: one.left and one.left.on,
            "Cost by year": lambda one: "; ".join(
                f"{label}: {money.pounds(pence)}" for label, pence in one.exposure
            ),
            "State": lambda one: one.get_state_display(),
        },
        name="exposure",
        prepare=prepare,
    )

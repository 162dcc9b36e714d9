"""Suspension, reinstatement and exclusion: the list, a recommendation, a decision."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from providers import services
from providers.forms import MeasureDecisionForm, MeasureForm, MeasureListForm
from providers.models import Measure, Provider, unassessed_grounds
from providers.states import MeasureKind

STATES = {None: ("Waiting", "blue"), True: ("Approved", "green"), False: ("Turned down", "grey")}


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def measure_list(request):
    form = MeasureListForm(request.GET, label="Reference or provider")
    asked = form.asked()
    rows = Measure.objects.visible_to(request.user).whole().newest_first()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if kind := asked["kind"]:
        rows = rows.filter(kind=kind)
    if state := asked["state"]:
        rows = rows.filter(
            is_approved={"waiting": None, "approved": True, "turned_down": False}[state]
        )
    return list_page(
        request,
        "providers/measure_list.html",
        rows=rows,
        form=form,
        columns={
            "Reference": lambda row: row.reference,
            "Kind": lambda row: row.get_kind_display(),
            "Provider": lambda row: row.provider.name,
            "Provider reference": lambda row: row.provider.reference,
            "Lots": Measure.lots,
            "From": lambda row: row.from_on.isoformat(),
            "Until": lambda row: row.until_on.isoformat() if row.until_on else "",
            "Recommended": lambda row: timezone.localdate(row.recommended_at).isoformat(),
            "State": lambda row: STATES[row.is_approved][0],
        },
        name="measures",
    )


@requires(Permission.SIGNED_IN, methods=READ)
def measure(request, reference):
    """To the council, and to the provider once it is approved, without the recommendation."""
    rows = Measure.objects.visible_to(request.user).whole()
    one = get_object_or_404(rows, reference=reference)
    state, colour = STATES[one.is_approved]
    return render(
        request,
        "providers/measure.html",
        {
            "measure": one,
            "is_own": not request.user.may(Permission.VIEW_APPLICATIONS),
            "state": state,
            "colour": colour,
            "may_decide": one.is_approved is None
            and one.recommended_by_id != request.user.pk
            and request.user.may(Permission.DECIDE_MEASURE),
        },
    )


@requires(Permission.PROPOSE_MEASURE)
def recommend_measure(request, reference, kind):
    one = get_object_or_404(Provider.objects.visible_to(request.user), reference=reference)
    if kind not in MeasureKind.values:
        raise Http404
    kind = MeasureKind(kind)
    now = timezone.now()
    day = timezone.localdate(now)
    held = one.admissions.held(day).in_lot_order()
    fitting = held.with_suspension(day) if kind == MeasureKind.REINSTATEMENT else held
    form = MeasureForm(request.POST or None, kind=kind, admissions=fitting)
    recommended = attempt(
        form,
        lambda: services.recommend_measure(
            provider=one, kind=kind, **form.answers(), by=request.user, at=now
        ),
    )
    if recommended:
        messages.success(request, f"Recommendation {recommended} is recorded.")
        return redirect(recommended)
    objections = []
    if not fitting:
        objections = [f"There is no lot of this provider for this: {kind.label.lower()}."]
    return render(
        request,
        "providers/recommend_measure.html",
        {
            "provider": one,
            "kind": kind,
            "held": held,
            "form": form,
            "objections": objections,
            "unassessed": unassessed_grounds(day, providers=[one])
            if kind == MeasureKind.EXCLUSION
            else [],
        },
    )


@requires(Permission.DECIDE_MEASURE)
def decide_measure(request, reference):
    """What stands against an approval is shown before anybody tries."""
    one = get_object_or_404(Measure.objects.visible_to(request.user).whole(), reference=reference)
    now = timezone.now()
    form = MeasureDecisionForm(request.POST or None)
    decided = attempt(
        form,
        lambda: services.decide_measure(measure=one, **form.cleaned_data, by=request.user, at=now),
    )
    if decided:
        told = " and the provider is told" if decided.is_approved else ""
        messages.success(request, f"The decision on {one} is recorded{told}.")
        return redirect(one)
    facts = {"reason": "given", "by": request.user, "at": now}
    return render(
        request,
        "providers/decide_measure.html",
        {
            "measure": one,
            "form": form,
            "objections": services.objections_to_deciding(one, is_approved=False, **facts),
            "against": services.objections_to_deciding(one, is_approved=True, **facts),
        },
    )

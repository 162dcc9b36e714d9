"""The sections of a draft, one page each."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, attempt_at_once, page_of
from providers import rules, services
from providers.forms import (
    DetailsForm,
    EvidenceForm,
    LocationForm,
    LotForm,
    SearchForm,
)
from providers.models import CqcLocation
from providers.states import OPTIONAL_EVIDENCE, ApplicationState, EvidenceKind

from .acts import find, find_lot


def section(request, application, name, form, **facts):
    """The page of a section. Once the application is handed in, it says so instead of asking."""
    objections = rules.objections_to_edit(ApplicationState(application.state))
    facts |= {"application": application, "form": form, "objections": objections}
    return render(request, f"providers/{name}.html", facts)


@requires(Permission.EDIT_APPLICATION, methods=READ)
def location_list(request, reference):
    """The places given so far, and a search of the directory for more."""
    one = find(request, reference)
    if not one.is_editable:
        return redirect(one)
    form = SearchForm(request.GET, label="Name, place, postcode or CQC location ID")
    wanted = form.asked()["q"]
    found = None
    if wanted:
        held = one.held_locations().values("cqc_location_id")
        rows = CqcLocation.objects.matching_text(wanted).exclude(location_id__in=held)
        found = page_of(request, rows.by_name())
    return render(
        request,
        "providers/location_list.html",
        {
            "application": one,
            "locations": one.held_locations(),
            "form": form,
            "wanted": wanted,
            "page": found,
        },
    )


@requires(Permission.EDIT_APPLICATION)
def save_location(request, reference):
    """By a button beside a search result, or by hand if the directory lacks the place."""
    one = find(request, reference)
    form = LocationForm(request.POST or None)
    listed = request.method == "POST" and CqcLocation.objects.filter(
        location_id=rules.tidy(request.POST.get("cqc_location_id", ""))
    )
    if listed:
        del form.fields["register"]
        form.fields["name"].required = form.fields["postcode"].required = False
    saved = attempt(
        form,
        lambda: services.save_location(
            application=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if saved:
        messages.success(request, f"{saved.name} is added.")
        return redirect("providers:location_list", one.reference)
    return section(request, one, "save_location", form)


@requires(Permission.EDIT_APPLICATION, methods=ACT)
def remove_location(request, reference, cqc_location_id):
    one = find(request, reference)
    location = get_object_or_404(one.held_locations(), cqc_location_id=cqc_location_id)
    attempt_at_once(
        request,
        lambda: services.remove_location(
            application=one, location=location, by=request.user, at=timezone.now()
        ),
    )
    return redirect("providers:location_list", one.reference)


@requires(Permission.EDIT_APPLICATION)
def save_details(request, reference):
    one = find(request, reference)
    minimums = [each.lot.minimum_turnover_pence for each in one.lots_in_order()]
    form = DetailsForm(
        request.POST or None,
        minimum_pence=max(filter(None, minimums), default=None),
        initial={
            "address": one.provider.address,
            "turnover_pence": one.turnover_pence,
            "confirm": one.details_confirmed_at is not None,
        },
    )
    saved = attempt(
        form,
        lambda: services.save_details(
            application=one, **form.answers(), by=request.user, at=timezone.now()
        ),
    )
    if saved:
        return redirect(one)
    return section(request, one, "save_details", form)


@requires(Permission.EDIT_APPLICATION, methods=READ)
def evidence_list(request, reference):
    one = find(request, reference)
    if not one.is_editable:
        return redirect(one)
    held = {each.kind: each for each in one.held_evidence()}
    kinds = [
        {"kind": kind, "held": held.get(kind), "is_optional": kind in OPTIONAL_EVIDENCE}
        for kind in EvidenceKind
    ]
    return render(request, "providers/evidence_list.html", {"application": one, "kinds": kinds})


@requires(Permission.EDIT_APPLICATION)
def save_evidence(request, reference, kind):
    one = find(request, reference)
    if kind not in EvidenceKind.values:
        raise Http404
    kind = EvidenceKind(kind)
    form = EvidenceForm(request.POST or None, request.FILES or None, kind=kind)

    def save():
        file = form.cleaned_data["file"]
        return services.save_evidence(
            application=one,
            kind=kind,
            name=file.name,
            content=file.read(),
            expires_on=form.cleaned_data["expires_on"],
            by=request.user,
            at=timezone.now(),
        )

    if attempt(form, save):
        messages.success(request, f"{kind.label}: uploaded.")
        return redirect("providers:evidence_list", one.reference)
    held = one.held_evidence().filter(kind=kind).first()
    return section(request, one, "save_evidence", form, kind=kind, held=held)


@requires(Permission.EDIT_APPLICATION)
def save_lot(request, reference, number):
    one = find(request, reference)
    lot_application = find_lot(one, number)
    form = LotForm(
        request.POST or None,
        lot=lot_application.lot,
        locations=one.held_locations().exclude(has_activity=False),
        initial={
            "locations": lot_application.locations.all(),
            "service_description": lot_application.service_description,
            "weekly_pence": lot_application.weekly_pence,
        },
    )
    saved = attempt(
        form,
        lambda: services.save_lot(
            lot_application=lot_application,
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
    )
    if saved:
        return redirect(one)
    unfit = one.held_locations().filter(has_activity=False)
    return section(
        request, one, "save_lot", form, lot=lot_application.lot, one=lot_application, unfit=unfit
    )

"""The sections of a draft, one page each."""

from contextlib import suppress

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.roles import Permission
from dps_portal.refusals import Refused
from providers import rules, services
from providers.forms import DeclarationForm, EvidenceForm, LocationForm, LotForm, SearchForm
from providers.models import CqcLocation
from providers.states import EXPIRING_EVIDENCE, OPTIONAL_EVIDENCE, EvidenceKind

from .acts import READ, attempt, find, find_lot, page_of


def find_draft(request, reference):
    """Once it is handed in, there is nothing to edit and no such page."""
    one = find(request, reference)
    if not one.is_draft:
        raise Http404
    return one


@requires(Permission.EDIT_APPLICATION, methods=READ)
def location_list(request, reference):
    """The places given so far, and a search of the directory for more."""
    one = find_draft(request, reference)
    form = SearchForm(request.GET, label="Name, place, postcode or CQC location ID")
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
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
    one = find_draft(request, reference)
    form = LocationForm(request.POST or None)
    listed = request.method == "POST" and CqcLocation.objects.filter(
        location_id=rules.tidy(request.POST.get("cqc_location_id", ""))
    )
    if listed:
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
    return render(request, "providers/save_location.html", {"application": one, "form": form})


@requires(Permission.EDIT_APPLICATION, methods=ACT)
def remove_location(request, reference, cqc_location_id):
    one = find_draft(request, reference)
    location = get_object_or_404(one.held_locations(), cqc_location_id=cqc_location_id)
    with suppress(Refused):  # handed in meanwhile: the page it leads to no longer exists
        services.remove_location(
            application=one, location=location, by=request.user, at=timezone.now()
        )
    return redirect("providers:location_list", one.reference)


@requires(Permission.EDIT_APPLICATION)
def save_declaration(request, reference):
    one = find_draft(request, reference)
    form = DeclarationForm(
        request.POST or None,
        initial={
            "has_exclusion_ground": {True: "yes", False: "no"}.get(one.has_exclusion_ground),
            "self_cleaning": one.self_cleaning,
            "declared_by_name": one.declared_by_name,
        },
    )
    saved = attempt(
        form,
        lambda: services.save_declaration(
            application=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if saved:
        return redirect(one)
    return render(request, "providers/save_declaration.html", {"application": one, "form": form})


@requires(Permission.EDIT_APPLICATION, methods=READ)
def evidence_list(request, reference):
    one = find_draft(request, reference)
    held = {each.kind: each for each in one.held_evidence()}
    kinds = [
        {"kind": kind, "held": held.get(kind), "is_optional": kind in OPTIONAL_EVIDENCE}
        for kind in EvidenceKind
    ]
    return render(request, "providers/evidence_list.html", {"application": one, "kinds": kinds})


@requires(Permission.EDIT_APPLICATION)
def save_evidence(request, reference, kind):
    one = find_draft(request, reference)
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
    return render(
        request,
        "providers/save_evidence.html",
        {
            "application": one,
            "kind": kind,
            "held": one.held_evidence().filter(kind=kind).first(),
            "expires": kind in EXPIRING_EVIDENCE,
            "form": form,
        },
    )


@requires(Permission.EDIT_APPLICATION)
def save_lot(request, reference, number):
    one = find_draft(request, reference)
    lot_application = find_lot(one, number)
    form = LotForm(
        request.POST or None,
        lot=lot_application.lot,
        initial={
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
    return render(
        request,
        "providers/save_lot.html",
        {"application": one, "lot": lot_application.lot, "form": form},
    )

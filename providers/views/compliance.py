"""How those admitted stand: the council's overview, and ratings to look at."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import in_words
from dps_portal.ui.acts import READ, attempt, list_page
from providers import services
from providers.forms import ComplianceListForm, RatingReviewForm
from providers.models import (
    Admission,
    Provider,
    RatingChange,
    problems,
    standing_of,
    unassessed_grounds,
    with_standing,
)
from providers.states import DeclarationState, Rating

from .admissions import Mapped
from .evidence import COLOURS

DECLARATION_COLOURS = {
    DeclarationState.FRESH: "green",
    DeclarationState.REQUESTED: "blue",
    DeclarationState.OVERDUE: "red",
}


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def compliance_list(request):
    day = timezone.localdate()
    form = ComplianceListForm(request.GET, label="Name or reference")
    asked = form.asked()
    rows = with_standing(Provider.objects.visible_to(request.user).by_name(), day)
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if show := asked["show"]:
        rows = rows.filter(problems(day)[show])

    def cell(words):
        return lambda row: words(row["standing"])

    return list_page(
        request,
        "providers/compliance_list.html",
        rows=Mapped(rows, lambda row: compliance_row(standing_of(row, day))),
        form=form,
        columns={
            "Provider": cell(lambda one: one.provider.name),
            "Reference": cell(lambda one: one.provider.reference),
            "Lots": cell(lots_of),
            "Documents": cell(lambda one: one.worst_evidence.label),
            "Documents to look at": cell(
                lambda one: "; ".join(
                    f"{kind.label}: {state.label.lower()}" for kind, state in one.lacking
                )
            ),
            "Declaration": cell(lambda one: one.declaration.label),
            "Declaration due": cell(
                lambda one: one.asked[0].due_on.isoformat() if one.asked else ""
            ),
            "Worst rating": cell(lambda one: one.worst_rating.label if one.worst_rating else ""),
            "Ratings to review": cell(lambda one: len(one.changes)),
            "Suspended": cell(lambda one: ", ".join(str(each.lot) for each in one.suspended)),
        },
        name="compliance",
        grounds=unassessed_grounds(day, providers=Admission.objects.held(day).values("provider")),
        may_check=request.user.may(Permission.CHECK_COMPLIANCE),
    )


def lots_of(standing) -> str:
    return ", ".join(str(each.lot) for each in standing.admissions)


def compliance_row(one) -> dict:
    """How a provider stands, and its cells in the overview."""
    provider = one.provider
    evidence = one.worst_evidence
    declared = [{"text": one.declaration.label, "tag": DECLARATION_COLOURS[one.declaration]}]
    if one.asked:
        declared.append(f"Due {in_words(one.asked[0].due_on)}")
    elif one.declared_at:
        declared.append(in_words(timezone.localdate(one.declared_at)))
    suspended = {each.pk for each in one.suspended}
    cells = [
        {"lines": [{"text": provider.name, "url": provider.get_absolute_url()}, str(provider)]},
        {
            "lines": [
                line
                for each in one.admissions
                for line in (
                    [str(each.lot), {"text": "Suspended", "tag": "red"}]
                    if each.pk in suspended
                    else [str(each.lot)]
                )
            ]
        },
        {
            "lines": [
                {"text": evidence.label, "tag": COLOURS[evidence]},
                *(f"{kind.label}: {state.label.lower()}" for kind, state in one.lacking),
            ]
        },
        {"lines": declared},
        {
            "lines": [
                rating_cell(one.worst_rating),
                *(
                    {
                        "text": "Review the change",
                        "url": reverse("providers:review_rating", args=[each.pk]),
                        "hidden": f"of {provider.name}",
                    }
                    for each in one.changes
                ),
            ]
        },
    ]
    return {"standing": one, "cells": cells}


def rating_cell(rating):
    if rating == Rating.INADEQUATE:
        return {"text": rating.label, "tag": "red"}
    return rating.label if rating else "Not rated"


@requires(Permission.CHECK_COMPLIANCE)
def review_rating(request, pk):
    rows = RatingChange.objects.filter(
        location__provider__in=Provider.objects.visible_to(request.user)
    )
    change = get_object_or_404(rows.select_related("location__provider", "reviewed_by"), pk=pk)
    form = RatingReviewForm(request.POST or None)
    if attempt(
        form,
        lambda: services.review_rating(
            change=change, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The review of the rating is recorded.")
        return redirect("providers:compliance_list")
    objections = ["This change of rating is already reviewed."] if change.reviewed_at else []
    facts = {"change": change, "form": form, "objections": objections}
    return render(request, "providers/review_rating.html", facts)

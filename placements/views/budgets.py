"""The ceiling of each year, what is committed against it, and who set it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import pounds
from dps_portal.ui.acts import attempt, list_page, page_of
from placements import rules, services
from placements.forms import CeilingForm, ConfirmForm, YearListForm
from placements.models import BudgetRevision, BudgetYear

from .placements import READ


@requires(Permission.VIEW_BUDGET, methods=READ)
def budget_list(request):
    years = BudgetYear.objects.visible_to(request.user).select_related("agreement").in_order()
    there = BudgetYear.objects.visible_to(request.user).values_list("year", flat=True)
    form = YearListForm(request.GET, years=sorted(set(there)))
    asked = form.asked()
    if wanted := asked["q"]:
        years = years.matching_text(wanted)
    if year := asked["year"]:
        years = years.filter(year=year)
    proposals = BudgetRevision.objects.visible_to(request.user).select_related("agreement")
    return list_page(
        request,
        "placements/budget_list.html",
        rows=years,
        form=form,
        columns={
            "Year": lambda one: one.label,
            "Ceiling": lambda one: pounds(one.ceiling_pence),
            "Committed": lambda one: pounds(one.committed_pence),
            "Headroom": lambda one: pounds(one.headroom_pence),
            "Agreement": lambda one: one.agreement.title,
        },
        name="budget",
        proposals=proposals.filter(confirmed_at=None).in_order(),
        may_propose=request.user.may(Permission.PROPOSE_CEILING),
        may_confirm=request.user.may(Permission.CONFIRM_CEILING),
    )


@requires(Permission.VIEW_BUDGET, methods=READ)
def budget_year(request, agreement, year):
    one = get_object_or_404(
        BudgetYear.objects.visible_to(request.user).select_related("agreement"),
        agreement__reference=agreement,
        year=year,
    )
    revisions = (
        BudgetRevision.objects.visible_to(request.user)
        .filter(agreement=one.agreement, year=year)
        .select_related("proposed_by", "confirmed_by")
        .order_by("proposed_at", "pk")
    )
    entries = one.entries.select_related("placement").order_by("-at", "-pk")
    return render(
        request,
        "placements/budget_year.html",
        {
            "year": one,
            "revisions": revisions,
            "page": page_of(request, entries),
            "alerts": one.alerts.order_by("at", "pk"),
        },
    )


@requires(Permission.PROPOSE_CEILING)
def propose_ceiling(request):
    now = timezone.now()
    form = CeilingForm(request.POST or None, day=timezone.localdate(now))
    revision = attempt(
        form, lambda: services.propose_ceiling(**form.cleaned_data, by=request.user, at=now)
    )
    if revision:
        messages.success(request, f"The ceiling for {revision.label} is proposed.")
        return redirect("placements:budget_list")
    return render(request, "placements/propose_ceiling.html", {"form": form})


@requires(Permission.CONFIRM_CEILING)
def confirm_ceiling(request, agreement, year, pk):
    revision = get_object_or_404(
        BudgetRevision.objects.visible_to(request.user).select_related("agreement", "proposed_by"),
        agreement__reference=agreement,
        year=year,
        pk=pk,
    )
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    confirmed = attempt(
        form,
        lambda: services.confirm_ceiling(revision=revision, by=request.user, at=timezone.now()),
    )
    if confirmed:
        messages.success(request, f"The ceiling for {revision.label} is in force.")
        return redirect(confirmed)
    return render(
        request,
        "placements/confirm_ceiling.html",
        {
            "revision": revision,
            "form": form,
            "now": BudgetYear.objects.visible_to(request.user)
            .filter(agreement=revision.agreement, year=year)
            .first(),
            "objections": rules.objections_to_confirmation(
                is_proposer=revision.proposed_by == request.user,
                is_confirmed=revision.confirmed_at is not None,
            ),
        },
    )

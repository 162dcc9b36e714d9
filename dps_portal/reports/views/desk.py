"""The auditor's desk: verification, duties, accesses, and scores and costs worked out again."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.reports import accesses, duties, reperformance
from dps_portal.reports.forms import (
    AccessForm,
    CheckListForm,
    DutyForm,
    VerificationListForm,
)
from dps_portal.reports.models import Verification
from dps_portal.ui.acts import READ, list_page
from placements.models import BreakGlass, PersonAccess
from tenders.models import Tender


@requires(Permission.VIEW_AUDIT, methods=READ)
def auditor_desk(request):
    findings = duties.examine(duties.duties())
    return render(
        request,
        "reports/auditor_desk.html",
        {
            "last": Verification.objects.visible_to(request.user).newest_first().first(),
            "exceptions": sum(finding.exceptions for finding in findings),
            "rules": len(findings),
            "waiting": BreakGlass.objects.visible_to(request.user).filter(reviewed_at=None).count(),
        },
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def verification_list(request):
    rows = Verification.objects.visible_to(request.user).select_related("by")
    form = VerificationListForm(request.GET)
    asked = form.asked()
    if result := asked["result"]:
        rows = rows.whole() if result == "whole" else rows.broken()
    if wanted := asked["by"]:
        rows = rows.filter(by__ref__startswith=wanted.upper())
    return list_page(
        request,
        "reports/verification_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "At": lambda row: row.at,
            "By": lambda row: row.by.ref,
            "Events": lambda row: row.events,
            "Head": lambda row: row.head,
            "Broken at event": lambda row: row.broken_at,
            "Ledger entries": lambda row: row.entries,
            "Years": lambda row: row.years,
            "Placements": lambda row: row.placements,
            "Differences of the ledger": lambda row: " ".join(row.differences),
        },
        name="verifications",
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def duty_list(request):
    form = DutyForm(request.GET)
    found = duties.examine(duties.duties())
    wanted = form.asked()["q"].casefold()
    rows = [finding for finding in found if wanted in finding.duty.says.casefold()]
    return list_page(
        request,
        "reports/duty_list.html",
        rows=rows,
        form=form,
        columns={
            "Rule": lambda row: row.duty.says,
            "Examined": lambda row: row.examined,
            "Exceptions": lambda row: row.exceptions,
        },
        name="separation-of-duties",
        findings=rows,
        exceptions=sum(finding.exceptions for finding in found),
        rules=len(found),
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def duty(request, name):
    """What was examined for one rule; ``show=exceptions`` leaves what breaks it."""
    rule = next((rule for rule in duties.duties() if rule.name == name), None)
    if rule is None:
        raise Http404
    form = CheckListForm(request.GET)
    asked = form.asked()
    rows = rule.told(rule.rows) if asked["show"] != "exceptions" else rule.exceptions()
    if wanted := asked["q"]:
        rows = rows.filter(row_subject__icontains=wanted)
    return list_page(
        request,
        "reports/duty.html",
        rows=rows,
        form=form,
        columns={
            "Subject": lambda row: row["row_subject"],
            "Person": lambda row: row["row_first"],
            "Other person": lambda row: row.get("row_second"),
            "When": lambda row: row["row_when"],
        },
        name=f"duty-{rule.name}",
        duty=rule,
    )


@dataclass(frozen=True)
class Summed:
    """A group of looks with the address of the list that holds exactly them."""

    group: accesses.Looks
    url: str


@requires(Permission.VIEW_ACCESSES, methods=READ)
def access_summary(request):
    form = AccessForm(request.GET)
    asked = form.asked()
    first, last = asked["first_day"] or None, asked["last_day"] or None
    days = {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("first_day", first), ("last_day", last))
        if day
        for part in ("day", "month", "year")
    }
    every = accesses.within(PersonAccess.objects.visible_to(request.user), first, last)
    groups = accesses.looks(every)
    if wanted := asked["user"].upper():
        groups = [group for group in groups if group.who.startswith(wanted)]
    opened = accesses.within(BreakGlass.objects.visible_to(request.user), first, last)
    listed = reverse("placements:access_list")

    def summed(group):
        query = {"user": group.who, "kind": group.kind, "purpose": group.purpose or "none"} | days
        return Summed(group, f"{listed}?{urlencode(query)}")

    return list_page(
        request,
        "reports/access_summary.html",
        rows=[summed(group) for group in groups],
        form=form,
        columns={
            "Who looked": lambda row: row.group.who,
            "Roles": lambda row: row.group.roles,
            "What": lambda row: row.group.kind.label,
            "Why": lambda row: row.group.purpose_label,
            "Times": lambda row: row.group.count,
            "People": lambda row: row.group.people,
            "Last": lambda row: row.group.last,
        },
        name="access-summary",
        total=sum(group.count for group in groups),
        breaks=[one for one in accesses.breaks(opened) if one.who.startswith(wanted)],
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def score_check_list(request):
    """Those whose prices the auditor may see: awarded, and with no interest declared."""
    rows = Tender.objects.prices_shown_to(request.user).select_related("lot")
    form = CheckListForm(request.GET, shows=())
    if wanted := form.asked()["q"]:
        rows = rows.matching_text(wanted)
    return list_page(
        request,
        "reports/score_check_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda row: row.reference,
            "Title": lambda row: row.title,
            "Lot": lambda row: row.lot,
            "Quality locked": lambda row: row.quality_locked_at,
        },
        name="scores-to-check",
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def score_check(request, reference):
    shown = Tender.objects.prices_shown_to(request.user).select_related("lot", "award")
    tender = get_object_or_404(shown, reference=reference)
    if request.GET.get("download") == "json":
        return _json(reperformance.score_input(tender), f"score-{tender.reference}.json")
    return render(
        request,
        "reports/score_check.html",
        {"tender": tender, "check": reperformance.check_tender(tender)},
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def cost_check_list(request):
    rows = reperformance.costed()
    form = CheckListForm(request.GET, shows=())
    if wanted := form.asked()["q"]:
        rows = rows.filter(Q(reference__icontains=wanted) | Q(provider__name__icontains=wanted))
    return list_page(
        request,
        "reports/cost_check_list.html",
        rows=rows,
        form=form,
        columns={
            "Reference": lambda row: row.reference,
            "Provider": lambda row: row.provider.name,
            "Lot": lambda row: row.lot,
            "State": lambda row: row.get_state_display(),
        },
        name="costs-to-check",
    )


@requires(Permission.VIEW_AUDIT, methods=READ)
def cost_check(request, reference):
    """By reference: who the person is stands on no page of this desk."""
    placement = get_object_or_404(reperformance.costed().with_costs(), reference=reference)
    if request.GET.get("download") == "json":
        return _json(reperformance.cost_input(placement), f"cost-{placement.reference}.json")
    check = reperformance.check_placement(placement)
    return render(
        request,
        "reports/cost_check.html",
        {
            "placement": placement,
            "check": check,
            "steps": [(one.year, reperformance.in_words(one)) for one in check.stretches],
        },
    )


def _json(value, name):
    return JsonResponse(
        value,
        json_dumps_params={"indent": 1, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

"""Who may approve funding, and up to what cost."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.money import pounds
from dps_portal.ui.acts import READ, attempt, list_page, page_of
from placements import services
from placements.forms import ApprovalLimitForm, CaseloadListForm

APPROVERS = User.objects.with_permission(Permission.APPROVE_FUNDING)


@requires(Permission.VIEW_BUDGET, methods=READ)
def approval_limit_list(request):
    """Everyone whose role approves; without a limit they cannot (R24)."""
    form = CaseloadListForm(request.GET)
    rows = APPROVERS.order_by("name", "pk")
    if wanted := form.asked()["q"]:
        rows = rows.filter(name__icontains=wanted)
    return list_page(
        request,
        "placements/approval_limit_list.html",
        rows=rows,
        form=form,
        columns={
            "Name": lambda one: one.name,
            "Limit": lambda one: one.approval_limit_pence and pounds(one.approval_limit_pence),
        },
        name="approval-limits",
        may_set=request.user.may(Permission.SET_APPROVAL_LIMIT),
    )


@requires(Permission.SET_APPROVAL_LIMIT)
def set_approval_limit(request, reference):
    person = get_object_or_404(APPROVERS, ref=reference)
    form = ApprovalLimitForm(
        request.POST or None, initial={"limit_pence": person.approval_limit_pence}
    )
    if attempt(
        form,
        lambda: services.set_approval_limit(
            person=person, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"The limit of {person.name} is set.")
        return redirect("placements:approval_limit_list")
    limits = person.approval_limits.select_related("set_by").order_by("-set_at", "-pk")
    context = {"person": person, "form": form, "page": page_of(request, limits)}
    return render(request, "placements/set_approval_limit.html", context)

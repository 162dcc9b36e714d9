"""The first page after signing in: what needs me, then the figures of my role."""

from django.shortcuts import render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.clock import financial_year
from dps_portal.reports.worklist import tasks_for
from placements.models import BudgetYear


@requires(Permission.SIGNED_IN, methods=("GET", "HEAD"))
def home(request):
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    budget = None
    if user.may(Permission.VIEW_BUDGET):
        budget = (
            BudgetYear.objects.filter(year=financial_year(today))
            .select_related("agreement")
            .order_by("pk")
            .first()
        )
    agreement = Agreement.objects.public().order_by("pk").first()
    return render(
        request,
        "reports/home.html",
        {
            "tasks": tasks_for(user, now),
            "today": today,
            "has_roles": bool(user.roles),
            "budget": budget,
            "agreement": agreement,
            "days_left": max((agreement.end - today).days, 0) if agreement else None,
        },
    )

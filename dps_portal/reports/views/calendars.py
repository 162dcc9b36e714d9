"""What falls due: by day, by month, and as a feed behind a secret link."""

from calendar import day_name
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import ONE_DAY, add_months
from dps_portal.reports import calendar as due
from dps_portal.reports import services
from dps_portal.reports.models import CalendarLink
from dps_portal.ui.acts import ACT, READ

YEARS = range(2000, 2100)


@requires(Permission.SIGNED_IN, methods=READ)
def calendar(request):
    now = timezone.now()
    today = timezone.localdate(now)
    days = due.by_day(
        due.falls_due(request.user, today - due.LOOK_BACK, today + due.LIST_DAYS, at=now)
    )
    return render(
        request,
        "reports/calendar.html",
        {
            "today": today,
            "until": today + due.LIST_DAYS - ONE_DAY,
            "overdue": [day for day in days if day.on < today],
            "days": [day for day in days if day.on >= today],
        },
    )


@requires(Permission.SIGNED_IN, methods=READ)
def calendar_month(request, year, month):
    if year not in YEARS or not 1 <= month <= 12:  # noqa: PLR2004
        raise Http404
    now, first = timezone.now(), date(year, month, 1)
    return render(
        request,
        "reports/calendar_month.html",
        {
            "first": first,
            "today": timezone.localdate(now),
            "weeks": due.month_of(request.user, first, at=now),
            "weekdays": list(day_name),
            "before": first - ONE_DAY,
            "after": add_months(first, 1),
        },
    )


@requires(Permission.SIGNED_IN, methods=READ)
def calendar_link(request):
    live = CalendarLink.objects.live().filter(user=request.user).first()
    return render(request, "reports/calendar_link.html", {"live": live})


@requires(Permission.SIGNED_IN, methods=ACT)
def make_link(request):
    """The answer itself shows the link: it is kept nowhere, so no later page could."""
    live, secret = services.make_link(by=request.user, at=timezone.now())
    link = f"{settings.PORTAL_ORIGIN}{reverse('reports:feed')}?key={secret}"
    return render(request, "reports/calendar_link.html", {"live": live, "link": link})


@requires(Permission.SIGNED_IN, methods=ACT)
def revoke_link(request):
    services.revoke_link(by=request.user, at=timezone.now())
    messages.success(request, "The link has ended. Calendars that use it get nothing more.")
    return redirect("reports:calendar_link")


@requires(Permission.PUBLIC, methods=READ)
def feed(request):
    """For calendar programs, which cannot sign in. The key is no part of the path, which is
    logged.
    """
    links = CalendarLink.objects.live().of_secret(request.GET.get("key", ""))
    found = get_object_or_404(links.select_related("user"))
    return HttpResponse(
        due.feed_of(found.user, at=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"X-Robots-Tag": "noindex", "Content-Disposition": 'inline; filename="due.ics"'},
    )

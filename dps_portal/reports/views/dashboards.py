"""The figures of one's role, each with a link to the rows that it counts."""

from datetime import date

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY, add_months, financial_year, year_label, year_start
from dps_portal.money import gbp
from dps_portal.reports import dashboard as figures
from dps_portal.reports import measures
from dps_portal.reports.forms import DashboardForm
from dps_portal.ui.acts import READ
from placements.models import BudgetYear, FundingRequest, Placement, Referral
from placements.states import ReferralState, RequestState
from providers.models import Provider

NUMERIC = {"numeric": True}
REFERRALS_WAITING = (
    *(ReferralState.SUBMITTED, ReferralState.ASSESSING, ReferralState.ELIGIBLE),
    *(ReferralState.MATCHING, ReferralState.PLACEMENT_PROPOSED, ReferralState.ON_HOLD),
)
REQUESTS_WAITING = {
    RequestState.SUBMITTED: "Funding, to be decided",
    RequestState.DEFERRED: "Funding, waits for money",
}


class Asked:
    """The form of a request, and the scope that it asks for; the year so far without an answer."""

    def __init__(self, request):
        self.today = timezone.localdate(timezone.now())
        self.agreement = Agreement.objects.public().order_by("pk").first()
        self.user = request.user
        self.is_provider = not self.user.may(Permission.VIEW_OUTCOMES)
        providers = None if self.is_provider else Provider.objects.by_name()
        lots = Lot.objects.filter(agreement=self.agreement).order_by("number")
        self.form = DashboardForm(request.GET, lots=lots, providers=providers)
        asked = self.form.asked() if self.form.is_valid() else {}
        self.first = asked.get("first_day") or year_start(financial_year(self.today))
        self.last = asked.get("last_day") or min(
            max(self.today, self.first), add_months(self.first, 12) - ONE_DAY
        )
        self.lot, self.provider = asked.get("lot"), asked.get("provider")

    @property
    def scope(self) -> measures.Scope:
        rows = self.placements()
        if self.lot:
            rows = rows.filter(lot=self.lot)
        if self.provider:
            rows = rows.filter(provider=self.provider)
        is_unplanned = self.agreement is None or self.agreement.withdrawal_is_unplanned
        return measures.Scope(rows, self.first, self.last + ONE_DAY, is_unplanned)

    def placements(self):
        """All by reference to those who see spending; to others those within their reach."""
        rows = (
            Placement.objects
            if self.user.may(Permission.VIEW_SPEND)
            else Placement.objects.visible_to(self.user)
        )
        return rows.filter(lot__agreement=self.agreement)

    def rows_url(self, name: str, *, first: date | None = None, last: date | None = None, **facts):
        """The rows behind a figure: with the same filters, but for those named."""
        days = {"first_day": first or self.first, "last_day": last or self.last}
        query = {
            f"{name}_{part}": getattr(day, part)
            for name, day in days.items()
            for part in ("day", "month", "year")
        }
        lot = facts.pop("lot", self.lot)
        provider = facts.pop("provider", self.provider)
        if lot:
            query["lot"] = lot.pk
        if provider:
            query["provider"] = provider.reference
        return f"{reverse('reports:figure_rows', args=[name])}?{urlencode(query)}"


@requires(Permission.VIEW_DASHBOARD, methods=READ)
def dashboard(request):
    asked = Asked(request)
    scope = asked.scope
    context = {
        "form": asked.form,
        "first": asked.first,
        "last": asked.last,
        "lot": asked.lot,
        "provider": asked.provider,
        "agreement": asked.agreement,
    }
    if asked.is_provider:
        context |= {"own": figures.own(scope, asked.today)}
        return render(request, "reports/provider_dashboard.html", context)
    ended = measures.departures(scope)
    context |= {
        "money": _money(request, asked),
        "arrivals": _arrivals(asked, scope),
        "outcomes": _outcomes(asked, scope, ended),
        "funnel": figures.funnel(ended, scope),
        "timeliness": _timeliness(asked, scope),
        "queue": _queue(request.user),
        "may_compare": request.user.may(Permission.VIEW_SPEND),
    }
    return render(request, "reports/dashboard.html", context)


def _money(request, asked):
    """Of the financial year of the period's last day, over all lots."""
    if not request.user.may(Permission.VIEW_BUDGET):
        return None
    year = financial_year(asked.last)
    budget = (
        BudgetYear.objects.visible_to(request.user)
        .filter(agreement=asked.agreement, year=year)
        .select_related("agreement")
        .first()
    )
    if budget is None:
        return {"label": year_label(year)}
    money = figures.money(budget, asked.today)
    spend = f"{reverse('reports:spend')}?year={year}"
    forecast = reverse("placements:forecast", args=[budget.agreement.reference, year])
    return {
        "label": budget.label,
        "budget": budget,
        "money": money,
        "ceiling": [("Ceiling", money.ceiling)],
        "tiles": [
            {"label": "Ceiling", "figure": gbp(money.ceiling), "url": budget.get_absolute_url()},
            {"label": "Committed", "figure": gbp(money.committed), "url": spend},
            {"label": "Of it, nights so far", "figure": gbp(money.accrued), "url": spend},
            {"label": "Headroom", "figure": gbp(money.headroom), "url": budget.get_absolute_url()},
            {"label": "Likely by the year’s end", "figure": gbp(money.likely), "url": forecast},
        ],
    }


def _arrivals(asked, scope):
    """By month, beside the same months of earlier years; each cell leads to its rows."""
    found = measures.arrivals(scope, measures.YEARS_COMPARED)
    windows = [scope.earlier(number) for number in range(measures.YEARS_COMPARED)]
    names = [figures.window_name(*window) for window in windows]
    months = scope.months()
    rows, series = [], [(name, []) for name in names]
    for month in months:
        cells = [{"text": f"{month:%B}"}]
        for years, arrived in enumerate(found):
            start, end = figures.month_within(month, windows[years], years)
            count = sum(start <= one.on < end for one in arrived)
            series[years][1].append(count)
            cells.append(
                {
                    "text": str(count),
                    "url": asked.rows_url("admissions", first=start, last=end - ONE_DAY),
                    "hidden": f"admissions in {start:%B %Y}",
                }
                if count
                else {"text": "0"}
            )
        rows.append(cells)
    foot = ["Total"]
    for (start, end), arrived in zip(windows, found, strict=True):
        url = asked.rows_url("admissions", first=start, last=end - ONE_DAY)
        foot.append({"text": str(len(arrived)), "url": url, "hidden": "admissions in all"})
    return {
        "labels": [f"{month:%b}" for month in months],
        "series": series,
        "head": ["Month", *({"text": name} | NUMERIC for name in names)],
        "rows": rows,
        "foot": foot,
    }


def _outcomes(asked, scope, ended):
    """In all, by lot and by provider."""
    whole = measures.outcome(ended, scope)
    lots = {str(lot): lot for lot in Lot.objects.filter(agreement=asked.agreement)}
    providers = {
        one.reference: one for one in Provider.objects.filter(placements__in=scope.placements)
    }
    return {
        "whole": whole,
        "url": asked.rows_url("exits"),
        "head": [
            "",
            *(
                {"text": text} | NUMERIC
                for text in (
                    *("Planned", "Unplanned", "Not counted", "Planned exits", "95% interval"),
                    *("Cost of these stays", "For each planned exit"),
                )
            ),
        ],
        "by_lot": _parts(asked, scope, ended, "lot", lots),
        "by_provider": _parts(asked, scope, ended, "provider_ref", providers),
        "foot": _part_row(asked, "In all", whole, {}),
    }


def _parts(asked, scope, ended, field, subjects):
    """A row for each subject that a stay ended on or with, by name."""
    keys = {getattr(one, field) for one in ended}
    return [
        _part_row(
            asked,
            str(subject) if field == "lot" else subject.name,
            measures.outcome([one for one in ended if getattr(one, field) == key], scope),
            {field.removesuffix("_ref"): subject},
        )
        for key, subject in sorted(
            ((key, subjects[key]) for key in keys),
            key=lambda pair: getattr(pair[1], "name", pair[0]),
        )
    ]


def _part_row(asked, name, outcome, narrowed):
    def linked(figure, count):
        if not count:
            return {"text": "0"}
        url = asked.rows_url(figure, **narrowed)
        return {"text": str(count), "url": url, "hidden": f"{figure.replace('_', ' ')}: {name}"}

    interval = outcome.interval
    return [
        name,
        linked("planned_exits", outcome.planned),
        linked("unplanned_exits", outcome.unplanned),
        linked("excluded_exits", outcome.excluded),
        "–" if outcome.rate is None else f"{outcome.rate}%",
        "–" if interval is None else f"{interval[0]}% to {interval[1]}%",
        gbp(outcome.pence),
        "–" if outcome.pence_per_planned is None else gbp(outcome.pence_per_planned),
    ]


def _timeliness(asked, scope):
    found = figures.timed(scope, asked.today)
    rows = []
    for one in found:
        cells = [one.label]
        for count, suffix in ((one.count, ""), (one.late, "_late")):
            url = asked.rows_url(f"{one.name}{suffix}")
            hidden = f"{one.label}{', late' if suffix else ''}"
            cells.append(
                {"text": str(count), "url": url, "hidden": hidden} if count else {"text": "0"}
            )
        mean = "–" if one.mean_days is None else f"{float(one.mean_days):.1f}"
        rows.append([*cells, "–" if one.percent is None else f"{one.percent}%", mean])
    texts = ("Due", "Late", "On time", "Days late, mean of the late")
    return {"head": ["", *({"text": text} | NUMERIC for text in texts)], "rows": rows}


def _queue(user):
    """As it stands now; each line leads to the list that holds the same rows."""
    today = timezone.localdate(timezone.now())
    found = []
    if user.may(Permission.VIEW_CASES):
        rows, url = Referral.objects.visible_to(user), reverse("placements:referral_list")
        for state in REFERRALS_WAITING:
            waits = figures.waits(rows.filter(state=state), "created_at", today)
            found.append(_queue_row(state.label, waits, f"{url}?state={state}"))
    if user.may(Permission.VIEW_FUNDING):
        rows, url = FundingRequest.objects.visible_to(user), reverse("placements:request_list")
        for state, label in REQUESTS_WAITING.items():
            waits = figures.waits(rows.filter(state=state), "requested_at", today)
            found.append(_queue_row(label, waits, f"{url}?state={state}"))
    texts = ("Waiting", "Days, median", "Days, longest")
    return {"head": ["", *({"text": text} | NUMERIC for text in texts)], "rows": found}


def _queue_row(label, waits, url):
    days = ("–" if days is None else str(days) for days in (waits.median, waits.longest))
    return [label, {"text": str(waits.count), "url": url, "hidden": label}, *days]

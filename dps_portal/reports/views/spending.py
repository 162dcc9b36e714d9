"""The spend report, the statement and the finance pack, each as page, CSV, XLSX and PDF."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.clock import add_months, financial_year
from dps_portal.refusals import Refused
from dps_portal.reports import packs, services, statements
from dps_portal.reports import spend as spending
from dps_portal.reports.forms import MonthForm, SpendForm, StatementForm, asked_again
from dps_portal.reports.kinds import Report
from dps_portal.reports.models import ReportKind
from dps_portal.reports.scopes import Scope
from dps_portal.ui.acts import ACT, READ
from placements.models import FundingRequest
from providers.models import Provider

from .asked import placed_under
from .files import csv_of, draw, hand_over, make, the_agreement, xlsx_of

MONTHS_BACK = 24


def years_of(agreement) -> list[int]:
    this_year = financial_year(timezone.localdate())
    return sorted({*agreement.budget_years.values_list("year", flat=True), this_year})


def usual(**filters) -> Scope:
    """This year, as of today, until something else is asked for."""
    today = timezone.localdate()
    return Scope.of_year(financial_year(today), today, **filters)


def asked_for(form, scope: Scope) -> Scope:
    return form.scope() if form.is_bound and form.is_valid() else scope


# ── The spend report ─────────────────────────────────────────────────────────────────────────
def spend_form(agreement, data=None) -> SpendForm:
    return SpendForm(
        data,
        years=years_of(agreement),
        lots=agreement.lots.order_by("number"),
        providers=placed_under(agreement),
        initial={"year": usual().year, "as_of": usual().as_of},
    )


def spend_of(request) -> tuple[SpendForm, Report]:
    agreement = the_agreement()
    form = spend_form(agreement, request.GET if "year" in request.GET else None)
    value = spending.report(agreement, asked_for(form, usual()))
    return form, Report(ReportKind.SPEND, value)


@requires(Permission.VIEW_SPEND, methods=READ)
def spend(request):
    form, report = spend_of(request)
    asked = asked_again(report.value.scope)
    return draw(
        request,
        "reports/spend.html",
        report,
        csv_url=reverse("reports:spend_csv"),
        xlsx_url=f"{reverse('reports:spend_xlsx')}?{urlencode(asked)}",
        query=asked,
        form=form,
        asked=asked,
        may_state=request.user.may(Permission.VIEW_STATEMENTS),
    )


@requires(Permission.VIEW_SPEND, methods=READ)
def spend_csv(request):
    form, report = spend_of(request)
    return back_to_form("reports:spend", request) if form.errors else csv_of(request, report)


@requires(Permission.VIEW_SPEND, methods=READ)
def spend_xlsx(request):
    form, report = spend_of(request)
    return back_to_form("reports:spend", request) if form.errors else xlsx_of(report)


def back_to_form(page: str, request):
    """What was asked for cannot be: the page says what is wrong with it."""
    return redirect(f"{reverse(page)}?{request.GET.urlencode()}")


@requires(Permission.VIEW_SPEND, methods=ACT)
def request_spend_pdf(request):
    agreement = the_agreement()
    form = spend_form(agreement, request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a year and a day, then ask for the PDF again.")
        return redirect("reports:spend")
    return make(
        request,
        lambda: services.request_spend_pdf(
            agreement=agreement, scope=form.scope(), by=request.user, at=timezone.now()
        ),
        otherwise="reports:spend",
    )


# ── The provider's statement ─────────────────────────────────────────────────────────────────
def statement_form(user, agreement, data=None) -> tuple[StatementForm, list[Provider]]:
    """Of whose statements the person may read: a provider's people their own only."""
    if user.may(Permission.ANSWER_OFFER):
        providers = list(Provider.objects.of(user))
    else:
        providers = list(placed_under(agreement))
    if not providers:
        raise Http404
    first = {"year": usual().year, "as_of": usual().as_of, "provider": providers[0].reference}
    form = StatementForm(data, years=years_of(agreement), providers=providers, initial=first)
    return form, providers


@requires(Permission.VIEW_STATEMENTS, methods=READ)
def statement(request):
    agreement = the_agreement()
    data = request.GET if "year" in request.GET else None
    form, providers = statement_form(request.user, agreement, data)
    scope = asked_for(form, usual(provider=providers[0].reference))
    provider = next(one for one in providers if one.reference == scope.provider)
    report = Report(ReportKind.STATEMENT, statements.statement(agreement, provider, scope))
    if not form.errors and (wanted := as_file(request, report)):
        return wanted
    asked = asked_again(scope)
    return draw(
        request,
        "reports/statement.html",
        report,
        csv_url=request.path,
        xlsx_url=f"{request.path}?{urlencode(asked | {'download': 'xlsx'})}",
        query=asked | {"download": "csv"},
        form=form,
        asked=asked,
    )


def as_file(request, report: Report):
    """The file that ``?download=`` asks for, if it does."""
    match request.GET.get("download"):
        case "csv":
            return csv_of(request, report)
        case "xlsx":
            return xlsx_of(report)
    return None


@requires(Permission.VIEW_STATEMENTS, methods=ACT)
def request_statement(request):
    agreement = the_agreement()
    form, providers = statement_form(request.user, agreement, request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a year or two days, then ask for the PDF again.")
        return redirect("reports:statement")
    scope = form.scope()
    provider = next(one for one in providers if one.reference == scope.provider)
    return make(
        request,
        lambda: services.request_statement(
            agreement=agreement,
            provider=provider,
            scope=scope,
            by=request.user,
            at=timezone.now(),
        ),
        otherwise="reports:statement",
    )


# ── The monthly finance pack ─────────────────────────────────────────────────────────────────
def pack_form(data=None) -> MonthForm:
    """The months that have begun, the newest first."""
    this = timezone.localdate().replace(day=1)
    months = [add_months(this, -number) for number in range(MONTHS_BACK)]
    return MonthForm(data, months=months, initial={"month": this.isoformat()})


@requires(Permission.VIEW_SPEND, methods=READ)
def pack(request):
    agreement, today = the_agreement(), timezone.localdate()
    form = pack_form(request.GET if "month" in request.GET else None)
    is_asked = form.is_bound and form.is_valid()
    month = form.cleaned_data["month"] if is_asked else today.replace(day=1)
    value = packs.pack(agreement, packs.month_of(month, today))
    report, asked = Report(ReportKind.PACK, value), {"month": month.isoformat()}
    if not form.errors and (wanted := as_file(request, report)):
        return wanted
    return draw(
        request,
        "reports/pack.html",
        report,
        csv_url=request.path,
        xlsx_url=f"{request.path}?{urlencode(asked | {'download': 'xlsx'})}",
        query=asked | {"download": "csv"},
        form=form,
        asked=asked,
    )


@requires(Permission.VIEW_SPEND, methods=ACT)
def request_pack(request):
    agreement, form = the_agreement(), pack_form(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a month, then ask for the PDF again.")
        return redirect("reports:pack")
    return make(
        request,
        lambda: services.request_pack(
            agreement=agreement,
            month=form.cleaned_data["month"],
            by=request.user,
            at=timezone.now(),
        ),
        otherwise="reports:pack",
    )


# ── The letter on a decision ─────────────────────────────────────────────────────────────────
@requires(Permission.VIEW_LETTERS, methods=ACT)
def request_letter(request, reference):
    """To the team whose case it is and to the provider; others do not find the request."""
    user, now = request.user, timezone.now()
    if user.may(Permission.ANSWER_OFFER):
        rows = FundingRequest.objects.filter(placement__provider__in=Provider.objects.of(user))
    else:
        rows = FundingRequest.objects.visible_to(user, now)
    rows = rows.select_related("placement__provider", "lot")
    rows = rows.select_related("placement__referral__agreement", "placement__referral__person")
    asked = get_object_or_404(rows, reference=reference)
    try:
        run = services.request_letter(request=asked, by=user, at=now)
    except Refused as refusal:
        return render(request, "reports/no_letter.html", {"asked": asked, "refusal": refusal})
    return hand_over(request, run)

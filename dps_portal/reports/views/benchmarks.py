"""Prices compared, and the rates of other authorities that they are compared with."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.clock import in_words
from dps_portal.money import gbp, pounds
from dps_portal.refusals import Refused
from dps_portal.reports import benchmark as comparing
from dps_portal.reports import services
from dps_portal.reports.forms import (
    BenchmarkForm,
    CheckedRatesForm,
    RateFileForm,
    RateListForm,
    WithdrawForm,
)
from dps_portal.reports.models import OutsideRate, RateImport
from dps_portal.ui import csv_files
from dps_portal.ui.acts import ACT, READ, attempt, list_page

NUMERIC = {"numeric": True}
OURS = [
    *("Provider", {"text": "Price a week"} | NUMERIC, "Since", "Source"),
    *({"text": text} | NUMERIC for text in ("Stays counted", "Planned exits", "Interval")),
]
CSV_HEAD = ("Lot", "Who", "Name", "Price a week", "Since", "Source", "Stays counted", "Planned %")


def public_agreement():
    agreement = Agreement.objects.public().order_by("pk").first()
    if agreement is None:
        raise Http404
    return agreement


@requires(Permission.VIEW_SPEND, methods=READ)
def benchmark(request):
    form = BenchmarkForm(request.GET)
    day = form.asked()["on"] or timezone.localdate(timezone.now())
    lots = comparing.benchmark(public_agreement(), day)
    if request.GET.get("download") == "csv":
        rows = [row for one in lots for row in _csv_rows(one)]
        return csv_files.download(f"benchmark-{day}.csv", CSV_HEAD, rows)
    return render(
        request,
        "reports/benchmark.html",
        {
            "form": form,
            "day": day,
            "lots": [(one, _table(one), _others(one)) for one in lots],
            "head": OURS,
            "others_head": ["Authority", {"text": "Price a week"} | NUMERIC, "Since", "Source"],
            "may_import": request.user.may(Permission.IMPORT_RATES),
        },
    )


def _table(one):
    return [
        [
            row.provider,
            gbp(row.weekly_pence),
            in_words(row.since),
            row.source,
            str(row.outcome.counted),
            "–" if row.outcome.rate is None else f"{row.outcome.rate}%",
            "–" if row.outcome.interval is None else "{}% to {}%".format(*row.outcome.interval),
        ]
        for row in one.prices
    ]


def _others(one):
    return [
        [
            row.authority,
            gbp(row.weekly_pence),
            in_words(row.since),
            f"{row.source}, {in_words(row.obtained_on)}",
        ]
        for row in one.outside
    ]


def _csv_rows(one):
    for row in one.prices:
        yield (
            *(one.lot, "Provider", row.provider, pounds(row.weekly_pence), row.since, row.source),
            *(row.outcome.counted, row.outcome.rate),
        )
    for row in one.outside:
        source = f"{row.source}, {row.obtained_on}"
        price = pounds(row.weekly_pence)
        yield (one.lot, "Authority", row.authority, price, row.since, source, None, None)


@requires(Permission.VIEW_SPEND, methods=READ)
def rate_list(request):
    imports = RateImport.objects.visible_to(request.user)
    rows = OutsideRate.objects.filter(of__in=imports).select_related("lot", "of__by")
    form = RateListForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.filter(Q(authority__icontains=wanted) | Q(of__source__icontains=wanted))
    if state := asked["state"]:
        rows = rows.filter(of__withdrawn_at__isnull=state == "standing")
    return list_page(
        request,
        "reports/rate_list.html",
        rows=rows.by_lot(),
        form=form,
        columns={
            "Lot": lambda row: row.lot,
            "Authority": lambda row: row.authority,
            "Price a week": lambda row: pounds(row.weekly_pence),
            "From": lambda row: row.start,
            "Source": lambda row: row.of.source,
            "Day of the source": lambda row: row.of.obtained_on,
            "Imported": lambda row: row.of.at,
            "By": lambda row: row.of.by.ref,
            "Withdrawn": lambda row: row.of.withdrawn_at,
            "Why": lambda row: row.of.withdrawn_for,
        },
        name="outside-rates",
        may_import=request.user.may(Permission.IMPORT_RATES),
    )


@requires(Permission.IMPORT_RATES)
def import_rates(request):
    """The file is checked and shown row by row; nothing is kept before it is confirmed."""
    agreement = public_agreement()
    form = RateFileForm(request.POST or None, request.FILES or None)
    rows = attempt(form, lambda: services.read_rates_of(agreement, form.cleaned_data["file"]))
    if rows is None:
        return render(request, "reports/import_rates.html", {"form": form})
    asked = form.cleaned_data
    checked = CheckedRatesForm(
        initial={
            "text": asked["file"],
            "source": asked["source"],
            "obtained_on": asked["obtained_on"].isoformat(),
        }
    )
    good = sum(row.is_good for row in rows)
    context = {"checked": checked, "rows": rows, "good": good, "bad": len(rows) - good}
    return render(request, "reports/check_rates.html", context | {"source": asked["source"]})


@requires(Permission.IMPORT_RATES, methods=ACT)
def confirm_rates(request):
    form = CheckedRatesForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose the file again.")
        return redirect("reports:import_rates")
    try:
        made = services.import_rates(
            agreement=public_agreement(),
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:import_rates")
    messages.success(request, f"Rates imported: {made.rates.count()}.")
    return redirect("reports:rate_list")


@requires(Permission.IMPORT_RATES)
def withdraw_rates(request, pk):
    made = get_object_or_404(RateImport.objects.visible_to(request.user), pk=pk)
    form = WithdrawForm(request.POST or None)
    if attempt(
        form,
        lambda: services.withdraw_rates(
            made=made, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The rates are withdrawn.")
        return redirect("reports:rate_list")
    return render(request, "reports/withdraw_rates.html", {"made": made, "form": form})

"""Scorecards of providers by quarter."""

from datetime import date

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.rules import Quarter
from dps_portal.money import gbp
from dps_portal.reports import kpis, scorecards
from dps_portal.reports.forms import QuarterForm
from dps_portal.reports.models import QuarterlyReturn
from dps_portal.ui.acts import READ, list_page
from providers.models import Provider

from .asked import rows_url
from .benchmarks import public_agreement

NUMERIC = {"numeric": True}
HEAD = [
    "Provider",
    *({"text": text} | NUMERIC for text in ("Admissions", "Planned", "Unplanned")),
    "Planned exits",
    *({"text": text} | NUMERIC for text in ("Answers late", "Reports late")),
    *("Price a week", "Return"),
]
QUARTERS = 5  # of a provider's page: so the same quarter of the year before stands beside


def _today():
    return timezone.localdate(timezone.now())


@requires(Permission.VIEW_SPEND, methods=READ)
def scorecard_list(request):
    """Every provider that was admitted, or had somebody, in the quarter; the last one first."""
    agreement, today = public_agreement(), _today()
    quarters = scorecards.quarters(agreement, today)
    form = QuarterForm(request.GET, quarters=quarters)
    asked = form.asked()
    quarter = Quarter(date.fromisoformat(asked["quarter"])) if asked["quarter"] else quarters[0]
    providers = scorecards.present(agreement, quarter).by_name()
    if wanted := asked["q"]:
        providers = providers.matching_text(wanted)
    table = []

    def prepare(shown):
        """Each a card of its own; a row of the page's table for each."""
        cards = scorecards.cards(agreement, shown, [quarter], today)
        for provider, card in zip(shown, cards, strict=True):
            provider.card = card
            url = reverse("reports:scorecard", args=[provider.reference])
            table.append([{"text": provider.name, "url": url}, *_cells(card)])

    return list_page(
        request,
        "reports/scorecard_list.html",
        rows=providers,
        form=form,
        columns={"Provider": lambda provider: provider.name}
        | {name: lambda provider, of=of: of(provider.card) for name, of in kpis.COLUMNS.items()},
        name=f"scorecards-{quarter.start}",
        prepare=prepare,
        quarter=quarter,
        head=HEAD,
        table=table,
        thresholds=kpis.THRESHOLDS,
    )


def _cells(card):
    """The few figures of the list; each count leads to its rows."""

    def linked(figure, text, count, words):
        return _linked(card, figure, text, f"{words}, {card.provider.name}") if count else text

    outcome = card.outcome
    replies, reports = card.replies_in_time, card.reports_in_time
    rate = [f"{outcome.rate}%", f"({kpis.interval(card)}%)", *kpis.tag(card)]
    prices = [f"Lot {lot.number} {gbp(pence)}" for lot, pence in card.prices.items()]
    return [
        linked("admissions", str(len(card.arrived)), card.arrived, "admissions"),
        linked("planned_exits", str(outcome.planned), outcome.planned, "planned exits"),
        linked("unplanned_exits", str(outcome.unplanned), outcome.unplanned, "unplanned exits"),
        "–" if outcome.rate is None else {"lines": rate},
        linked("replies_late", f"{replies.late} of {replies.count}", replies.late, "late answers"),
        linked(
            "discharge_reports_late",
            f"{reports.late} of {reports.count}",
            reports.late,
            "late reports",
        ),
        {"lines": prices or ["–"]},
        card.return_state,
    ]


def _linked(card, figure, text, words):
    """The rows behind a count, with the same quarter and provider."""
    quarter = card.quarter
    url = rows_url(figure, quarter.start, quarter.last_day, provider=card.provider.reference)
    return {"text": text, "url": url, "hidden": words}


@requires(Permission.VIEW_SPEND, methods=READ)
def scorecard(request, reference):
    """Every measure of the last quarters; the file has the earlier ones too."""
    agreement, today = public_agreement(), _today()
    rated = Provider.objects.filter(rates__lot__agreement=agreement).distinct()
    provider = get_object_or_404(rated, reference=reference)
    quarters = scorecards.quarters(agreement, today)
    cards = scorecards.cards(agreement, [provider], quarters, today)
    shown = cards[:QUARTERS]
    returns = QuarterlyReturn.objects.visible_to(request.user).filter(provider=provider)
    return list_page(
        request,
        "reports/scorecard.html",
        rows=cards,
        form=None,
        columns={"Quarter": lambda card: str(card.quarter)} | kpis.COLUMNS,
        name=f"scorecard-{provider.reference}",
        provider=provider,
        cards=shown,
        groups=[
            (title, [(measure, [_lines(card, measure) for card in shown]) for measure in measures])
            for title, measures in kpis.GROUPS.items()
        ],
        thresholds=kpis.THRESHOLDS,
        not_recorded=kpis.NOT_RECORDED,
        returns=returns.select_related("by").newest_first(),
    )


def _lines(card, measure):
    return {
        "lines": [
            _linked(card, line.figure, line.text, f"{measure.name}, {card.quarter}")
            if isinstance(line, kpis.Rows)
            else line
            for line in measure.lines(card)
        ]
    }

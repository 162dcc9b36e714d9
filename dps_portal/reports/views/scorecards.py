"""Scorecards of providers by quarter, and the returns that providers send."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.rules import Quarter
from dps_portal.money import gbp, pounds
from dps_portal.reports import rules, scorecards, services
from dps_portal.reports.forms import QuarterForm, ReturnForm
from dps_portal.reports.models import QuarterlyReturn, ReturnKind
from dps_portal.ui.acts import READ, attempt, list_page
from providers.models import Provider

from .benchmarks import public_agreement

NUMERIC = {"numeric": True}


def _interval(card):
    interval = card.outcome.interval
    return "" if interval is None else "{} to {}".format(*interval)


def _prices(card):
    return "; ".join(f"{lot} {pounds(pence)}" for lot, pence in card.prices.items())


COLUMNS = {
    "Admissions": lambda card: card.admissions,
    "Planned": lambda card: card.outcome.planned,
    "Unplanned": lambda card: card.outcome.unplanned,
    "Planned exits, %": lambda card: card.outcome.rate,
    "Interval, %": _interval,
    "Answers due": lambda card: card.replies_in_time.count,
    "Answers late": lambda card: card.replies_in_time.late,
    "Reports due": lambda card: card.reports_in_time.count,
    "Reports late": lambda card: card.reports_in_time.late,
    "Price a week": _prices,
    "Return": lambda card: card.return_state,
}
HEAD = [
    *({"text": text} | NUMERIC for text in ("Admissions", "Planned", "Unplanned")),
    *({"text": text} | NUMERIC for text in ("Planned exits", "Answers late", "Reports late")),
    *("Price a week", "Return"),
]


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
        | {name: lambda provider, of=of: of(provider.card) for name, of in COLUMNS.items()},
        name=f"scorecards-{quarter.start}",
        prepare=prepare,
        quarter=quarter,
        head=["Provider", *HEAD],
        table=table,
    )


def _cells(card):
    """Each count leads to its rows, with the same quarter and provider."""
    query = {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("first_day", card.quarter.start), ("last_day", card.quarter.last_day))
        for part in ("day", "month", "year")
    } | {"provider": card.provider.reference}

    def linked(name, count, words):
        if not count:
            return "0"
        url = f"{reverse('reports:figure_rows', args=[name])}?{urlencode(query)}"
        return {"text": str(count), "url": url, "hidden": f"{words}, {card.provider.name}"}

    outcome, interval = card.outcome, _interval(card)
    replies, reports = card.replies_in_time, card.reports_in_time
    return [
        linked("admissions", card.admissions, "admissions"),
        linked("planned_exits", outcome.planned, "planned exits"),
        linked("unplanned_exits", outcome.unplanned, "unplanned exits"),
        "–" if outcome.rate is None else {"lines": [f"{outcome.rate}%", f"({interval}%)"]},
        _of(linked("replies_late", replies.late, "late answers"), replies.count),
        _of(linked("discharge_reports_late", reports.late, "late reports"), reports.count),
        {"lines": [f"{_short(lot)} {gbp(pence)}" for lot, pence in card.prices.items()] or ["–"]},
        card.return_state,
    ]


def _short(lot):
    """``Lot 1`` of ``Lot 1: Standard``."""
    return lot.partition(":")[0]


def _of(cell, count):
    """``1 of 3``, of which the first leads to its rows."""
    if isinstance(cell, dict):
        return cell | {"text": f"{cell['text']} of {count}"}
    return f"{cell} of {count}"


@requires(Permission.VIEW_SPEND, methods=READ)
def scorecard(request, reference):
    agreement, today = public_agreement(), _today()
    rated = Provider.objects.filter(rates__lot__agreement=agreement).distinct()
    provider = get_object_or_404(rated, reference=reference)
    quarters = scorecards.quarters(agreement, today)
    cards = scorecards.cards(agreement, [provider], quarters, today)
    returns = QuarterlyReturn.objects.visible_to(request.user).filter(provider=provider)
    return list_page(
        request,
        "reports/scorecard.html",
        rows=cards,
        form=None,
        columns={"Quarter": lambda card: str(card.quarter)} | COLUMNS,
        name=f"scorecard-{provider.reference}",
        provider=provider,
        head=["Quarter", *HEAD],
        table=[[str(card.quarter), *_cells(card)] for card in cards],
        returns=returns.select_related("by").newest_first(),
    )


# ── Returns ──────────────────────────────────────────────────────────────────────────────────────


def own_provider_of(request):
    return get_object_or_404(Provider.objects.of(request.user).order_by("pk")[:1])


@requires(Permission.SUBMIT_RETURN, methods=READ)
def return_list(request):
    """The quarters that are over and in which the organisation was admitted."""
    agreement, provider, today = public_agreement(), own_provider_of(request), _today()
    rows = services.expected_returns(agreement, [provider], today)
    return render(request, "reports/return_list.html", {"rows": rows, "provider": provider})


@requires(Permission.SUBMIT_RETURN)
def submit_return(request, year, month):
    agreement, provider, today = public_agreement(), own_provider_of(request), _today()
    quarter = next(
        (
            one
            for one in scorecards.quarters(agreement, today)
            if (one.start.year, one.start.month) == (year, month)
        ),
        None,
    )
    if quarter is None:
        raise Http404
    held = services.standing_return(provider, agreement, quarter)
    due_on = rules.return_due(quarter.last_day)
    corrects = held is not None and today > due_on
    initial = held and {
        **held.figures,
        "nothing_to_report": "yes" if held.nothing_to_report else "no",
        "comment": held.comment,
    }
    form = ReturnForm(request.POST or None, initial=initial, corrects=corrects)
    made = attempt(
        form,
        lambda: services.submit_return(
            provider=provider,
            agreement=agreement,
            quarter=quarter,
            **form.facts(),
            by=request.user,
            at=timezone.now(),
        ),
    )
    if made:
        messages.success(request, _thanks(made, quarter))
        return redirect("reports:return_list")
    return render(
        request,
        "reports/submit_return.html",
        {
            "form": form,
            "quarter": quarter,
            "due": due_on,
            "held": held,
            "corrects": corrects,
            "is_late": today > due_on,
        },
    )


def _thanks(made, quarter):
    done = {ReturnKind.CORRECTION: "corrected", ReturnKind.REPLACEMENT: "replaced"}
    return f"The return for {quarter} is {done.get(made.kind, 'sent')}."

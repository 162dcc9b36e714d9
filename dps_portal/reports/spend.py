"""The spend report: one frozen value from which page, PDF and CSV are all made (design §4)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Q, Sum
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import add_months, financial_year, year_label, year_start
from placements import rules
from placements.models import BudgetRevision, BudgetYear, Exit, LedgerEntry, Placement, Term

MONTHS = 12


@dataclass(frozen=True)
class Revision:
    ceiling_pence: int
    decision: str
    confirmed_on: date


@dataclass(frozen=True)
class Line:
    """One placement in the year, by reference only."""

    reference: str
    provider: str
    lot: str
    start: date
    end: date  # half-open: the first night not charged
    committed_pence: int
    accrued_pence: int

    @property
    def remaining_pence(self) -> int:
        return self.committed_pence - self.accrued_pence


@dataclass(frozen=True)
class Share:
    """A part of the year's commitments: of a lot, a provider or a month."""

    name: str
    committed_pence: int
    accrued_pence: int


@dataclass(frozen=True)
class SpendReport:
    """``committed_pence`` is the sum of the ledger; the other two totals must equal it."""

    title: str
    authority: str
    year: int
    as_of: date
    ceiling_pence: int
    revisions: tuple[Revision, ...]
    committed_pence: int
    budget_pence: int
    lines: tuple[Line, ...]
    by_lot: tuple[Share, ...]
    by_provider: tuple[Share, ...]
    by_month: tuple[Share, ...]

    @property
    def label(self) -> str:
        return year_label(self.year)

    @property
    def placements_pence(self) -> int:
        """The year's cost of every placement, computed afresh from its nights."""
        return sum(line.committed_pence for line in self.lines)

    @property
    def accrued_pence(self) -> int:
        return sum(line.accrued_pence for line in self.lines)

    @property
    def remaining_pence(self) -> int:
        return self.committed_pence - self.accrued_pence

    @property
    def headroom_pence(self) -> int:
        return self.ceiling_pence - self.committed_pence

    @property
    def ties_out(self) -> bool:
        return self.placements_pence == self.committed_pence == self.budget_pence

    @property
    def month_chart(self) -> dict:
        """What the chart of months takes: short names, and two series in pence."""
        return {
            "labels": [month.name[:3] for month in self.by_month],
            "series": [
                ("Accrued", [month.accrued_pence for month in self.by_month]),
                ("Committed", [month.committed_pence for month in self.by_month]),
            ],
        }

    def figures(self) -> dict:
        """The report as JSON values; ``from_figures`` makes it again."""
        return json.loads(json.dumps(asdict(self), default=str))

    def digest(self) -> str:
        text = json.dumps(self.figures(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def from_figures(figures: dict) -> SpendReport:
    """The frozen report of a run, just as it was asked for."""

    def day(text: str) -> date:
        return date.fromisoformat(text)

    shares = ("by_lot", "by_provider", "by_month")
    return SpendReport(
        **{
            **figures,
            "as_of": day(figures["as_of"]),
            "revisions": tuple(
                Revision(**{**one, "confirmed_on": day(one["confirmed_on"])})
                for one in figures["revisions"]
            ),
            "lines": tuple(
                Line(**{**one, "start": day(one["start"]), "end": day(one["end"])})
                for one in figures["lines"]
            ),
            **{name: tuple(Share(**one) for one in figures[name]) for name in shares},
        }
    )


def report(agreement: Agreement, year: int, as_of: date) -> SpendReport:
    """What the year holds now, with what has accrued by ``as_of`` (nights before that day)."""
    budget = BudgetYear.objects.filter(agreement=agreement, year=year).first()
    entries = LedgerEntry.objects.filter(budget_year__agreement=agreement, budget_year__year=year)
    placements = list(
        Placement.objects.filter(lot__agreement=agreement)
        .filter(
            Q(entries__in=entries)
            | Q(terms__start__lt=year_start(year + 1), terms__end__gt=year_start(year))
        )
        .distinct()
        .select_related("provider", "lot")
        .order_by("admission", "planned_admission", "reference")
    )
    nights = _nights(placements)
    months = {add_months(year_start(year), number): [0, 0] for number in range(MONTHS)}
    lines = []
    for placement in placements:
        committed = rules.split(nights[placement.pk], _month)
        accrued = rules.split(rules.before(nights[placement.pk], as_of), _month)
        for month, sums in months.items():
            sums[0] += committed.get(month, 0)
            sums[1] += accrued.get(month, 0)
        charged = [day for day, _ in nights[placement.pk] if financial_year(day) == year]
        if charged:
            lines.append(
                Line(
                    reference=placement.reference,
                    provider=placement.provider.name,
                    lot=str(placement.lot),
                    start=charged[0],
                    end=date.fromordinal(charged[-1].toordinal() + 1),
                    committed_pence=_in_year(committed, year),
                    accrued_pence=_in_year(accrued, year),
                )
            )
    return SpendReport(
        title=agreement.title,
        authority=agreement.authority,
        year=year,
        as_of=as_of,
        ceiling_pence=budget.ceiling_pence if budget else 0,
        revisions=tuple(
            Revision(
                row.ceiling_pence, row.decision_reference, timezone.localdate(row.confirmed_at)
            )
            for row in BudgetRevision.objects.filter(agreement=agreement, year=year)
            .exclude(confirmed_at=None)
            .order_by("confirmed_at")
        ),
        committed_pence=entries.aggregate(pence=Sum("pence"))["pence"] or 0,
        budget_pence=budget.committed_pence if budget else 0,
        lines=tuple(lines),
        by_lot=_shares((line.lot, line) for line in lines),
        by_provider=_shares((line.provider, line) for line in lines),
        by_month=tuple(Share(f"{month:%B %Y}", *sums) for month, sums in months.items()),
    )


def _nights(placements: list[Placement]) -> dict[int, list[rules.Night]]:
    """Each placement's charged nights with their cost, from terms and exits in two queries."""
    keys = [placement.pk for placement in placements]
    exits = {
        left.placement_id: left
        for left in Exit.objects.filter(placement__in=keys).order_by("revision")
    }
    terms: dict[int, list[rules.Term]] = {key: [] for key in keys}
    for term in Term.objects.filter(placement__in=keys).order_by("start"):
        terms[term.placement_id].append(rules.Term(term.start, term.end, term.weekly_pence))
    return {
        key: list(
            rules.term_nights(
                rules.charged_terms(
                    held, exit_on=exits[key].on, notice_nights=exits[key].notice_nights
                )
                if key in exits
                else held
            )
        )
        for key, held in terms.items()
    }


def _month(day: date) -> date:
    return day.replace(day=1)


def _in_year(months: dict[date, int], year: int) -> int:
    return sum(pence for month, pence in months.items() if financial_year(month) == year)


def _shares(lines: Iterable[tuple[str, Line]]) -> tuple[Share, ...]:
    sums: dict[str, list[int]] = {}
    for name, line in lines:
        pair = sums.setdefault(name, [0, 0])
        pair[0] += line.committed_pence
        pair[1] += line.accrued_pence
    return tuple(Share(name, *pair) for name, pair in sorted(sums.items()))

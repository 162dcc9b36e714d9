"""The spend report: one frozen value from which page, PDF and CSV are all made (design §4)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months, financial_year, year_label, year_start
from placements import rules, services
from placements.models import BudgetRevision, BudgetYear, LedgerEntry, Placement

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
    start: date | None  # None for a placement with single charges alone
    end: date | None  # half-open: the first night not charged
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
    prior_year_pence: int = 0  # entries of this year about nights of closed ones (money.md R23)
    posted_later_pence: int = 0  # entries of later years about nights of this closed one

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
        """Nights, ledger and year agree, with what closed years have passed on (R8, R23)."""
        posted = self.placements_pence + self.prior_year_pence - self.posted_later_pence
        return posted == self.committed_pence == self.budget_pence

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

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

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
    ledger = LedgerEntry.objects.filter(budget_year__agreement=agreement)
    entries = ledger.filter(budget_year__year=year)
    placements = list(
        Placement.objects.filter(lot__agreement=agreement)
        .with_costs()
        .filter(
            Q(entries__in=entries)
            | Q(terms__start__lt=year_start(year + 1), terms__end__gt=year_start(year))
        )
        .distinct()
        .select_related("provider", "lot")
        .order_by("admission", "planned_admission", "reference")
    )
    months = {add_months(year_start(year), number): [0, 0] for number in range(MONTHS)}
    lines = []
    for placement in placements:
        nights = _nights(placement)
        committed = rules.split(nights, _month)
        accrued = rules.split(rules.before(nights, as_of), _month)
        for charge in services.one_offs_of(placement):
            _add(committed, charge)
            if charge.on < as_of:
                _add(accrued, charge)
        for month, sums in months.items():
            sums[0] += committed.get(month, 0)
            sums[1] += accrued.get(month, 0)
        charged = [day for day, _ in nights if financial_year(day) == year]
        if charged or _in_year(committed, year):
            lines.append(
                Line(
                    reference=placement.reference,
                    provider=placement.provider.name,
                    lot=str(placement.lot),
                    start=charged[0] if charged else None,
                    end=charged[-1] + ONE_DAY if charged else None,
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
        committed_pence=_sum(entries),
        budget_pence=budget.committed_pence if budget else 0,
        lines=tuple(lines),
        by_lot=_shares((line.lot, line) for line in lines),
        by_provider=_shares((line.provider, line) for line in lines),
        by_month=tuple(Share(f"{month:%B %Y}", *sums) for month, sums in months.items()),
        prior_year_pence=_sum(entries.exclude(corrects=None)),
        posted_later_pence=_sum(ledger.filter(corrects=year)),
    )


def _sum(entries: QuerySet) -> int:
    return entries.aggregate(pence=Sum("pence"))["pence"] or 0


def _nights(placement: Placement) -> list[rules.Night]:
    stay = services.stay_of(placement)
    return list(stay.nights()) if stay else []


def _add(months: dict[date, int], charge: rules.OneOff) -> None:
    """A single charge falls wholly in the month of its day (money.md R21)."""
    month = _month(charge.on)
    months[month] = months.get(month, 0) + charge.pence


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

"""The spend report: one frozen value from which page, PDF and CSV are all made (design §4)."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months, financial_year, year_label, year_start
from placements import rules, services
from placements.models import BudgetRevision, BudgetYear, LedgerEntry, Placement

MONTHS = 12
Part = tuple[date, str]  # a month, and the lot on which its nights are


@dataclass(frozen=True)
class Revision:
    ceiling_pence: int
    decision: str
    confirmed_on: date


@dataclass(frozen=True)
class Line:
    """One placement in the year on one lot, by reference only; after a move it has two."""

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
        .prefetch_related("terms__lot")
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
        nights, part = _nights(placement), _part_of(placement)
        committed = rules.split(nights, part)
        accrued = rules.split(rules.before(nights, as_of), part)
        for charge in services.one_offs_of(placement):
            _add(committed, part, charge)
            if charge.on < as_of:
                _add(accrued, part, charge)
        for column, parts in enumerate((committed, accrued)):
            for (month, _), pence in parts.items():
                if month in months:
                    months[month][column] += pence
        for lot in dict.fromkeys(lot for _, lot in committed):
            held, spent = (_parts_in(year, lot, parts) for parts in (committed, accrued))
            charged = [day for day, _ in nights if part(day) in held]
            if charged or sum(held.values()):
                lines.append(
                    Line(
                        reference=placement.reference,
                        provider=placement.provider.name,
                        lot=lot,
                        start=charged[0] if charged else None,
                        end=charged[-1] + ONE_DAY if charged else None,
                        committed_pence=sum(held.values()),
                        accrued_pence=sum(spent.values()),
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


def _part_of(placement: Placement) -> Callable[[date], Part]:
    return lambda day: (day.replace(day=1), str(services.lot_on(placement, day)))


def _add(parts: dict[Part, int], part: Callable[[date], Part], charge: rules.OneOff) -> None:
    """A single charge falls wholly in the month of its day (money.md R21)."""
    parts[part(charge.on)] = parts.get(part(charge.on), 0) + charge.pence


def _parts_in(year: int, lot: str, parts: dict[Part, int]) -> dict[Part, int]:
    return {
        part: pence
        for part, pence in parts.items()
        if part[1] == lot and financial_year(part[0]) == year
    }


def _shares(lines: Iterable[tuple[str, Line]]) -> tuple[Share, ...]:
    sums: dict[str, list[int]] = {}
    for name, line in lines:
        pair = sums.setdefault(name, [0, 0])
        pair[0] += line.committed_pence
        pair[1] += line.accrued_pence
    return tuple(Share(name, *pair) for name, pair in sorted(sums.items()))

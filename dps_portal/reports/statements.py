"""A provider's statement: its own placements in a period, by reference, for it to agree with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY
from dps_portal.ui.tables import COUNT, DAY, GBP, Column, Table
from placements import rules, services
from placements.models import Placement
from providers.models import Provider

from .billed import Billed, billed, billed_tables
from .scopes import Scope

SUMS = (Column("Charged", GBP), Column("Accrued", GBP), Column("Still to come", GBP))


@dataclass(frozen=True)
class Stretch:
    """Nights of one placement on one lot at one weekly price; ``end`` is not charged."""

    reference: str
    lot: str
    start: date
    end: date
    nights: int
    weekly_pence: int
    charged_pence: int
    accrued_pence: int


@dataclass(frozen=True)
class Charge:
    reference: str
    label: str
    on: date
    charged_pence: int
    accrued_pence: int


@dataclass(frozen=True)
class Month:
    name: str
    charged_pence: int
    accrued_pence: int


@dataclass(frozen=True)
class Statement:
    """Gross, before what a person pays towards the stay; accrued are nights before ``as_of``.

    ``due_pence`` alone is less what the provider collects. It and the invoices are missing where
    a statement was made before it showed them.
    """

    title: str
    authority: str
    provider: str
    reference: str
    scope: Scope
    stretches: tuple[Stretch, ...]
    charges: tuple[Charge, ...]
    months: tuple[Month, ...]
    invoices: tuple[Billed, ...] = ()
    due_pence: int | None = None

    @property
    def label(self) -> str:
        return f"{self.provider}, {self.scope.label}"

    @property
    def charged_pence(self) -> int:
        return sum(one.charged_pence for one in (*self.stretches, *self.charges))

    @property
    def accrued_pence(self) -> int:
        return sum(one.accrued_pence for one in (*self.stretches, *self.charges))


def statement(agreement: Agreement, provider: Provider, scope: Scope) -> Statement:
    """Of the nights in the scope; a part of a stay's cost as the ledger has it (money.md R6)."""
    rows = Placement.objects.filter(lot__agreement=agreement, provider=provider)
    rows = rows.with_costs().prefetch_related("terms__lot").select_related("lot")
    stretches: list[Stretch] = []
    charges: list[Charge] = []
    months: dict[date, list[int]] = {}
    due = 0
    for placement in rows.order_by("admission", "planned_admission", "reference"):
        stretches += _stretches(placement, scope, months)
        until = services.accrues_until(placement, scope.as_of)
        if scope.start < until:
            due += services.dues_of(placement).between(scope.start, min(until, scope.end))
        for charge in placement.one_offs.all():
            if scope.holds(charge.on):
                spent = charge.pence if charge.on < until else 0
                charges.append(
                    Charge(placement.reference, charge.label, charge.on, charge.pence, spent)
                )
                _add(months, charge.on, charge.pence, spent)
    return Statement(
        title=agreement.title,
        authority=agreement.authority,
        provider=provider.name,
        reference=provider.reference,
        scope=scope,
        stretches=tuple(stretches),
        charges=tuple(charges),
        months=tuple(Month(f"{month:%B %Y}", *sums) for month, sums in sorted(months.items())),
        invoices=tuple(billed(agreement, provider, scope)),
        due_pence=due + sum(charge.accrued_pence for charge in charges),
    )


def _stretches(
    placement: Placement, scope: Scope, months: dict[date, list[int]]
) -> Iterator[Stretch]:
    stay = services.stay_of(placement)
    if stay is None:
        return
    nights = list(stay.nights())

    def part(day: date) -> tuple:
        """Month by month, so that a price and a month are both sums of the same parts."""
        weekly = rules.price_on(stay.prices, day)
        lot = str(services.lot_on(placement, day))
        return (lot, weekly, day.replace(day=1)) if scope.holds(day) else ()

    charged = rules.split(nights, part)
    until = services.accrues_until(placement, scope.as_of)
    accrued = rules.split(rules.before(nights, until), part)
    for of, pence in charged.items():
        if of:
            _add(months, of[2], pence, accrued.get(of, 0))
    days: dict[tuple, list[date]] = {}
    for day, _ in nights:
        if of := part(day):
            days.setdefault(of[:2], []).append(day)
    for key, held in days.items():
        yield Stretch(
            reference=placement.reference,
            lot=key[0],
            start=held[0],
            end=held[-1] + ONE_DAY,
            nights=len(held),
            weekly_pence=key[1],
            charged_pence=sum(pence for of, pence in charged.items() if of[:2] == key),
            accrued_pence=sum(pence for of, pence in accrued.items() if of[:2] == key),
        )


def _add(months: dict[date, list[int]], day: date, charged: int, accrued: int) -> None:
    pair = months.setdefault(day.replace(day=1), [0, 0])
    pair[0] += charged
    pair[1] += accrued


def _sums(one: Stretch | Charge | Month | Statement) -> tuple[int, int, int]:
    return one.charged_pence, one.accrued_pence, one.charged_pence - one.accrued_pence


def tables_of(value: Statement) -> tuple[Table, ...]:
    stretches, charges = value.stretches, value.charges
    is_older = value.due_pence is None
    return (
        Table(
            "totals",
            f"Totals of {value.scope.label}",
            (Column("Total"), *SUMS),
            (
                ("Nights", *_sum_of(stretches)),
                ("Single charges", *_sum_of(charges)),
            ),
            total=("Total", *_sums(value)),
        ),
        *(() if is_older else billed_tables(value.invoices, value.due_pence, value.scope)),
        Table(
            "months",
            "By month",
            (Column("Month"), *SUMS),
            tuple((one.name, *_sums(one)) for one in value.months),
            total=("Total", *_sums(value)),
            empty="Nothing is charged in this period.",
        ),
        Table(
            "charges",
            "Single charges",
            (Column("Placement"), Column("What for"), Column("On", DAY), *SUMS),
            tuple((one.reference, one.label, one.on, *_sums(one)) for one in charges),
            total=("Total", "", None, *_sum_of(charges)),
            empty="There is no single charge in this period.",
        ),
        Table(
            "nights",
            "Nights and prices",
            (
                *(Column("Placement"), Column("Lot"), Column("First night", DAY)),
                *(Column("End (not charged)", DAY), Column("Nights", COUNT)),
                *(Column("Weekly price", GBP), *SUMS),
            ),
            tuple(
                (
                    *(one.reference, one.lot, one.start, one.end),
                    *(one.nights, one.weekly_pence, *_sums(one)),
                )
                for one in stretches
            ),
            total=(
                *("Total", "", None, None, sum(one.nights for one in stretches), None),
                *_sum_of(stretches),
            ),
            empty="No placement has a night in this period.",
            is_detail=True,
        ),
    )


def _sum_of(rows: tuple) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*map(_sums, rows), strict=True)) or (0, 0, 0)

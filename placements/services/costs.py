"""What a placement costs now, read from its rows; prefetch them to read many (``with_costs``)."""

from collections.abc import Iterable
from datetime import date

from dps_portal.agreements.models import Lot
from placements import rules
from placements.models import Absence, Exit, FundingRequest, Placement
from placements.states import CostCentre, RequestKind


def last_exit(placement: Placement) -> Exit | None:
    """How the stay ended, as it stands now."""
    return next((left for left in placement.exits.all() if left.voided_at is None), None)


def has_moved(placement: Placement) -> bool:
    """Whether the programme goes on with another provider (R22)."""
    left = last_exit(placement)
    return left is not None and left.is_transfer


def stay_of(placement: Placement, *, extra: Iterable[rules.Layer] = ()) -> rules.Stay | None:
    """The funded stay, with ``extra`` nights asked for laid over it; ``None`` without a night."""
    first = placement.admission or date.min
    terms = rules.in_force(
        [
            rules.Layer(max(layer.start, first), layer.end, layer.weekly_pence)
            for layer in [*sorted(placement.terms.all(), key=lambda term: term.pk), *extra]
            if layer.end > first
        ]
    )
    if not terms:
        return None
    left = last_exit(placement)
    return rules.stay_of(
        terms,
        discharge=left and left.on,
        notice_nights=left.notice_nights if left else 0,
        min_charge_nights=0 if left and left.is_transfer else placement.minimum_nights,
        absences=tuple(
            absence_of(row) for row in placement.absences.all() if row.voided_at is None
        ),
        contributions=contributions_of(placement),
    )


# What is decided on a price names the lot of the day on which it was asked.
OF_PRICE = {RequestKind.PRICE_CHANGE, RequestKind.CORRECTION, RequestKind.SHORTENING}


def lot_on(placement: Placement, day: date) -> Lot:
    """The lot of the funding in force on a night; where there is none, the placement's own."""
    over = [
        term
        for term in placement.terms.all()
        if term.start <= day < term.end and term.kind not in OF_PRICE
    ]
    return max(over, key=lambda term: term.pk).lot if over else placement.lot


def absence_of(row: Absence) -> rules.Absence:
    return rules.Absence(
        row.start,
        row.end,
        bands=((row.first_nights, row.first_percent), (None, row.later_percent)),
        is_void=row.cost_centre == CostCentre.PROVIDER,
    )


def contributions_of(placement: Placement) -> tuple[rules.Price, ...]:
    """The latest word on each first night."""
    rows = sorted(placement.contributions.all(), key=lambda row: row.pk)
    weekly = {row.start: row.weekly_pence for row in rows}
    return tuple(rules.Price(start, pence) for start, pence in weekly.items())


def one_offs_of(placement: Placement) -> list[rules.OneOff]:
    return [rules.OneOff(charge.on, charge.pence) for charge in placement.one_offs.all()]


def shares_of(placement: Placement) -> dict[int, rules.Share]:
    """Gross, contribution and net by financial year, its single charges included (R20, R21)."""
    return rules.shares(stay_of(placement), one_offs_of(placement))


def accrues_until(placement: Placement, as_of: date) -> date:
    """The day before which its nights and charges have accrued (R9): none, of who is yet to come.

    So reports and forecast (money.md §7, parts 1 and 3) count the same nights.
    """
    is_to_come = placement.admission is None and placement.funded_until is not None
    return date.min if is_to_come else as_of


def position(placement: Placement, *, asked: FundingRequest | None = None) -> dict[int, int]:
    """Gross pence by financial year, as things are or with what is ``asked`` for as well (R8)."""
    charges = one_offs_of(placement)
    if asked and asked.kind == RequestKind.ONE_OFF:
        charges.append(rules.OneOff(asked.start, asked.one_off_pence))
    adds_nights = asked and not is_in_place(placement, asked)
    return rules.position(
        stay_of(placement, extra=layers_of(asked) if adds_nights else ()), charges
    )


def layers_of(asked: FundingRequest) -> list[rules.Layer]:
    """The nights that are asked for; a single charge has none."""
    is_charge = asked.kind == RequestKind.ONE_OFF
    return [] if is_charge else [rules.Layer(asked.start, asked.end, asked.weekly_pence)]


def is_in_place(placement: Placement, asked: FundingRequest) -> bool:
    """A fact has funded these nights already, above a ceiling (R15): to be stood for, not moved."""
    until = placement.funded_until
    return asked.kind == RequestKind.RETROSPECTIVE and until is not None and asked.end <= until

"""Reading and writing the shapes of ``vectors/placement_costs.json``."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from dps_portal import money
from dps_portal.clock import year_label
from dps_portal.json_command import Field
from placements.rules import Absence, OneOff, Price, Stay

MOST_NIGHTS = 3_660
PERCENT = 100


def prices(rows: Field) -> tuple[Price, ...]:
    return tuple(Price(row.get("from").date(), positive(row.get("weekly"))) for row in rows.items())


def positive(amount: Field) -> int:
    pence = amount.pence()
    if pence < 0:
        raise amount.wrong("must not be negative")
    return pence


def stay(state: Field) -> Stay:
    """A stay, with ``contribution`` and ``absences`` where they are given."""
    basis = state.find("charging_basis")
    days_inclusive = (
        basis is not None and basis.choice("NIGHTS", "DAYS_INCLUSIVE") == "DAYS_INCLUSIVE"
    )
    discharge, notice = state.find("discharge"), state.find("notice_nights")
    least = state.find("min_charge_nights")
    contribution, absences = state.find("contribution"), state.find("absences")
    admission, funded_until = state.get("admission").date(), state.get("funded_until").date()
    if funded_until < admission:
        raise state.get("funded_until").wrong("must not be before admission")
    if (funded_until - admission).days > MOST_NIGHTS:
        raise state.get("funded_until").wrong(f"must be within {MOST_NIGHTS} nights of admission")
    if discharge and discharge.date() < admission:
        raise discharge.wrong("must not be before admission")
    return Stay(
        admission=admission,
        funded_until=funded_until,
        prices=prices(state.get("rates")),
        discharge=discharge.date() if discharge else None,
        notice_nights=notice.integer(most=MOST_NIGHTS) if notice else 0,
        min_charge_nights=least.integer(most=MOST_NIGHTS) if least else 1,
        days_inclusive=days_inclusive,
        absences=tuple(absence(one) for one in absences.items()) if absences else (),
        contributions=prices(contribution.get("rates")) if contribution else (),
    )


def absence(given: Field) -> Absence:
    """``cost_centre`` PROVIDER is a void, for which nothing is paid (R19)."""
    bands, centre = given.find("bands"), given.find("cost_centre")
    away = Absence(
        given.get("from").date(),
        given.get("to").date(),
        is_void=bool(centre) and centre.choice("COUNCIL", "PROVIDER") == "PROVIDER",
    )
    return replace(away, bands=tuple(band(one) for one in bands.items())) if bands else away


def band(given: Field) -> tuple[int | None, int]:
    last = given.find("to_night")
    return last.integer(least=1) if last else None, given.get("pct").integer(most=PERCENT)


def fraction(field: Field) -> Fraction:
    number = Fraction(field.decimal())
    if number < 0:
        raise field.wrong("must not be negative")
    return number


def share(field: Field) -> Fraction:
    if fraction(field) > 1:
        raise field.wrong("must be from 0 to 1")
    return fraction(field)


def one_offs(rows: Field | None) -> tuple[OneOff, ...]:
    charges = rows.items() if rows else ()
    return tuple(OneOff(one.get("date").date(), one.get("amount").pence()) for one in charges)


def year(field: Field) -> int:
    """The starting year of a label such as ``2024/25``."""
    text = field.text()
    start = text[:4]
    if not (start.isascii() and start.isdigit() and text == year_label(int(start))):
        raise field.wrong("must be a financial year such as 2024/25")
    return int(start)


def years(field: Field) -> dict[int, int]:
    """Pence by financial year."""
    return {year(Field(name, member.path)): member.pence() for name, member in field.members()}


def told(pence_by_year: Mapping[int, int], *, zeros: bool = True) -> dict[str, str]:
    """Pounds by year label, in order, with or without years of nothing."""
    return {
        year_label(start): money.pounds(pence)
        for start, pence in sorted(pence_by_year.items())
        if pence or zeros
    }


def told_counts(counts: Mapping[int, int]) -> dict[str, int]:
    return {year_label(start): count for start, count in sorted(counts.items())}


def period(field: Field) -> tuple[date, date]:
    dates = [one.date() for one in field.items()]
    if len(dates) != 2 or dates[0] >= dates[1]:  # noqa: PLR2004
        raise field.wrong("must be a start date and a later end date")
    return dates[0], dates[1]

"""What a contract award notice says of a quarter, without what is about a person (R2.16, R8.6)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dps_portal.agreements.models import Agreement, Lot, NoticeKind, NoticeTask
from dps_portal.agreements.rules import Quarter
from dps_portal.money import pounds
from providers.models import Provider
from tenders.models import Contract

from . import ocds, registers, rules
from .registers import AwardLine

COLUMNS = ("Quarter", "Kind", "Lot", "Provider", "Awards", "Total value", "Latest award")
CONTRACT, PLACE = "Contract", "One person’s place"
OTHERS, FEW = "Other providers and lots", "Fewer than five"


@dataclass(frozen=True)
class PlaceLine:
    """Places awarded one by one to a provider in a lot; of too few, no line is made."""

    lot: Lot
    provider: Provider
    awards: int
    value_pence: int


@dataclass(frozen=True)
class Places:
    """Contracts for one person each. ``others`` are added up, their value to a thousand pounds.

    ``is_few`` where all of them are so few that not even their number is told.
    """

    lines: list[PlaceLine]
    others: int = 0
    others_pence: int = 0
    is_few: bool = False

    @property
    def total(self) -> int:
        return sum(line.awards for line in self.lines) + self.others

    @property
    def total_pence(self) -> int:
        return sum(line.value_pence for line in self.lines) + self.others_pence


@dataclass(frozen=True)
class AwardPack:
    agreement: Agreement
    quarter: Quarter
    lines: list[AwardLine]
    contracts: list[Contract]
    places: Places | None  # not before the quarter is over: each day would tell of its awards
    notice: NoticeTask | None

    @property
    def awards(self) -> int:
        return sum(line.awards for line in self.lines)

    @property
    def value_pence(self) -> int:
        return sum(line.value_pence for line in self.lines)


def places_of(contracts: Iterable[Contract]) -> Places:
    groups: dict[tuple, list[Contract]] = defaultdict(list)
    for contract in contracts:
        groups[contract.lot, contract.provider].append(contract)
    lines = [
        PlaceLine(lot, provider, len(group), sum(map(registers.value_of, group)))
        for (lot, provider), group in groups.items()
    ]
    least = rules.least_shown(line.awards for line in lines)
    shown = [line for line in lines if line.awards >= least]
    hidden = [line for line in lines if line.awards < least]
    others = sum(line.awards for line in hidden)
    if hidden and others < rules.FEWEST:
        return Places(lines=[], is_few=True)
    return Places(
        lines=sorted(shown, key=lambda line: (line.lot.number, line.provider.name)),
        others=others,
        others_pence=rules.about(sum(line.value_pence for line in hidden)),
    )


def pack_of(agreement: Agreement, quarter: Quarter, today: date) -> AwardPack:
    contracts = in_quarter(registers.contracts_of(agreement), quarter)
    is_over = today > quarter.last_day
    places = in_quarter(registers.contracts_for_one_person(agreement), quarter) if is_over else []
    notices = agreement.notice_tasks.filter(kind=NoticeKind.QUARTERLY_AWARD)
    return AwardPack(
        agreement=agreement,
        quarter=quarter,
        lines=registers.awards_by_quarter(contracts),
        contracts=contracts,
        places=places_of(places) if is_over else None,
        # While the quarter runs it would tell of the first award for one person's place.
        notice=notices.filter(due_on=quarter.notice_due).first() if is_over or contracts else None,
    )


def in_quarter(contracts: Iterable[Contract], quarter: Quarter) -> list[Contract]:
    """By the London day of the award."""
    return [
        contract
        for contract in contracts
        if Quarter.of(timezone.localdate(contract.award.confirmed_at)) == quarter
    ]


def rows_of(pack: AwardPack) -> list[list]:
    """By ``COLUMNS``, amounts in pounds; the day of an award for one person is not told."""
    rows = [
        [CONTRACT, line.lot, line.provider.name, line.awards, line.value_pence, line.last_on]
        for line in pack.lines
    ]
    if pack.places:
        rows += [
            [PLACE, line.lot, line.provider.name, line.awards, line.value_pence, ""]
            for line in pack.places.lines
        ]
        if pack.places.others:
            rows.append([PLACE, "", OTHERS, pack.places.others, pack.places.others_pence, ""])
        if pack.places.is_few:
            rows.append([PLACE, "", OTHERS, FEW, None, ""])
    return [
        [str(pack.quarter), kind, str(lot), who, awards, pence and pounds(pence), str(last_on)]
        for kind, lot, who, awards, pence, last_on in rows
    ]


def as_json(pack: AwardPack) -> dict:
    """The rows, and the open contracting ID of each tender that is told of by name."""
    names = [name.lower().replace(" ", "_") for name in COLUMNS]
    return {
        "agreement": pack.agreement.reference,
        "ocid": ocds.ocid_of(pack.agreement),
        "quarter_start": pack.quarter.start.isoformat(),
        "notice_due": pack.quarter.notice_due.isoformat(),
        "notice_reference": pack.notice.reference if pack.notice else "",
        "license": ocds.LICENCE,
        "awards": [dict(zip(names, row, strict=True)) for row in rows_of(pack)],
        "ocids": sorted({ocds.ocid_of(contract.award.tender) for contract in pack.contracts}),
    }

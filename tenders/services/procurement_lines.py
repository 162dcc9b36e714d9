"""The lines of the report that regulation 84 asks for (R4.3)."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from tenders import rules


@dataclass(frozen=True)
class Actor:
    """Who did what, by job, and when."""

    act: str
    job: str
    name: str
    at: datetime


@dataclass(frozen=True)
class LowPriceLine:
    """A price that was asked about, and what was decided on it (regulation 69)."""

    provider: str
    state: str
    reason: str


@dataclass(frozen=True)
class BidLine:
    """A bid as it was received, and what became of it; without figures before the lock."""

    provider: str
    submitted_at: datetime | None
    excluded: str
    points: tuple[int | None, ...]
    quote: rules.Quote | None
    quality: str
    price: str
    total: str
    rank: int | None


@dataclass(frozen=True)
class ContractLine:
    reference: str
    provider: str
    start: date
    last_day: date
    quote: rules.Quote
    value_pence: int


@dataclass(frozen=True)
class Decision:
    """The record of the officer's decision (R4.7)."""

    reason: str
    departure: str
    departure_agreed: str
    draw: str
    consulted_with: str
    consulted_on: date
    consultation: str
    alternatives: str
    interests: tuple[int | None, int | None]  # declarations made, interests found, by then
    overdue_reason: str
    standstill_last_day: date | None


@dataclass(frozen=True)
class ChallengeLine:
    challenger: str
    received_on: date
    grounds: str
    settlement: str


@dataclass(frozen=True)
class RefusedLine:
    """A submission that was refused before the opening, with the words shown (T5)."""

    provider: str
    at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ShorterTime:
    """What everybody who was invited agreed to in place of the usual time (R2.11)."""

    reason: str
    usual_until: datetime
    agreed: tuple[str, ...]


@dataclass(frozen=True)
class ProcurementReport:
    tender: str
    authority: str
    agreement: str
    regime: str
    cpv: str
    lot: str
    title: str
    need: str
    term: tuple[date, date]  # half-open
    options: tuple[int, int]
    ceiling_weekly_pence: int
    closes_at: datetime
    opened_at: datetime | None
    scale_max: int
    price_weight: int
    compared_weeks: int | None
    criteria: tuple[tuple[str, int], ...]
    words: tuple[str, ...]
    model_hash: str
    invited: tuple[str, ...]
    shorter_time: ShorterTime | None
    refused: tuple[RefusedLine, ...]
    clarifications: tuple[int, int]  # asked, answered
    declarations: tuple[int, int]  # made, with an interest
    actors: tuple[Actor, ...]
    bids: tuple[BidLine, ...]
    low_prices: tuple[LowPriceLine, ...]
    decision: Decision | None
    challenges: tuple[ChallengeLine, ...]
    contracts: tuple[ContractLine, ...]
    abandon_reason: str

    @property
    def value_pence(self) -> int:
        return sum(contract.value_pence for contract in self.contracts)

    @property
    def last_day(self) -> date:
        return rules.last_day_of(self.term[1])

    def digest(self) -> str:
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

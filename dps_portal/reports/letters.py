"""The letter on a decision about funding: to the provider and the team, by reference only."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dps_portal.clock import year_label
from dps_portal.ui.tables import GBP, Column, Table
from placements.models import FundingRequest
from placements.states import RequestKind, RequestState

from .scopes import Scope

DECIDED = (RequestState.APPROVED, RequestState.DECLINED)


@dataclass(frozen=True)
class YearCost:
    year: int
    pence: int


@dataclass(frozen=True)
class Letter:
    """``end`` is the first night that is not funded."""

    title: str
    authority: str
    request: str
    kind: str
    is_approved: bool
    is_charge: bool
    placement: str
    provider: str
    lot: str
    start: date
    end: date
    weekly_pence: int | None
    charge: str
    years: tuple[YearCost, ...]
    reason: str
    decided_on: date
    has_costs: bool = True  # those of the decision are kept, even if it moves no money

    @property
    def label(self) -> str:
        return f"{self.request}, placement {self.placement}"

    @property
    def scope(self) -> Scope:
        return Scope(self.start, self.end, as_of=self.decided_on)

    @property
    def nights(self) -> int:
        return (self.end - self.start).days

    @property
    def pence(self) -> int:
        return sum(one.pence for one in self.years)


def letter(request: FundingRequest) -> Letter:
    """Of a request that is approved or declined, with the costs that were decided on.

    Never with what it would cost today: declines of old have none.
    """
    placement = request.placement
    agreement = placement.referral.agreement
    costs = {int(year): row["cost"] for year, row in (request.figures or {}).items()}
    return Letter(
        title=agreement.title,
        authority=agreement.authority,
        request=request.reference,
        kind=request.get_kind_display(),
        is_approved=request.state == RequestState.APPROVED,
        is_charge=request.kind == RequestKind.ONE_OFF,
        placement=placement.reference,
        provider=placement.provider.name,
        lot=str(request.lot),
        start=request.start,
        end=request.end,
        weekly_pence=request.weekly_pence,
        charge=request.label,
        years=tuple(YearCost(year, pence) for year, pence in sorted(costs.items())),
        reason=request.decision_reason,
        decided_on=timezone.localdate(request.decided_at),
        has_costs=request.figures is not None,
    )


def tables_of(value: Letter) -> tuple[Table, ...]:
    return (
        Table(
            "years",
            "Cost by financial year",
            (Column("Year"), Column("Cost", GBP)),
            tuple((year_label(one.year), one.pence) for one in value.years),
            total=("Total", value.pence) if value.has_costs else None,
            empty="It moves no money."
            if value.has_costs
            else "What it would have cost was not kept with the decision.",
        ),
    )

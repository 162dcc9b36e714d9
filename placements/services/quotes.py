"""What a request would cost and what each year has for it, as things stand now."""

from dataclasses import dataclass
from datetime import date

from dps_portal.clock import add_months, year_label
from placements import rules
from placements.models import FundingRequest, Placement
from placements.states import RequestKind
from providers.models import Rate

from .ledger import change_of


@dataclass(frozen=True)
class YearQuote:
    """What a request takes from one year, and what the year has; no ceiling is ``None``."""

    year: int
    cost_pence: int
    ceiling_pence: int | None
    committed_pence: int

    @property
    def label(self) -> str:
        return year_label(self.year)

    @property
    def headroom_pence(self) -> int:
        return (self.ceiling_pence or 0) - self.committed_pence

    @property
    def fits(self) -> bool:
        return self.cost_pence <= self.headroom_pence


@dataclass(frozen=True)
class Quote:
    """The figures of a request, as they stand now."""

    start: date
    end: date
    years: tuple[YearQuote, ...]
    longest_end: date | None  # the last end that fits, where the request itself does not

    @property
    def nights(self) -> int:
        return (self.end - self.start).days

    @property
    def longest_nights(self) -> int:
        return (self.longest_end - self.start).days if self.longest_end else 0

    @property
    def total_pence(self) -> int:
        return sum(year.cost_pence for year in self.years)

    @property
    def fits(self) -> bool:
        return all(year.fits for year in self.years)

    @property
    def objections(self) -> list[str]:
        short = [year for year in self.years if not year.fits]
        return rules.objections_to_ceilings(
            years_without_ceiling=[year.year for year in short if not year.ceiling_pence],
            years_without_room=[year.year for year in short if year.ceiling_pence],
        )


def quote(request: FundingRequest) -> Quote:
    """Cost and headroom by year, and the longest affordable alternative (C37)."""
    cost = change_of(request)
    budgets = {
        row.year: row
        for row in request.placement.referral.agreement.budget_years.filter(year__in=cost)
    }
    years = tuple(
        YearQuote(
            year=year,
            cost_pence=pence,
            ceiling_pence=budgets[year].ceiling_pence if year in budgets else None,
            committed_pence=budgets[year].committed_pence if year in budgets else 0,
        )
        for year, pence in cost.items()
    )
    longest = None
    if not all(year.fits for year in years):
        funded = [
            rules.Term(term.start, term.end, term.weekly_pence)
            for term in request.placement.terms.order_by("start")
        ]
        longest = rules.longest_affordable_end(
            funded,
            rules.Term(request.start, request.end, request.weekly_pence),
            headroom={year.year: year.headroom_pence for year in years},
        )
    return Quote(start=request.start, end=request.end, years=years, longest_end=longest)


def draft_initial(placement: Placement) -> FundingRequest:
    """The request as it would be made now; not saved."""
    start = placement.planned_admission
    return FundingRequest(
        placement=placement,
        kind=RequestKind.INITIAL,
        start=start,
        end=add_months(start, placement.referral.agreement.first_funding_months),
        weekly_pence=placement.weekly_pence,
    )


def draft_extension(placement: Placement, end: date) -> FundingRequest | None:
    """At the list price in force on its first night (R17); ``None`` without one. Not saved."""
    rate = (
        Rate.objects.in_force(placement.funded_until)
        .filter(provider=placement.provider, lot=placement.lot)
        .first()
    )
    return rate and FundingRequest(
        placement=placement,
        kind=RequestKind.EXTENSION,
        start=placement.funded_until,
        end=end,
        weekly_pence=rate.weekly_pence,
    )

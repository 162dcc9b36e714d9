"""What a request would cost and what each year has for it, as things stand now."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY, financial_year, year_label
from placements import rules
from placements.models import COST_ROWS, FundingRequest, Placement
from placements.states import RequestKind
from providers.models import Rate

from .costs import is_in_place, position
from .ledger import cost_of, held_of, postings

LENGTHENING = (RequestKind.INITIAL, RequestKind.EXTENSION, RequestKind.RETROSPECTIVE)


@dataclass(frozen=True)
class YearQuote:
    """What a request takes from one year, and what the year has; no ceiling is ``None``."""

    year: int
    nights: int  # those that the request is about
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
        return self.cost_pence <= max(self.headroom_pence, 0)


@dataclass(frozen=True)
class Quote:
    """The figures of a request, as they stand now."""

    start: date
    end: date
    weekly_pence: int | None
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
    """Cost and headroom by year, and the longest affordable alternative (C37).

    What a fact has committed already is shown as if it were still to be.
    """
    placement = request.placement
    agreement = placement.referral.agreement
    prefetch_related_objects([placement], *COST_ROWS)
    in_place = is_in_place(placement, request)
    cost = rules.by_posting_year(postings(agreement, cost_of(request)))
    budgets = {row.year: row for row in agreement.budget_years.filter(year__in=cost)}
    days = (request.end - request.start).days if request.kind != RequestKind.ONE_OFF else 0
    nights = Counter(financial_year(request.start + ONE_DAY * number) for number in range(days))
    years = tuple(
        YearQuote(
            year=year,
            nights=nights[year],
            cost_pence=pence,
            ceiling_pence=budgets[year].ceiling_pence if year in budgets else None,
            committed_pence=(budgets[year].committed_pence if year in budgets else 0)
            - (pence if in_place else 0),
        )
        for year, pence in cost.items()
    )
    longest = None
    if request.kind in LENGTHENING and not in_place and not all(year.fits for year in years):
        held = held_of(placement)
        longest = rules.longest_affordable_end(
            request.start,
            request.end,
            cost_until=lambda day: rules.difference(_position_until(request, day), held),
            headroom={year.year: year.headroom_pence for year in years},
        )
    return Quote(
        start=request.start,
        end=request.end,
        weekly_pence=request.weekly_pence,
        years=years,
        longest_end=longest,
    )


def _position_until(request: FundingRequest, end: date) -> dict[int, int]:
    shorter = FundingRequest(
        kind=request.kind, start=request.start, end=end, weekly_pence=request.weekly_pence
    )
    return position(request.placement, asked=shorter)


def first_funding_ends(agreement: Agreement, start: date, *, leaving: Placement | None) -> date:
    """The first night that a first funding does not pay: of a transfer, of what is funded (C57)."""
    if leaving and leaving.funded_until and leaving.funded_until > start:
        return leaving.funded_until
    return agreement.first_funding_ends(start)


def programme_start(placement: Placement) -> date | None:
    """The admission with which the programme began, before any transfer (K02)."""
    while placement.transferred_from:
        placement = placement.transferred_from
    return placement.admission


def usual_end_of(placement: Placement) -> date:
    """Until when an extension of a stay is asked for unless told otherwise (R16)."""
    agreement = placement.referral.agreement
    return rules.usual_end(
        first_night=programme_start(placement),
        funded_until=placement.funded_until,
        stages=agreement.funding_stages,
        days=agreement.extension_days,
    )


def list_price(placement: Placement, lot: Lot, on: date) -> int | None:
    """The provider's weekly price on the lot in force on a night (R17)."""
    rate = Rate.objects.in_force(on).filter(provider=placement.provider, lot=lot).first()
    return rate and rate.weekly_pence


def draft_request(
    placement: Placement,
    kind: RequestKind,
    *,
    start: date | None = None,
    end: date | None = None,
    weekly_pence: int | None = None,
    lot: Lot | None = None,
    one_off_pence: int | None = None,
    label: str = "",
) -> FundingRequest:
    """The request as it would be made now; not saved. Its price may be missing (R17).

    Each kind takes only what it needs: an extension its ``end``, a shortening its new end as
    ``start``, a change of price or lot its first night, a correction both and the right price.
    """
    lot = lot or placement.lot
    until = placement.funded_until
    match kind:
        case RequestKind.INITIAL:
            start = placement.planned_admission
            agreement = placement.referral.agreement
            end = first_funding_ends(agreement, start, leaving=placement.transferred_from)
            weekly_pence = placement.weekly_pence
        case RequestKind.EXTENSION | RequestKind.RETROSPECTIVE:
            start, weekly_pence = until, until and list_price(placement, lot, until)
        case RequestKind.BAND_CHANGE:
            end, weekly_pence = until, list_price(placement, lot, start)
        case RequestKind.PRICE_CHANGE | RequestKind.SHORTENING:
            end = until
        case RequestKind.ONE_OFF:
            end = start + ONE_DAY
    return FundingRequest(
        placement=placement,
        kind=kind,
        lot=lot,
        start=start,
        end=end,
        weekly_pence=weekly_pence,
        one_off_pence=one_off_pence,
        label=label,
    )

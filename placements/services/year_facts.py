"""What a forecast is made from: the facts of a year, read from the rows."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import F, Max, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from dps_portal.clock import ONE_DAY, year_start
from placements import rules
from placements.models import (
    BudgetYear,
    Exit,
    FundingRequest,
    LedgerEntry,
    OneOff,
    Placement,
    Term,
)
from placements.states import RequestKind

from .costs import has_moved, layers_of, one_offs_of, stay_of


def read_year(
    budget: BudgetYear, as_of: date, figures: Mapping[str, int]
) -> tuple[rules.YearFacts, rules.Assumptions]:
    """The facts of the year, in as many queries for one placement as for a hundred.

    What is posted here about nights of closed years counts from its last posting on (R23).
    """
    start, end = year_start(budget.year), year_start(budget.year + 1)
    here = {"placement__referral__agreement": budget.agreement}
    requests = list(FundingRequest.objects.open().filter(**here))
    prior = LedgerEntry.objects.filter(budget_year=budget).exclude(corrects=None)
    sums = prior.filter(placement=OuterRef("pk")).order_by().values("placement")
    reach = start - timedelta(days=figures["extension_nights"])
    touching = Term.objects.filter(start__lt=end, end__gt=reach, **here)
    charged = OneOff.objects.filter(on__gte=start, on__lt=end, **here)
    left = Exit.objects.filter(placement__admission__isnull=False, **here)  # for ``used_share``
    placements = (
        Placement.objects.filter(referral__agreement=budget.agreement)
        .filter(
            Q(pk__in=touching.values("placement"))
            | Q(pk__in=charged.values("placement"))
            | Q(pk__in=[request.placement_id for request in requests])
            | Q(pk__in=prior.values("placement"))
            | Q(pk__in=left.values("placement"))
        )
        .annotate(
            prior_pence=Subquery(sums.annotate(pence=Sum("pence")).values("pence")),
            prior_at=Subquery(sums.annotate(last=Max(F("at"))).values("last")),
        )
        .with_costs()
        .order_by("pk")
    )
    by_key = {placement.pk: placement for placement in placements}
    stays = {key: stay for key, one in by_key.items() if (stay := stay_of(one))}
    asked = [asked_of(by_key[one.placement_id], one, figures) for one in requests]
    facts = rules.YearFacts(
        year=budget.year,
        as_of=as_of,
        ceiling_pence=budget.ceiling_pence,
        holdings=tuple(
            held
            for key, one in by_key.items()
            if (held := _held(one, stays.get(key)))
            and (held.stay.funded_end > reach or held.one_offs)
        ),
        requests=tuple(one for one in asked if one),
        prior_years=tuple(
            rules.OneOff(
                min(max(timezone.localdate(one.prior_at), start), end - ONE_DAY), one.prior_pence
            )
            for one in by_key.values()
            if one.prior_pence
        ),
        experience=_experience(
            (stay for key, stay in stays.items() if not has_moved(by_key[key])), as_of
        ),
    )
    return facts, rules.assumptions_from(figures, facts)


def _held(placement: Placement, stay: rules.Stay | None) -> rules.Holding | None:
    """What is left of a stay that never was is its charges, and they are certain (R14)."""
    charges = tuple(one_offs_of(placement))
    if stay:
        here = placement.admission is not None
        return rules.Holding(placement.reference, stay, is_admitted=here, one_offs=charges)
    if not charges:
        return None
    nothing = rules.no_stay(max(charge.on for charge in charges))
    return rules.Holding(placement.reference, nothing, is_admitted=True, one_offs=charges)


def asked_of(
    placement: Placement, request: FundingRequest, figures: Mapping[str, int]
) -> rules.Asked | None:
    """The stay with what is asked for laid over it; ``None`` where that leaves no night."""
    is_charge = request.kind == RequestKind.ONE_OFF
    stay = stay_of(placement, extra=layers_of(request))
    charges = (rules.OneOff(request.start, request.one_off_pence),) if is_charge else ()
    return stay and rules.Asked(
        placement.reference, stay, rules.chance(figures, request.state), one_offs=charges
    )


def _experience(stays: Iterable[rules.Stay], as_of: date) -> rules.Experience:
    """Of everyone who has left the programme by ``as_of``: the nights stayed of those funded."""
    over = [stay for stay in stays if stay.discharge and stay.discharge <= as_of]
    return rules.Experience(
        discharges=len(over),
        actual_nights=sum(
            (min(stay.discharge, stay.funded_end) - stay.admission).days for stay in over
        ),
        funded_nights=sum((stay.funded_end - stay.admission).days for stay in over),
    )

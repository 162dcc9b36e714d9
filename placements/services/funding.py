"""Deciding on money inside the ceiling (money.md §3, R10–R18, design D6)."""

from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import COST_ROWS, FundingRequest, OneOff, Placement, Term
from placements.states import (
    LedgerKind,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
)
from providers.models import Admission

from .costs import is_in_place, stay_of
from .ledger import change_of, commit, lock_years, postings, write
from .placements import lock_placement, move_referral, tell
from .queue import announce_affordable
from .quotes import LENGTHENING, Quote, programme_start, quote

POSTED_AS = {
    RequestKind.INITIAL: LedgerKind.COMMIT,
    RequestKind.EXTENSION: LedgerKind.EXTEND,
    RequestKind.RETROSPECTIVE: LedgerKind.EXTEND,
    RequestKind.BAND_CHANGE: LedgerKind.RATE_CHANGE,
    RequestKind.PRICE_CHANGE: LedgerKind.RATE_CHANGE,
    RequestKind.SHORTENING: LedgerKind.RELEASE,
    RequestKind.CORRECTION: LedgerKind.CORRECTION,
    RequestKind.ONE_OFF: LedgerKind.ONE_OFF,
}


@transaction.atomic
def decide_funding(
    *, request: FundingRequest, decision: RequestState, reason: str, by: User, at: datetime
) -> FundingRequest:
    """Approve inside the ceiling of every year it touches, decline, return, or let it wait.

    Approval takes the money first (``commit``), then locks and looks again at what it was for.
    """
    approves = decision == RequestState.APPROVED
    agreement = request.placement.referral.agreement
    change = change_of(request) if approves else {}
    entries = postings(agreement, change)
    no_money = commit(agreement, entries)
    quoted = None
    if approves and is_in_place(request.placement, request):
        lock_years(agreement)
        request.placement = lock_placement(request.placement)
        quoted = quote(request)
        no_money = quoted.objections
    placement = lock_placement(request.placement)
    request = (
        FundingRequest.objects.select_for_update(of=("self",))
        .select_related("requested_by", "lot")
        .get(pk=request.pk)
    )
    request.placement = placement
    refuse_if(
        objections_to_decision(
            request,
            decision,
            reason=reason,
            cost_pence=quoted.total_pence if quoted else sum(change.values()),
            no_money=no_money,
            by=by,
        )
    )
    if approves:
        prefetch_related_objects([placement], *COST_ROWS)
        refuse_if(rules.objections_to_figures(are_current=change == change_of(request)))
    request.state = decision
    request.decided_by = by
    request.decided_at = at
    request.decision_reason = reason
    if decision == RequestState.DECLINED:
        quoted = quote(request)
    request.figures = figures_of(agreement, entries, quoted) if approves or quoted else None
    request.affordable_since = None
    request.save()
    if approves:
        _fund(request)
        write(
            placement,
            entries,
            kind=POSTED_AS[RequestKind(request.kind)],
            effective_on=request.start,
            by=by,
            at=at,
            request=request,
        )
    elif decision == RequestState.DECLINED and request.kind == RequestKind.INITIAL:
        placement.state = PlacementState.FUNDING_DECLINED
        placement.save()
        move_referral(placement, ReferralState.MATCHING)
    for person in {request.requested_by, placement.referral.worker}:
        tell(person, "funding_decided", placement, at)
    trail.record(
        f"funding.{decision}",
        request,
        by=by,
        at=at,
        placement=placement.reference,
        pence={str(year): pence for year, pence in change.items()},
    )
    if any(pence < 0 for pence in change.values()):
        announce_affordable(agreement, at=at)
    return request


def figures_of(
    agreement: Agreement, entries: list[rules.Posting], quoted: Quote | None
) -> dict[str, dict[str, int]]:
    """What each year had when the money was taken from it or refused, kept with the decision."""
    if quoted:
        return {
            str(year.year): {
                "cost": year.cost_pence,
                "ceiling": year.ceiling_pence or 0,
                "committed": year.committed_pence,
            }
            for year in quoted.years
        }
    cost = rules.by_posting_year(entries)
    return {
        str(row.year): {
            "cost": cost[row.year],
            "ceiling": row.ceiling_pence,
            "committed": row.committed_pence - cost[row.year],
        }
        for row in agreement.budget_years.filter(year__in=cost).order_by("year")
    }


def objections_to_decision(
    request: FundingRequest,
    decision: RequestState,
    *,
    reason: str,
    cost_pence: int,
    no_money: list[str],
    by: User,
) -> list[str]:
    """The service refuses with these; the page greys out the same acts with the same words."""
    state = RequestState(request.state)
    if objections := rules.objections_to_move(state, decision):
        return objections
    placement = request.placement
    is_requester = request.requested_by_id == by.pk
    made_referral = placement.referral.created_by_id == by.pk
    if decision != RequestState.APPROVED:
        returns = decision == RequestState.RETURNED
        return [
            *rules.objections_to_refusal(
                is_requester=is_requester, made_referral=made_referral, reason=reason
            ),
            *rules.objections_to_dropping(is_in_place=returns and is_in_place(placement, request)),
        ]
    is_admitted = Admission.objects.current(request.start).filter(
        provider=placement.provider, lot=request.lot
    )
    needs_place = request.kind in {RequestKind.INITIAL, RequestKind.BAND_CHANGE}
    return [
        *rules.objections_to_approval(
            is_long=is_long_stay(request),
            is_admitted_to_lot=not needs_place or is_admitted.exists(),
            reason=reason,
        ),
        *rules.objections_to_decider(
            is_requester=is_requester,
            made_referral=made_referral,
            limit_pence=by.approval_limit_pence,
            cost_pence=cost_pence,
        ),
        *no_money,
    ]


def is_long_stay(request: FundingRequest) -> bool:
    """Whether this makes the stay longer than usual; what only changes its price does not."""
    first = programme_start(request.placement) or request.start
    months = request.placement.referral.agreement.longest_stay_months
    return request.kind in LENGTHENING and rules.is_long_stay(
        first_night=first, end=request.end, months=months
    )


def _fund(request: FundingRequest) -> None:
    """What was asked becomes part of the placement; the money is already taken."""
    placement: Placement = request.placement
    if request.kind == RequestKind.ONE_OFF:
        charge = OneOff(on=request.start, pence=request.one_off_pence, label=request.label)
        placement.one_offs.add(charge, bulk=False)  # which drops the rows that were read before
        return
    if is_in_place(placement, request):
        return
    term = Term(
        lot=request.lot,
        start=request.start,
        end=request.end,
        weekly_pence=request.weekly_pence,
        kind=request.kind,
    )
    placement.terms.add(term, bulk=False)
    if request.kind == RequestKind.INITIAL:
        placement.state = PlacementState.APPROVED
    if request.kind == RequestKind.BAND_CHANGE:
        placement.lot = request.lot
        move_referral(placement, ReferralState.PLACED, lot=request.lot)
    placement.funded_until = stay_of(placement).funded_until
    placement.save()

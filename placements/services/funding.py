"""Asking for money and deciding on it inside the ceiling (money.md §3, R10–R17, design D6)."""

from datetime import date, datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import FundingRequest, Placement, Term
from placements.states import (
    LedgerKind,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
)
from providers.models import Admission

from .ledger import change_of, commit, write
from .placements import lock_placement, move_referral, tell
from .quotes import draft_extension, draft_initial


@transaction.atomic
def request_funding(*, placement: Placement, reason: str, by: User, at: datetime) -> FundingRequest:
    """Ask for the first funding period; those who may approve are told."""
    placement = lock_placement(placement)
    refuse_if(
        rules.objections_to_funding_request(
            state=PlacementState(placement.state),
            has_open_request=placement.requests.open().exists(),
        )
    )
    return _submit(draft_initial(placement), reason=reason, by=by, at=at)


@transaction.atomic
def request_extension(
    *, placement: Placement, end: date, reason: str, by: User, at: datetime
) -> FundingRequest:
    """Ask to fund the nights from the end of the funding in place up to, not with, ``end``."""
    placement = lock_placement(placement)
    request = draft_extension(placement, end) if placement.funded_until else None
    refuse_if(
        rules.objections_to_extension(
            state=PlacementState(placement.state),
            has_open_request=placement.requests.open().exists(),
            has_price=request is not None,
            start=placement.funded_until,
            end=end,
        )
    )
    return _submit(request, reason=reason, by=by, at=at)


def _submit(request: FundingRequest, *, reason: str, by: User, at: datetime) -> FundingRequest:
    request.reason = reason
    request.requested_by = by
    request.requested_at = at
    request.save(force_insert=True)
    approvers = User.objects.with_permission(Permission.APPROVE_FUNDING).exclude(pk=by.pk)
    for approver in approvers:
        tell(approver, "funding_requested", request.placement, at, path=request.get_absolute_url())
    trail.record(
        "funding.requested",
        request,
        by=by,
        at=at,
        placement=request.placement.reference,
        kind=request.kind,
        start=request.start.isoformat(),
        end=request.end.isoformat(),
        weekly_pence=request.weekly_pence,
    )
    return request


@transaction.atomic
def decide_funding(
    *, request: FundingRequest, decision: RequestState, reason: str, by: User, at: datetime
) -> FundingRequest:
    """Approve inside the ceiling of every year it touches, decline, or let it wait for money.

    Approval takes the money first (``commit``), then locks and looks again at what it was for.
    """
    approves = decision == RequestState.APPROVED
    change = change_of(request) if approves else {}
    no_money = commit(request.placement.referral.agreement, change)
    placement = lock_placement(request.placement)
    request = FundingRequest.objects.select_for_update().get(pk=request.pk)
    request.placement = placement
    refuse_if(
        objections_to_decision(
            request,
            decision,
            reason=reason,
            cost_pence=sum(change.values()),
            no_money=no_money,
            by=by,
        )
    )
    if approves:
        refuse_if(rules.objections_to_figures(are_current=change == change_of(request)))
    request.state = decision
    request.decided_by = by
    request.decided_at = at
    request.decision_reason = reason
    request.save()
    if approves:
        _fund(request, change, by=by, at=at)
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
    return request


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
        return rules.objections_to_refusal(
            is_requester=is_requester, made_referral=made_referral, reason=reason
        )
    is_admitted = Admission.objects.current(request.start).filter(
        provider=placement.provider, lot=placement.lot
    )
    return [
        *rules.objections_to_approval(
            is_long=is_long_stay(request),
            is_admitted_to_lot=request.kind == RequestKind.EXTENSION or is_admitted.exists(),
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
    first = request.placement.admission or request.start
    return rules.is_long_stay(first_night=first, end=request.end)


def _fund(request: FundingRequest, change: dict[int, int], *, by: User, at: datetime) -> None:
    """Add the term and its ledger entries; the money is already taken."""
    placement = request.placement
    Term.objects.create(
        placement=placement,
        start=request.start,
        end=request.end,
        weekly_pence=request.weekly_pence,
        kind=request.kind,
    )
    is_initial = request.kind == RequestKind.INITIAL
    if is_initial:
        placement.state = PlacementState.APPROVED
    placement.funded_until = request.end
    placement.save()
    write(
        placement,
        change,
        kind=LedgerKind.COMMIT if is_initial else LedgerKind.EXTEND,
        effective_on=request.start,
        by=by,
        at=at,
        request=request,
    )

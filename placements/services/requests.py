"""Asking for money, and taking back or sending again what was asked (money.md §3)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import FundingRequest, Placement
from placements.states import PlacementState, RequestKind, RequestState

from .costs import is_in_place, last_exit
from .placements import lock_placement, tell
from .quotes import draft_request

ASKED = ("lot", "start", "end", "weekly_pence", "one_off_pence", "label")


def funded(placement: Placement, *, apart_from: FundingRequest | None = None) -> rules.Funded:
    """What a request is held against."""
    others = placement.requests.open().exclude(pk=apart_from.pk if apart_from else None)
    first = placement.terms.order_by("start").first()
    left = last_exit(placement)
    return rules.Funded(
        state=PlacementState(placement.state),
        has_open_request=others.exists(),
        first_night=placement.admission or (first and first.start),
        funded_until=placement.funded_until,
        exit_on=left and left.on,
    )


def objections_to_request(
    draft: FundingRequest, at: datetime, *, apart_from: FundingRequest | None = None
) -> list[str]:
    """Every reason against asking for this; the page shows them and the service refuses."""
    kind = RequestKind(draft.kind)
    held = funded(draft.placement, apart_from=apart_from)
    has_price = draft.weekly_pence is not None
    objections = rules.objections_to_asking(
        kind, held, has_price=has_price or kind in rules.PRICELESS
    )
    if held.state not in rules.MAY_ASK[kind]:
        return objections
    objections += rules.objections_to_period(
        kind, held, start=draft.start, end=draft.end, today=timezone.localdate(at)
    )
    if has_price:
        objections += rules.objections_to_price(
            weekly_pence=draft.weekly_pence, ceiling_pence=draft.lot.ceiling_weekly_pence
        )
    return objections


@transaction.atomic
def request_funding(
    *,
    placement: Placement,
    kind: RequestKind = RequestKind.INITIAL,
    reason: str,
    by: User,
    at: datetime,
    **asked: Any,
) -> FundingRequest:
    """Ask for a change that moves money, as ``draft_request`` reads ``asked``."""
    draft = draft_request(lock_placement(placement), kind, **asked)
    refuse_if(objections_to_request(draft, at))
    draft.requested_by = by
    return _submit(draft, reason=reason, by=by, at=at)


def request_for_shift(
    placement: Placement, change: dict[int, int], *, by: User, at: datetime
) -> FundingRequest | None:
    """Ask afterwards for an admission that lifts a year above its ceiling (R15).

    The nights are funded already, since the admission is a fact: somebody has to stand for them.
    Where a request is open already, the placement is on the approvers' desk.
    """
    over = placement.referral.agreement.budget_years.filter(
        year__in=[year for year, pence in change.items() if pence > 0],
        committed_pence__gt=F("ceiling_pence"),
    )
    if not over.exists() or placement.requests.open().exists():
        return None
    first = placement.terms.filter(kind=RequestKind.INITIAL).latest("pk")
    draft = FundingRequest(
        placement=placement,
        kind=RequestKind.RETROSPECTIVE,
        lot=placement.lot,
        start=first.start,
        end=first.end,
        weekly_pence=first.weekly_pence,
        requested_by=by,
    )
    reason = "The admission on another day than planned lifts a year above its ceiling."
    return _submit(draft, reason=reason, by=by, at=at)


@transaction.atomic
def save_request(
    *,
    placement: Placement,
    kind: RequestKind,
    draft: FundingRequest | None = None,
    reason: str,
    by: User,
    at: datetime,
    **asked: Any,
) -> FundingRequest:
    """Keep what is to be asked for, whatever stands against it now, as a new draft or the same.

    It has no place in the queue, and neither a decision nor another request waits for it.
    """
    if draft:
        placement, draft = _lock(draft)
    else:
        placement = lock_placement(placement)
        draft = FundingRequest(
            placement=placement, kind=kind, state=RequestState.DRAFT, requested_by=by
        )
    refuse_if(
        [
            *rules.objections_to_kind(kind, PlacementState(placement.state)),
            *rules.objections_to_draft(
                state=RequestState(draft.state), is_requester=draft.requested_by == by
            ),
        ]
    )
    _fill(draft, draft_request(placement, kind, **asked))
    draft.reason = reason
    draft.requested_at = at
    draft.save()
    trail.record("funding.drafted", draft, by=by, at=at, placement=placement.reference, kind=kind)
    return draft


@transaction.atomic
def discard_request(*, request: FundingRequest, by: User, at: datetime) -> None:
    """The draft goes; what was sent once is withdrawn instead."""
    _, request = _lock(request)
    refuse_if(
        rules.objections_to_draft(
            state=RequestState(request.state), is_requester=request.requested_by == by
        )
    )
    trail.record("funding.discarded", request, by=by, at=at)
    request.delete()


@transaction.atomic
def change_request(
    *, request: FundingRequest, reason: str, by: User, at: datetime, **asked: Any
) -> FundingRequest:
    """Send a draft, or again what was returned or told to wait, as it is to be now.

    It keeps its reference and its asker, and takes its place in the queue anew.
    """
    placement, request = _lock(request)
    draft = draft_request(placement, RequestKind(request.kind), **asked)
    refuse_if(
        [
            *rules.objections_to_move(RequestState(request.state), RequestState.SUBMITTED),
            *rules.objections_to_withdrawing(is_requester=request.requested_by == by),
            *rules.objections_to_dropping(is_in_place=is_fixed(placement, request)),
            *objections_to_request(draft, at, apart_from=request),
        ]
    )
    _fill(request, draft)
    request.state = RequestState.SUBMITTED
    request.affordable_since = None
    return _submit(request, reason=reason, by=by, at=at)


@transaction.atomic
def withdraw_request(*, request: FundingRequest, by: User, at: datetime) -> FundingRequest:
    """Take back what was asked. A placement without its first funding waits for another request."""
    placement, request = _lock(request)
    refuse_if(
        [
            *rules.objections_to_move(RequestState(request.state), RequestState.WITHDRAWN),
            *rules.objections_to_withdrawing(is_requester=request.requested_by == by),
            *rules.objections_to_dropping(is_in_place=is_fixed(placement, request)),
        ]
    )
    request.state = RequestState.WITHDRAWN
    request.affordable_since = None
    request.save()
    trail.record("funding.withdrawn", request, by=by, at=at)
    return request


def is_fixed(placement: Placement, request: FundingRequest) -> bool:
    """Whether a recorded admission made it, so that it can only be decided on (R15)."""
    return request.state != RequestState.DRAFT and is_in_place(placement, request)


def _fill(request: FundingRequest, draft: FundingRequest) -> None:
    for name in ASKED:
        setattr(request, name, getattr(draft, name))


def _lock(request: FundingRequest) -> tuple[Placement, FundingRequest]:
    placement = lock_placement(request.placement)
    request = (
        FundingRequest.objects.select_for_update(of=("self",))
        .select_related("requested_by", "lot")
        .get(pk=request.pk)
    )
    request.placement = placement
    return placement, request


def _submit(request: FundingRequest, *, reason: str, by: User, at: datetime) -> FundingRequest:
    request.reason = reason
    request.requested_at = at
    request.save()
    for approver in User.objects.with_permission(Permission.APPROVE_FUNDING).exclude(pk=by.pk):
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
        one_off_pence=request.one_off_pence,
        lot=request.lot.number,
    )
    return request

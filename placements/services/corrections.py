"""A recorded fact put right by a manager with a reason; the ledger follows (money.md R8, R11)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.clock import in_words
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Amendment, Exit, Placement, Referral
from placements.states import (
    WAYS_BACK,
    ExitStatus,
    LedgerKind,
    PlacementState,
    ReferralState,
)

from .absences import void
from .costs import last_exit
from .ledger import lock_years, post_fact
from .placements import lock_placement, lock_referral, move_referral, tell_provider
from .queue import announce_affordable
from .requests import request_for_shift
from .stays import add_exit, anchor, first_term, is_elsewhere, is_held, is_same
from .unused import end_unused


@transaction.atomic
def correct_admission(
    *, placement: Placement, admission: date, reason: str, by: User, at: datetime
) -> Placement:
    """Another day of arrival. The first funding moves with it, or only its start if it is held.

    The same day again succeeds and changes nothing.
    """
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    if placement.admission == admission:
        return placement
    refuse_if(_objections_to_admission(placement, admission, at))
    was = placement.admission
    anchor(placement, admission)
    amend(placement, in_words(was), in_words(admission), reason=reason, by=by, at=at)
    change = _post(placement, admission, by=by, at=at)
    request_for_shift(placement, change, by=by, at=at)
    trail.record(
        "admission.corrected",
        placement,
        by=by,
        at=at,
        was=was.isoformat(),
        admission=admission.isoformat(),
        pence={str(year): pence for year, pence in change.items()},
    )
    return placement


def _objections_to_admission(placement: Placement, admission: date, at: datetime) -> list[str]:
    state = PlacementState(placement.state)
    if objections := rules.objections_to_stayed(state):
        return objections
    left, term = last_exit(placement), first_term(placement)
    away = placement.absences.standing().order_by("start").first()
    return rules.objections_to_corrected_admission(
        state=state,
        admission=admission,
        agreement_start=placement.referral.agreement.start,
        exit_on=left and left.on,
        first_absence=away and away.start,
        funding_ends=min(term.end, placement.funded_until) if is_held(placement, term) else None,
        is_elsewhere=is_elsewhere(placement, admission, left and left.on),
        today=timezone.localdate(at),
    )


@transaction.atomic
def correct_exit(
    *,
    placement: Placement,
    day: date,
    status: ExitStatus,
    reason: str,
    destination: str,
    aftercare_agreed: bool,
    notice_nights: int,
    why: str,
    by: User,
    at: datetime,
) -> Exit:
    """Another revision of how the stay ended; the same again succeeds and changes nothing."""
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    left = last_exit(placement)
    fact = {
        "on": day,
        "status": status,
        "reason": reason,
        "destination": destination,
        "aftercare_agreed": aftercare_agreed,
        "notice_nights": notice_nights,
    }
    if is_same(left, fact):
        return left
    has_transfer = placement.transfers.not_called_off().exists()
    refuse_if(
        [
            *rules.objections_to_discharged(PlacementState(placement.state)),
            *rules.objections_to_exit_day(
                status=status,
                notice_nights=notice_nights,
                admission=placement.admission,
                day=day,
                today=timezone.localdate(at),
            ),
            *rules.objections_to_exit_reason(
                code=reason, status=status, day=day, has_transfer=has_transfer
            ),
            *rules.objections_to_other_reason(code=reason, has_transfer=has_transfer),
            *rules.objections_to_overlap(
                is_elsewhere=placement.admission is not None
                and is_elsewhere(placement, placement.admission, day)
            ),
        ]
    )
    void(left, reason=why, by=by, at=at)
    corrected = add_exit(placement, fact, by=by, at=at)
    change = _post(placement, day, by=by, at=at)
    trail.record(
        "exit.corrected",
        placement,
        by=by,
        at=at,
        was=left.on.isoformat(),
        exit=day.isoformat(),
        status=status,
        pence={str(year): pence for year, pence in change.items()},
    )
    return corrected


@transaction.atomic
def reopen_placement(*, placement: Placement, reason: str, by: User, at: datetime) -> Placement:
    """One step back from where the placement ended, since that was recorded in error.

    An exit taken back puts the person in place again, funded as before; a placement that was
    called off waits for its funding anew.
    """
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    state = PlacementState(placement.state)
    referral = lock_referral(placement.referral)
    others = Referral.objects.filter(person=referral.person_id).exclude(pk=referral.pk).open()
    refuse_if(
        rules.objections_to_reopening_placement(
            state=state,
            has_other_referral=others.exists(),
            has_other_placement=is_followed(placement),
        )
    )
    placement.state = WAYS_BACK[state]
    change = {}
    if state == PlacementState.DISCHARGED:
        left = last_exit(placement)
        void(left, reason=reason, by=by, at=at)
        placement.report_received_on = None
        placement.save()
        move_referral(placement, ReferralState.PLACED, closed_at=None, closed_reason="")
        change = _post(placement, left.on, by=by, at=at)
    else:
        placement.end_reason = placement.decline_reason = ""
        if state == PlacementState.PROVIDER_DECLINED:
            placement.answered_by = placement.answered_at = None
        placement.save()
        if state != PlacementState.CLOSED:
            move_referral(placement, ReferralState.PLACEMENT_PROPOSED)
    became = PlacementState(placement.state)
    amend(placement, state.label, became.label, reason=reason, by=by, at=at)
    tell_provider("placement_reopened", placement, at)
    trail.record(
        "placement.reopened",
        placement,
        by=by,
        at=at,
        was=state,
        state=became,
        pence={str(year): pence for year, pence in change.items()},
    )
    return placement


@transaction.atomic
def void_placement(*, placement: Placement, reason: str, by: User, at: datetime) -> Placement:
    """Nobody was in this place: its money comes back, and the search for one goes on."""
    lock_years(placement.referral.agreement)
    placement = lock_placement(placement)
    state, became = PlacementState(placement.state), PlacementState.ENTERED_IN_ERROR
    refuse_if(rules.objections_to_move(state, became))
    for absence in placement.absences.standing():
        void(absence, reason=reason, by=by, at=at)
    amend(placement, state.label, became.label, reason=reason, by=by, at=at)
    placement.admission = None
    return end_unused(placement, became, reason=reason, by=by, at=at)


def amend(
    placement: Placement, was: str, now: str, *, reason: str, by: User, at: datetime
) -> Amendment:
    return Amendment.objects.create(
        placement=placement, was=was, now=now, reason=reason, recorded_by=by, recorded_at=at
    )


def is_followed(placement: Placement) -> bool:
    """Whether another placement stands where this one would, were it taken up again.

    The person may be where this one is a transfer from, or a transfer from here be prepared.
    """
    live = placement.referral.placements.live()
    match placement.state:
        case PlacementState.CLOSED:
            return False
        case PlacementState.DISCHARGED:
            others = live.exclude(transferred_from=placement)
            return others.exists() or is_elsewhere(placement, placement.admission, None)
    searched = {ReferralState.MATCHING, ReferralState.PLACED}
    others = live.exclude(pk=placement.transferred_from_id)
    return placement.referral.state not in searched or others.exists()


def _post(placement: Placement, day: date, *, by: User, at: datetime) -> dict[int, int]:
    change = post_fact(placement, kind=LedgerKind.CORRECTION, effective_on=day, by=by, at=at)
    announce_affordable(placement.referral.agreement, at=at)
    return change

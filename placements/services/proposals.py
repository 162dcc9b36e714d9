"""What a provider says has happened in its own placement; the team records it or says no."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import FactProposal, Placement
from placements.states import FactKind, PlacementState, ProposalState

from .placements import lock_placement, tell, tell_provider


def open_proposal(placement: Placement, kind: FactKind) -> FactProposal | None:
    return placement.proposals.unanswered().filter(kind=kind).first()


@transaction.atomic
def propose_fact(
    *,
    placement: Placement,
    kind: FactKind,
    on: date,
    until: date | None,
    note: str,
    by: User,
    at: datetime,
) -> FactProposal:
    """Tell the council of an arrival, an absence or an exit; nothing moves yet."""
    placement = lock_placement(placement)
    refuse_if(
        [
            *rules.objections_to_proposing(
                kind,
                state=PlacementState(placement.state),
                is_open=open_proposal(placement, kind) is not None,
                on=on,
                until=until,
            ),
            *rules.objections_to_day(
                day=on, first=placement.admission, today=timezone.localdate(at)
            ),
        ]
    )
    proposal = FactProposal.objects.create(
        placement=placement,
        kind=kind,
        on=on,
        until=until,
        note=note,
        proposed_by=by,
        proposed_at=at,
    )
    tell(placement.referral.worker, "fact_proposed", placement, at)
    trail.record("fact.proposed", placement, by=by, at=at, kind=kind, on=on.isoformat())
    return proposal


@transaction.atomic
def reject_proposal(*, proposal: FactProposal, reason: str, by: User, at: datetime) -> FactProposal:
    """Say why what the provider told is not recorded; a second answer is refused."""
    placement = lock_placement(proposal.placement)
    proposal = placement.proposals.get(pk=proposal.pk)
    refuse_if(rules.objections_to_answering(ProposalState(proposal.state)))
    _decide(proposal, ProposalState.REJECTED, reason=reason, by=by, at=at)
    tell_provider("fact_rejected", placement, at)
    trail.record("fact.rejected", placement, by=by, at=at, kind=proposal.kind)
    return proposal


def settle_proposals(placement: Placement, kind: FactKind, *, by: User, at: datetime) -> None:
    """The team has recorded such a fact, whether on the proposed day or on another."""
    if proposal := open_proposal(placement, kind):
        _decide(proposal, ProposalState.CONFIRMED, reason="", by=by, at=at)


def _decide(
    proposal: FactProposal, state: ProposalState, *, reason: str, by: User, at: datetime
) -> None:
    proposal.state = state
    proposal.decision_reason = reason
    proposal.decided_by = by
    proposal.decided_at = at
    proposal.save()

"""Reviews while somebody is in place, and what completes a placement after the exit (money §4)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import OutcomeScore, Placement, Review
from placements.states import OutcomeMeasure, PlacementState, Recommendation

from .costs import last_exit, position
from .ledger import change_since_ledger
from .placements import lock_placement


def review_due(placement: Placement) -> date | None:
    """When the next review falls due, while somebody is in place."""
    if placement.state != PlacementState.ADMITTED:
        return None
    held = [row for row in placement.reviews.all() if row.due_on]
    weeks = placement.referral.agreement.review_weeks
    return rules.next_review(placement.admission, len(held), weeks=weeks)


@transaction.atomic
def record_review(
    *,
    placement: Placement,
    held_on: date,
    recommendation: Recommendation,
    progress: str,
    by: User,
    at: datetime,
) -> Review:
    """The next review that falls due, or one more when none does. Same again changes nothing."""
    placement = lock_placement(placement)
    fact = {"held_on": held_on, "recommendation": recommendation, "progress": progress}
    if same := placement.reviews.filter(**fact).first():
        return same
    refuse_if(
        [
            *rules.objections_to_stayed(PlacementState(placement.state)),
            *rules.objections_to_day(
                day=held_on, first=placement.admission, today=timezone.localdate(at)
            ),
        ]
    )
    review = Review.objects.create(
        placement=placement,
        due_on=review_due(placement),
        recorded_by=by,
        recorded_at=at,
        **fact,
    )
    trail.record(
        "review.recorded",
        placement,
        by=by,
        at=at,
        held_on=held_on.isoformat(),
        recommendation=recommendation,
    )
    return review


@transaction.atomic
def record_report(*, placement: Placement, received_on: date, by: User, at: datetime) -> Placement:
    """The day on which the provider's report on the discharge came."""
    placement = lock_placement(placement)
    if placement.report_received_on == received_on:
        return placement
    left = last_exit(placement)
    refuse_if(
        [
            *rules.objections_to_discharged(PlacementState(placement.state)),
            *rules.objections_to_report(
                received_on=received_on, exit_on=left and left.on, today=timezone.localdate(at)
            ),
        ]
    )
    was, placement.report_received_on = placement.report_received_on, received_on
    placement.save()
    trail.record(
        "discharge_report.received",
        placement,
        by=by,
        at=at,
        received_on=received_on.isoformat(),
        was=was and was.isoformat(),
    )
    return placement


@transaction.atomic
def record_outcomes(
    *, placement: Placement, scores: dict[OutcomeMeasure, tuple[int, int]], by: User, at: datetime
) -> Placement:
    """Each scale at the start and at the end; entered again, they take the place of the first."""
    placement = lock_placement(placement)
    refuse_if(rules.objections_to_discharged(PlacementState(placement.state)))
    for measure, (at_start, at_end) in scores.items():
        OutcomeScore.objects.update_or_create(
            placement=placement,
            measure=measure,
            defaults={"at_start": at_start, "at_end": at_end},
        )
    trail.record("outcomes.recorded", placement, by=by, at=at, measures=sorted(scores))
    return placement


def objections_to_close(placement: Placement) -> list[str]:
    """The service refuses with these; the page shows the same."""
    left = last_exit(placement)
    return rules.objections_to_close(
        state=PlacementState(placement.state),
        is_exit_coded=left is not None and rules.exit_reason(left.reason) is not None,
        has_report=placement.report_received_on is not None,
        missing_scores=len(OutcomeMeasure) - placement.scores.count(),
        has_open_request=placement.requests.open().exists(),
        is_reconciled=not change_since_ledger(placement, position(placement)),
    )


@transaction.atomic
def close_placement(*, placement: Placement, by: User, at: datetime) -> Placement:
    """Nothing is missing any more. The same act again succeeds and changes nothing."""
    placement = lock_placement(placement)
    if placement.state == PlacementState.CLOSED:
        return placement
    refuse_if(objections_to_close(placement))
    placement.state = PlacementState.CLOSED
    placement.save()
    trail.record("placement.closed", placement, by=by, at=at)
    return placement

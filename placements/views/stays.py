"""What the page of a placement says of its stay, and the facts that can be recorded there."""

from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.clock import year_label
from placements import rules, services
from placements.models import FactProposal, Placement
from placements.states import WAYS_BACK, FactKind, PlacementState


def facts_of(one: Placement, today) -> dict:
    """What is recorded of the stay, what falls due in it, and what it costs beyond the money."""
    left, review_due = services.last_exit(one), services.review_due(one)
    agreement = one.referral.agreement
    report_due = left and rules.report_due(left.on, agreement.report_days)
    nights, exposure = services.exposure(one, today=today)
    stay = services.stay_of(one)
    by_start = {"key": lambda row: (row.start, row.pk)}
    return {
        "absences": sorted(one.absences.all(), **by_start),
        "contributions": sorted(one.contributions.all(), **by_start),
        "shares": [
            (year_label(year), share)
            for year, share in (rules.shares(stay) if stay else {}).items()
        ],
        "reviews": sorted(one.reviews.all(), key=lambda row: (row.held_on, row.pk)),
        "review_due": review_due,
        "left": left,
        "amendments": one.amendments.select_related("recorded_by").order_by("pk"),
        "corrected_exits": [row for row in one.exits.all() if row.voided_at],
        "report_due": report_due,
        "scores": one.scores.order_by("pk"),
        "nights_beyond": nights,
        "exposure": [(year_label(year), pence) for year, pence in exposure.items()],
        "late": rules.late_flags(
            state=PlacementState(one.state),
            planned=one.planned_admission,
            review_due=review_due,
            report_due=report_due,
            has_report=one.report_received_on is not None,
            absence_checks=[
                day
                for away in (stay.absences if stay else ())
                if (day := away.check_on(agreement.absence_check_night)) and today < away.end
            ],
            today=today,
        ),
    }


RECORDED_BY = {
    FactKind.ARRIVAL: "record_admission",
    FactKind.ABSENCE: "record_absence",
    FactKind.EXIT: "record_exit",
}


def proposals(user, one: Placement) -> list[FactProposal]:
    """What the provider says and nobody has answered, with where the fact is recorded."""
    if not user.may(Permission.RECORD_STAY):
        return []
    said = list(one.proposals.unanswered().order_by("proposed_at", "pk"))
    for proposal in said:
        kind = FactKind(proposal.kind)
        if one.state == rules.MAY_PROPOSE[kind]:
            proposal.record_url = reverse(f"placements:{RECORDED_BY[kind]}", args=[one.reference])
    return said


OF_STAY = [("record_absence", "Absence"), ("record_contribution", "Contribution of the person")]
RECORDS = {
    PlacementState.APPROVED: [("record_non_arrival", "Nobody arrived")],
    PlacementState.ADMITTED: [*OF_STAY, ("record_review", "Review")],
    PlacementState.DISCHARGED: [
        *OF_STAY,
        ("record_review", "Review"),
        ("record_report", "Discharge report"),
        ("record_outcomes", "Outcome scores"),
    ],
}
CORRECTIONS = {
    PlacementState.ADMITTED: [
        ("correct_admission", "Correct the admission"),
        ("void_placement", "Entered in error"),
    ],
    PlacementState.DISCHARGED: [
        ("correct_admission", "Correct the admission"),
        ("correct_exit", "Correct the exit"),
    ],
}


def records(user, one: Placement) -> list[tuple[str, str]]:
    """Links to the other facts that this state takes, and to what a manager may put right."""
    state = PlacementState(one.state)
    acts = list(RECORDS.get(state, [])) if user.may(Permission.RECORD_STAY) else []
    if user.may(Permission.CORRECT_STAY):
        acts += CORRECTIONS.get(state, [])
        if state in WAYS_BACK:
            acts.append(("reopen_placement", "Reopen the placement"))
    return [(label, reverse(f"placements:{name}", args=[one.reference])) for name, label in acts]

"""What was in time, what waits and what is overdue: tables of a dashboard."""

from collections import defaultdict
from datetime import date

from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Permission
from dps_portal.reports import histories, measures, overdue
from dps_portal.reports.dashboard import Days
from placements.models import FundingRequest, Referral
from placements.states import PlacementState, ReferralState, RequestState

from .asked import Asked
from .board import NONE, BoardTable, linked, numbers

REFERRALS_WAITING = (
    *(ReferralState.SUBMITTED, ReferralState.ASSESSING, ReferralState.COUNTERSIGNING),
    *(ReferralState.ELIGIBLE, ReferralState.ON_HOLD, ReferralState.MATCHING),
    ReferralState.PLACEMENT_PROPOSED,
)
REQUESTS_WAITING = {
    RequestState.SUBMITTED: ("Funding, to be decided", "requested_at"),
    RequestState.DEFERRED: ("Funding, waits for money", "decided_at"),
}
# The times that are told; what a referral does after its placement began is told of that.
STATES = {
    histories.REFERRAL: (ReferralState.DRAFT, *REFERRALS_WAITING),
    histories.PLACEMENT: (
        *(PlacementState.AWAITING_PROVIDER, PlacementState.AWAITING_FUNDING),
        *(PlacementState.APPROVED, PlacementState.ADMITTED, PlacementState.DISCHARGED),
    ),
}


Wait = tuple[str, date, int]  # reference, the day since which it waits, days


def timeliness(asked: Asked, scope: measures.Scope) -> BoardTable:
    rows = []
    for name, (label, read) in measures.TIMED.items():
        one = measures.timeliness(name, read(scope, asked.today))
        url, late_url = asked.rows_url(name), asked.rows_url(f"{name}_late")
        mean = NONE if one.mean_days is None else f"{float(one.mean_days):.1f}"
        percent = NONE if one.percent is None else f"{one.percent}%"
        rows.append(
            [
                label,
                linked(one.count, url, label),
                linked(one.late, late_url, f"{label}, late"),
                linked(percent, url, f"{label}, on time"),
                linked(mean, late_url, f"{label}, days late"),
            ]
        )
    head = numbers("Due", "Late", "On time", "Days late, mean of the late")
    return BoardTable("in_time", "What was due in these days", head, rows)


def in_states(asked: Asked, scope: measures.Scope) -> BoardTable:
    """Of the times in a state that ended within the period."""
    spells = histories.left_within(asked.referrals(), scope)
    rows = []
    for kind, states in STATES.items():
        for state in states:
            days = Days(tuple(one.days for one in spells if (one.kind, one.state) == (kind, state)))
            label = f"{kind.capitalize()}: {state.label.lower()}"
            rows.append(_days_row(label, days, asked.rows_url(f"in_{kind}_{state}")))
    head = numbers("Left the state", "Days, median", "Days, longest")
    return BoardTable("in_states", "Days in each state, of those that left it", head, rows)


def _days_row(label: str, days: Days, url: str, count_url: str = "") -> list:
    return [
        label,
        linked(days.count, count_url or url, label),
        linked(days.median, url, f"{label}, days, median"),
        linked(days.longest, url, f"{label}, days, longest"),
    ]


def waiting_referrals(asked: Asked) -> dict[ReferralState, list[Wait]]:
    """Those within reach by the state in which they wait, and since when in it."""
    rows = Referral.objects.visible_to(asked.user).filter(state__in=REFERRALS_WAITING)
    since = histories.waiting_since(rows)
    found = defaultdict(list)
    for reference, state, made in rows.values_list("reference", "state", "created_at"):
        found[state].append((reference, since.get(reference, made)))
    return {state: _waits(asked, found[state]) for state in REFERRALS_WAITING}


def waiting_requests(asked: Asked) -> dict[RequestState, list[Wait]]:
    """The same of requests: since they were asked, or deferred."""
    rows = FundingRequest.objects.visible_to(asked.user)
    return {
        state: _waits(asked, rows.filter(state=state).values_list("reference", since))
        for state, (_, since) in REQUESTS_WAITING.items()
    }


def _waits(asked: Asked, rows) -> list[Wait]:
    """The longest first."""
    told = [(ref, timezone.localdate(since)) for ref, since in rows]
    return sorted(
        ((ref, day, (asked.today - day).days) for ref, day in told),
        key=lambda one: (one[1], one[0]),
    )


def queue(asked: Asked) -> BoardTable | None:
    """As it stands now; each count leads to the list where something can be done about it."""
    found = []
    if asked.user.may(Permission.VIEW_CASES):
        url = reverse("placements:referral_list")
        for state, waits in waiting_referrals(asked).items():
            rows_url = asked.rows_url(f"waiting_referral_{state}")
            found.append(_days_row(state.label, _days(waits), rows_url, f"{url}?state={state}"))
    if asked.user.may(Permission.VIEW_FUNDING):
        url = reverse("placements:request_list")
        for state, waits in waiting_requests(asked).items():
            rows_url, (label, _) = (
                asked.rows_url(f"waiting_request_{state}"),
                REQUESTS_WAITING[state],
            )
            found.append(_days_row(label, _days(waits), rows_url, f"{url}?state={state}"))
    if not found:
        return None
    head = numbers("Waiting", "Days, median", "Days, longest")
    return BoardTable("waiting", "Over all lots and providers", head, found)


def _days(waits: list[Wait]) -> Days:
    return Days(tuple(days for *_, days in waits))


def late_today(asked: Asked, scope: measures.Scope) -> BoardTable:
    """Whatever the days of the period."""
    rows = []
    for name, (label, _) in overdue.OVERDUE.items():
        days = Days(tuple(one.days for one in overdue.overdue(name, scope, asked.today)))
        url = asked.rows_url(name)
        rows.append(
            [label, linked(days.count, url, label), linked(days.longest, url, f"{label}, days")]
        )
    return BoardTable("overdue", "Overdue today", numbers("Overdue", "Days, longest"), rows)

"""The queue of requests that wait for money: told of when a release could fund them (money §3)."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from placements import rules
from placements.models import FundingRequest
from placements.states import RequestState, Urgency

from .ledger import costs_of, postings_into
from .placements import tell


def waiting_requests(agreement: Agreement) -> list[FundingRequest]:
    """Those that wait for money, in the order in which it goes to them."""
    rows = FundingRequest.objects.waiting().filter(
        state=RequestState.DEFERRED, placement__referral__agreement=agreement
    )
    return list(rows.select_related("placement__referral__agreement", "requested_by").with_costs())


@transaction.atomic
def announce_affordable(agreement: Agreement, *, at: datetime) -> int:
    """Tell who asked and who may approve, once each time a request comes to fit; none is approved.

    Returns how many newly fit.
    """
    years = {row.year: row for row in agreement.budget_years.order_by("year")}
    states = {year: row.state for year, row in years.items()}
    requests = {request.reference: request for request in waiting_requests(agreement)}
    fitting = {
        one.reference
        for one in rules.affordable_in_queue(
            [
                _waiting(request, rules.by_posting_year(postings_into(states, cost)))
                for request, cost in zip(
                    requests.values(), costs_of(requests.values()), strict=True
                )
            ],
            ceilings={year: row.ceiling_pence for year, row in years.items()},
            committed={year: row.committed_pence for year, row in years.items()},
        )
    }
    rows = FundingRequest.objects.filter(state=RequestState.DEFERRED)
    rows.filter(reference__in=set(requests) - fitting).update(affordable_since=None)
    # The update is lock and check in one: of two sweeps only one tells.
    newly = [
        requests[reference]
        for reference in sorted(fitting)
        if rows.filter(reference=reference, affordable_since=None).update(affordable_since=at)
    ]
    approvers = list(User.objects.with_permission(Permission.APPROVE_FUNDING)) if newly else []
    for request in newly:
        for person in {request.requested_by, *approvers}:
            tell(person, "funding_affordable", request.placement, at, path=_path(person, request))
        trail.record("funding.affordable", request, by=None, at=at)
    return len(newly)


def _waiting(request: FundingRequest, cost: dict[int, int]) -> rules.Waiting:
    return rules.Waiting(
        reference=request.reference,
        is_urgent=request.placement.referral.urgency == Urgency.URGENT,
        since=request.requested_at,
        cost=cost,
    )


def _path(person: User, request: FundingRequest) -> str:
    if person.may(Permission.VIEW_FUNDING):
        return request.get_absolute_url()
    return request.placement.get_absolute_url()


def sweep_queues(*, at: datetime) -> int:
    """Run by beat each minute, for what a lost worker or a raised ceiling left untold."""
    waiting = Agreement.objects.filter(
        referrals__placements__requests__state=RequestState.DEFERRED
    ).distinct()
    return sum(announce_affordable(agreement, at=at) for agreement in waiting.order_by("pk"))

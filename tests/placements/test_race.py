"""64 approvals at once against the last free money: never over, never wrongly refused (T10)."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.db.models import F

from dps_portal.refusals import Refused, refuse_if
from placements import services
from placements.models import BudgetYear, FundingRequest, LedgerEntry
from placements.services import funding
from placements.states import RequestKind, RequestState
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, Journey, council, provider_on

from .crowd import Story, make_rounds

pytestmark = pytest.mark.usefixtures("transactional_db")

APPROVALS = 64
JUNE = date(2026, 6, 10)  # wholly in 2026/27
MARCH = date(2027, 3, 10)  # across 31 March
COST = 1_110_571


@pytest.fixture
def people():
    return council()


def requests_for(people, stays):
    """One request for each ``(planned admission, weekly pence)``, all under one agreement."""
    lot = LotFactory()
    providers = {}
    found = []
    for planned, weekly_pence in stays:
        if weekly_pence not in providers:
            providers[weekly_pence] = provider_on(lot, weekly_pence=weekly_pence)
        journey = Journey(lot=lot, people=people, provider=providers[weekly_pence], planned=planned)
        found.append(journey.requested())
    return lot.agreement, found


def decide(request, by):
    services.decide_funding(
        request=request, decision=RequestState.APPROVED, reason="", by=by, at=AT
    )


def approve_all_at_once(requests, by, act=decide):
    """Each in its own thread and connection; returns who got the money and what went wrong."""
    barrier = threading.Barrier(len(requests))
    approved, refused, errors = [], [], []

    def approve(request):
        try:
            barrier.wait()
            act(request, by)
            approved.append(request)
        except Refused:
            refused.append(request)
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return approved, refused, errors


def committed(agreement):
    return dict(agreement.budget_years.values_list("year", "committed_pence"))


def set_ceilings(agreement, **ceilings):
    for year, pence in ceilings.items():
        BudgetYear.objects.create(agreement=agreement, year=int(year[1:]), ceiling_pence=pence)


def assert_books_agree(agreement, approved):
    assert FundingRequest.objects.filter(state=RequestState.APPROVED).count() == len(approved)
    for year in agreement.budget_years.all():
        assert year.committed_pence <= year.ceiling_pence
        assert year.committed_pence == sum(
            LedgerEntry.objects.filter(budget_year=year).values_list("pence", flat=True)
        )


def test_equal_amounts_fill_the_ceiling_exactly(people):
    agreement, requests = requests_for(people, [(JUNE, 84_500)] * APPROVALS)
    set_ceilings(agreement, y2026=5 * COST + COST - 1)

    approved, refused, errors = approve_all_at_once(requests, people["manager"])

    assert errors == []
    assert (len(approved), len(refused)) == (5, APPROVALS - 5)
    assert committed(agreement) == {2026: 5 * COST}
    assert_books_agree(agreement, approved)


def test_mixed_amounts_across_two_years_leave_nothing_that_would_still_fit(people):
    stays = [
        ((JUNE, MARCH)[number % 2], 70_000 + 1_000 * (number % 13)) for number in range(APPROVALS)
    ]
    agreement, requests = requests_for(people, stays)
    set_ceilings(agreement, y2026=9_000_000, y2027=6_000_000)

    approved, refused, errors = approve_all_at_once(requests, people["manager"])

    assert errors == []
    assert len(approved) + len(refused) == APPROVALS
    assert_books_agree(agreement, approved)
    assert [request for request in refused if services.quote(request).fits] == []


def test_year_is_filled_with_odd_amounts_to_exactly_270000_and_not_a_penny_more(people):
    stays = [
        Story("initial", JUNE, date(2026, 9, 10), 70_001 + 137 * number) for number in range(29)
    ]
    provider = provider_on(LotFactory())
    [one] = make_rounds([stays], [1], people=people, provider=provider)
    one.agreement.budget_years.update(ceiling_pence=27_000_000)
    requests = FundingRequest.objects.filter(placement__provider=provider)

    approved, refused, errors = approve_all_at_once(list(requests), people["manager"])

    assert (len(approved), len(refused), errors) == (28, 1, [])
    rest = one.agreement.budget_years.get().headroom_pence
    assert 0 < rest < 1_000_000
    charge(approved[0].placement, rest, people)
    assert committed(one.agreement) == {2026: 27_000_000}
    with pytest.raises(Refused, match="There is not enough money left in 2026/27"):
        charge(approved[1].placement, 1, people)
    assert committed(one.agreement) == {2026: 27_000_000}


def charge(placement, pence, people):
    request = services.request_funding(
        placement=placement,
        kind=RequestKind.ONE_OFF,
        start=JUNE,
        one_off_pence=pence,
        label="Travel",
        reason="Agreed.",
        by=people["assessor"],
        at=AT,
    )
    decide(FundingRequest.objects.get(pk=request.pk), people["manager"])


def test_without_the_conditional_update_the_same_race_goes_over(people, monkeypatch):
    """The twin: looking first and writing after must fail, or the tests above prove nothing."""
    looked = threading.Barrier(8)

    def write_without_condition(agreement, entries):
        for entry in entries:
            agreement.budget_years.filter(year=entry.year).update(
                committed_pence=F("committed_pence") + entry.pence
            )
        return []

    def look_then_write(request, by):
        fits = services.quote(request).fits
        looked.wait()
        refuse_if([] if fits else ["There is not enough money left."])
        decide(request, by)

    agreement, requests = requests_for(people, [(JUNE, 84_500)] * 8)
    set_ceilings(agreement, y2026=COST)
    monkeypatch.setattr(funding, "commit", write_without_condition)

    approved, refused, errors = approve_all_at_once(requests, people["manager"], look_then_write)

    assert (len(approved), refused, errors) == (8, [], [])
    assert committed(agreement) == {2026: 8 * COST}

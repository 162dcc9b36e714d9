"""Closing a year by two people, and what concerns its nights afterwards (money.md R23)."""

from datetime import UTC, date, datetime

import pytest

from dps_portal.refusals import Refused
from dps_portal.reports.scopes import Scope
from dps_portal.reports.spend import report
from placements import services
from placements.models import BudgetYear
from placements.states import LedgerKind, RequestKind, YearState
from tests.factories.placements import Journey, noon

from .test_services_money import assert_ledger_agrees, reasons

AFTER = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
FEBRUARY = date(2026, 2, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey():
    """A stay of 89 nights, 59 of them in 2025/26, for £845.00 a week."""
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    return Journey(planned=FEBRUARY, at=at).budget(y2025=2_000_000, y2026=2_000_000)


def year(number=2025):
    return BudgetYear.objects.get(year=number)


def close(journey):
    services.propose_close(year=year(), by=journey.people["commissioner"], at=AFTER)
    return services.confirm_close(year=year(), by=journey.people["finance"], at=AFTER)


def test_year_is_closed_by_two_people(journey):
    journey.leave(journey.admitted(FEBRUARY), date(2026, 5, 1))

    closed = close(journey)

    assert (closed.state, closed.closing_proposed_by, closed.closed_by, closed.closed_at) == (
        YearState.CLOSED,
        journey.people["commissioner"],
        journey.people["finance"],
        AFTER,
    )


def test_ceiling_of_a_closed_year_stays_as_it_was(journey):
    finance, commissioner = journey.people["finance"], journey.people["commissioner"]
    new = {"agreement": journey.agreement, "ceiling_pence": 1, "decision_reference": "Cabinet 7"}
    waiting = services.propose_ceiling(**new, year=2025, by=commissioner, at=AFTER)
    close(journey)

    with pytest.raises(Refused) as refusal:
        services.confirm_ceiling(revision=waiting, by=commissioner, at=AFTER)
    assert reasons(refusal) == [
        "You proposed this ceiling, so another person confirms it.",
        "The year is closed, so its ceiling stays as it was.",
    ]
    with pytest.raises(Refused) as refusal:
        services.propose_ceiling(**new, year=2025, by=finance, at=AFTER)
    assert reasons(refusal) == [
        "A ceiling for this year is already waiting to be confirmed.",
        "The year is closed, so its ceiling stays as it was.",
    ]


def test_proposer_does_not_confirm(journey):
    services.propose_close(year=year(), by=journey.people["commissioner"], at=AFTER)

    with pytest.raises(Refused) as refusal:
        services.confirm_close(year=year(), by=journey.people["commissioner"], at=AFTER)

    assert reasons(refusal) == ["You proposed to close this year, so another person confirms it."]


def test_every_reason_against_confirming_comes_at_once(journey):
    services.propose_close(year=year(), by=journey.people["commissioner"], at=AFTER)
    BudgetYear.objects.filter(year=2026).update(ceiling_pence=0)

    with pytest.raises(Refused) as refusal:
        services.confirm_close(year=year(), by=journey.people["commissioner"], at=AFTER)

    assert reasons(refusal) == [
        "You proposed to close this year, so another person confirms it.",
        "The next year needs a ceiling first, to take later corrections.",
    ]


def test_every_open_end_is_named(journey):
    placement = journey.admitted(FEBRUARY)
    placement.funded_until = date(2026, 3, 31)
    placement.save()
    journey.ask(placement, RequestKind.EXTENSION, end=date(2026, 4, 2))
    BudgetYear.objects.filter(year=2026).update(ceiling_pence=0)

    with pytest.raises(Refused) as refusal:
        services.propose_close(
            year=year(), by=journey.people["commissioner"], at=noon(date(2026, 3, 31))
        )

    assert reasons(refusal) == [
        "The year is not over yet.",
        "The next year needs a ceiling first, to take later corrections.",
        "A stay has nights in the year that nobody has funded or ended.",
        "A funding request about nights of the year is still undecided.",
    ]


def test_correction_of_a_closed_year_is_posted_in_the_open_one(journey):
    placement = journey.admitted(FEBRUARY)
    close(journey)
    before = {row.year: row.committed_pence for row in BudgetYear.objects.all()}

    journey.decide(
        journey.ask(
            placement,
            RequestKind.CORRECTION,
            start=FEBRUARY,
            end=date(2026, 3, 1),
            weekly_pence=91_500,
        )
    )

    entry = placement.entries.order_by("pk").last()
    assert (entry.budget_year.year, entry.corrects, entry.kind, entry.pence) == (
        2026,
        2025,
        LedgerKind.CORRECTION,
        28_000,  # 28 nights at £10.00 more
    )
    assert {row.year: row.committed_pence for row in BudgetYear.objects.all()} == {
        2025: before[2025],
        2026: before[2026] + 28_000,
    }
    assert services.compare_ledger().differences == []
    old, new = (
        report(journey.agreement, Scope.of_year(number, AFTER.date())) for number in (2025, 2026)
    )
    assert (old.ties_out, old.prior_years_pence) == (True, -28_000)
    assert (new.ties_out, new.prior_years_pence) == (True, 28_000)
    assert (old.committed_pence, new.committed_pence) == (before[2025], before[2026] + 28_000)
    told = services.outlook(year(2026), AFTER.date())
    assert told.parts[0].full_pence == 28_000
    assert told.committed.pence == year(2026).committed_pence


def test_correction_of_a_closed_year_takes_room_in_the_open_one(journey):
    placement = journey.admitted(FEBRUARY)
    close(journey)
    BudgetYear.objects.filter(year=2026).update(ceiling_pence=year(2026).committed_pence + 27_999)

    with pytest.raises(Refused) as refusal:
        journey.decide(
            journey.ask(
                placement,
                RequestKind.CORRECTION,
                start=FEBRUARY,
                end=date(2026, 3, 1),
                weekly_pence=91_500,
            )
        )

    assert reasons(refusal) == ["There is not enough money left in 2026/27."]


def test_late_exit_gives_the_money_of_a_closed_year_back_in_the_open_one(journey):
    placement = journey.admitted(FEBRUARY)
    close(journey)

    journey.leave(placement, date(2026, 3, 1))

    assert [
        (entry.budget_year.year, entry.corrects)
        for entry in placement.entries.filter(kind=LedgerKind.RELEASE).order_by("pk")
    ] == [(2026, None), (2026, 2025)]
    assert services.compare_ledger().differences == []


def test_closing_leaves_the_books_as_they_are(journey):
    journey.admitted(FEBRUARY)

    close(journey)

    assert_ledger_agrees()


# ── The daily check ──────────────────────────────────────────────────────────────────────────
def test_books_are_compared_once_a_day(journey):
    journey.admitted(FEBRUARY)

    done = services.reconcile(at=AFTER)

    assert (done.on, done.placements, done.entries, done.differences) == (
        date(2026, 5, 4),
        1,
        2,
        [],
    )
    assert services.reconcile(at=AFTER) is None
    assert services.reconcile(at=noon(date(2026, 5, 5))).differences == []


def test_finance_hears_of_a_difference(journey):
    placement = journey.admitted(FEBRUARY)
    placement.terms.update(weekly_pence=84_507)

    done = services.reconcile(at=AFTER)

    assert done.differences == [
        f"The placement {placement} costs +59 pence more in 2025/26 than its entries hold.",
        f"The placement {placement} costs +30 pence more in 2026/27 than its entries hold.",
    ]
    assert (
        list(journey.people["finance"].notifications.filter(subject__contains="daily check")) != []
    )

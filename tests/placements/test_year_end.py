"""The checklist of a year's end, and what runs on into the next year."""

import csv
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from dps_portal.refusals import Refused
from placements import services
from placements.models import BudgetYear, LedgerEntry, Placement
from placements.states import RequestKind, YearState
from tests.factories.agreements import LotFactory
from tests.factories.invoices import Billing
from tests.factories.placements import Journey, noon

pytestmark = pytest.mark.django_db

AFTER = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def journey():
    """A stay of 89 nights, 59 of them in 2025/26, for £845.00 a week."""
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    return Journey(planned=FEBRUARY, at=at).budget(y2025=2_000_000, y2026=2_000_000)


def year(number=2025):
    return BudgetYear.objects.get(year=number)


def still_open(on=date(2026, 5, 4)):
    checks = services.closing_checklist(year(), on)
    return {check.name: check.open for check in checks if check.open}


def test_a_year_in_which_nothing_is_open_passes_every_check(journey):
    billing = Billing(journey)
    placement = billing.placement
    journey.leave(placement, date(2026, 3, 20))
    all_nights = billing.line(FEBRUARY, date(2026, 3, 20), 567_357)  # 47 at £845.00 a week
    billing.pay(billing.approved(all_nights, on=date(2026, 3, 31)))
    facts = {"placement": placement, "by": journey.people["assessor"], "at": noon(date(2026, 4, 1))}
    services.record_report(received_on=date(2026, 4, 1), **facts)
    services.record_outcomes(
        scores=dict.fromkeys(("psychological", "physical", "quality"), (5, 9)), **facts
    )
    services.close_placement(**facts)

    assert still_open() == {}


def test_everything_that_is_open_is_named_by_reference(journey):
    billing = Billing(journey)
    placement = billing.placement
    matched = billing.matched(
        billing.line(FEBRUARY, date(2026, 3, 1), 338_000), on=date(2026, 4, 2)
    )
    bare = billing.entered(lines=[], pence=500, on=date(2026, 3, 30))
    disputed = billing.disputed(
        billing.line(date(2026, 3, 1), date(2026, 4, 8), 1_000), on=date(2026, 4, 9)
    )
    next_years = billing.entered(
        billing.line(date(2026, 4, 8), date(2026, 4, 9), 1_000), on=date(2026, 4, 9)
    )
    journey.leave(placement, date(2026, 4, 20))
    BudgetYear.objects.filter(year=2026).update(ceiling_pence=0)

    assert still_open() == {
        "next_ceiling": ("2026/27",),
        "unclosed": (placement.reference,),
        "invoices_received": (bare.reference,),
        "invoices_matched": (matched.reference,),
        "invoices_disputed": (disputed.reference,),
        "accruals": (placement.reference,),
    }
    assert next_years.reference not in str(still_open())
    assert still_open(date(2026, 3, 31))["over"] == ("2025/26",)


def test_a_stay_without_an_exit_and_an_undecided_request_stop_the_closing(journey):
    placement = journey.admitted(FEBRUARY)
    request = journey.ask(
        placement,
        RequestKind.PRICE_CHANGE,
        on=date(2026, 3, 2),
        start=date(2026, 3, 10),
        weekly_pence=90_000,
    )

    stops = {
        check.name
        for check in services.closing_checklist(year(), AFTER.date())
        if check.stops and check.open
    }

    assert stops == {"requests"}
    assert still_open()["requests"] == (request.reference,)
    assert len(services.objections_to_closing(year(), AFTER.date())) == len(stops)


@pytest.mark.parametrize(
    ("funded_until", "is_open"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)]
)
def test_only_a_night_of_the_year_without_funding_or_exit_is_an_open_end(
    journey, funded_until, is_open
):
    placement = journey.admitted(FEBRUARY)
    Placement.objects.filter(pk=placement.pk).update(funded_until=funded_until)

    assert ("exits" in still_open()) is is_open


def refusals(act, by):
    with pytest.raises(Refused) as refusal:
        act(year=year(), by=by, at=AFTER)
    return list(refusal.value.reasons)


def test_a_year_whose_books_disagree_is_not_closed(journey):
    journey.leave(journey.admitted(FEBRUARY), date(2026, 5, 1))
    BudgetYear.objects.filter(year=2025).update(committed_pence=1)

    (difference,) = still_open()["ledger"]

    assert difference.startswith("The year")
    assert refusals(services.propose_close, journey.people["commissioner"]) == [
        "Ledger, placements and years do not agree to the penny."
    ]


def test_a_difference_that_comes_up_after_the_proposal_stops_finance(journey):
    placement = journey.admitted(FEBRUARY)
    services.propose_close(year=year(), by=journey.people["commissioner"], at=AFTER)
    placement.terms.update(weekly_pence=84_507)

    assert refusals(services.confirm_close, journey.people["finance"]) == [
        "Ledger, placements and years do not agree to the penny.",
        "What the next year holds for a stay that runs on is not what it costs.",
    ]
    assert year().state == YearState.CLOSING


def test_years_are_closed_in_their_order(journey):
    journey.admitted(FEBRUARY)
    BudgetYear.objects.create(agreement=journey.agreement, year=2024, ceiling_pence=1)
    at = {"by": journey.people["commissioner"], "at": AFTER}

    assert still_open()["earlier"] == ("2024/25",)
    assert refusals(services.propose_close, journey.people["commissioner"]) == [
        "An earlier year of the agreement is still open, and is closed first."
    ]
    services.propose_close(year=year(2024), **at)
    assert still_open()["earlier"] == ("2024/25",)
    services.confirm_close(year=year(2024), by=journey.people["finance"], at=AFTER)
    assert services.propose_close(year=year(), **at).state == YearState.CLOSING


def test_another_agreements_open_year_does_not_matter(journey):
    journey.admitted(FEBRUARY)
    Journey(lot=LotFactory()).budget(y2024=1)

    assert "earlier" not in still_open()


def test_what_runs_over_31_march_is_carried_and_adds_up_to_the_ledger(journey):
    running = journey.admitted(FEBRUARY)
    before = Journey(lot=journey.lot, planned=FEBRUARY, at=journey.at)
    gone = before.admitted(FEBRUARY)
    before.leave(gone, date(2026, 3, 30))
    later = Journey(lot=journey.lot, planned=date(2026, 4, 1), at=journey.at).admitted(
        date(2026, 4, 1)
    )

    carried = services.carry_over(year())

    ledger = sum(
        LedgerEntry.objects.filter(placement=running, budget_year__year=2026).values_list(
            "pence", flat=True
        )
    )
    assert [(one.reference, one.cost_pence, one.ledger_pence) for one in carried] == [
        (running.reference, ledger, ledger)
    ]
    assert ledger > 0
    assert later.entries.get().budget_year.year == 2026


def test_the_page_lists_what_is_open_and_gives_the_carry_over_as_a_file(client, journey):
    placement = journey.admitted(FEBRUARY)
    page = reverse("placements:year_checklist", args=[journey.agreement.reference, 2025])
    client.force_login(journey.people["finance"])
    with time_machine.travel(AFTER, tick=False):
        shown = client.get(page)
        rows = list(csv.reader(client.get(f"{page}?download=csv").content.decode().splitlines()))

    (carried,) = services.carry_over(year())
    amount = f"{carried.ledger_pence / 100:.2f}"
    assert shown.context["ledger_pence"] == carried.ledger_pence
    assert rows[1] == [placement.reference, amount, amount, "0.00"]
    assert "Commitments carried over" in shown.content.decode()


def test_the_checklist_is_given_as_a_file_as_it_is_shown(client, journey):
    placement = journey.admitted(FEBRUARY)
    page = reverse("placements:year_checklist", args=[journey.agreement.reference, 2025])
    client.force_login(journey.people["commissioner"])
    with time_machine.travel(AFTER, tick=False):
        shown = client.get(page)
        rows = list(
            csv.reader(
                client.get(f"{page}?download=csv&table=checks").content.decode().splitlines()
            )
        )

    assert len(rows) == len(shown.context["checks"]) + 1
    assert rows[0] == ["Check", "State", "Still open", "Amount"]
    assert rows[1] == ["The year is over", "Done", "", ""]
    (accrued,) = [row for row in rows if row[0].startswith("Every night given")]
    assert accrued[1:] == ["Open", placement.reference, "7122.14"]  # 59 nights at £845.00 a week
    assert [act.name for act in shown.context["closing"]] == ["propose_close"]

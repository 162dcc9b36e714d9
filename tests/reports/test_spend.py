"""The spend report: one value that ties out with the ledger (money.md §10.1)."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dps_portal.money import half_up
from dps_portal.reports import packs, spend
from dps_portal.reports.frozen import digest_of, freeze, thaw
from dps_portal.reports.scopes import Scope
from dps_portal.reports.spend.values import Share, SpendReport
from placements import services
from placements.models import BudgetYear
from placements.states import RequestKind
from providers.models import Rate
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.invoices import TODAY, Billing
from tests.factories.open_data import paid
from tests.factories.placements import PLANNED, Journey, admit, council, noon, owner_of, provider_on

pytestmark = pytest.mark.django_db

BEFORE = date(2026, 4, 1)
WEEK = 84_500  # of the factory's provider; thirteen weeks from 10 June
MARCH = date(2027, 3, 10)


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000, y2027=27_000_000)


def report(agreement, year, as_of):
    return spend.report(agreement, Scope.of_year(year, as_of))


def this_year(journey, as_of=BEFORE):
    return report(journey.agreement, 2026, as_of)


def other_placement(journey, *, name="Harbour House", planned=None, lot=None):
    lot = lot or journey.lot
    other = Journey(
        lot=lot,
        people=journey.people,
        provider=provider_on(lot, name=name),
        planned=planned or journey.planned,
    )
    return other.approved()


def test_year_without_anything_is_all_zero():
    nothing = report(AgreementFactory(), 2026, BEFORE)

    assert (nothing.ceiling_pence, nothing.committed_pence, nothing.lines) == (0, 0, ())
    assert nothing.ties_out


def test_offered_placement_commits_nothing(journey):
    journey.offered()

    assert this_year(journey).lines == ()


def test_approved_placement_is_committed_from_its_first_night(journey):
    placement = journey.approved()
    (line,) = this_year(journey).lines

    assert (line.reference, line.provider, line.lot) == (
        placement.reference,
        "Harbour House",
        str(journey.lot),
    )
    assert line.start == date(2026, 6, 10)
    assert line.end == date(2026, 9, 10)
    assert line.committed_pence == 1_110_571  # 92 nights: 84,500 × 92 / 7, half up
    assert line.accrued_pence == 0


def test_totals_tie_out(journey):
    journey.approved()
    whole = this_year(journey)

    assert whole.ties_out
    assert (
        whole.placements_pence
        == whole.committed_pence
        == whole.budget_pence
        == sum(month.committed_pence for month in whole.by_month)
        == sum(lot.committed_pence for lot in whole.by_lot)
        == 1_110_571
    )
    assert whole.headroom_pence == 27_000_000 - 1_110_571


def test_changed_total_is_noticed(journey):
    journey.approved()
    BudgetYear.objects.filter(year=2026).update(committed_pence=1)

    assert not this_year(journey).ties_out


def test_nights_without_a_ledger_entry_are_noticed(journey):
    placement = journey.approved()
    placement.terms.create(
        start=date(2026, 9, 10), end=date(2027, 5, 8), weekly_pence=WEEK, **_approved(placement)
    )

    assert not report(journey.agreement, 2027, BEFORE).ties_out


def _approved(placement):
    term = placement.terms.get()
    return {
        field.name: getattr(term, field.name)
        for field in term._meta.concrete_fields
        if field.name not in {"id", "placement", "start", "end", "weekly_pence"}
    }


def test_nights_accrue_up_to_the_day_itself(journey):
    journey.admitted()

    assert this_year(journey, date(2026, 6, 10)).accrued_pence == 0
    assert this_year(journey, date(2026, 6, 17)).accrued_pence == WEEK
    later = this_year(journey, date(2027, 4, 1))
    assert (later.accrued_pence, later.remaining_pence) == (1_110_571, 0)


def test_nothing_has_accrued_of_who_is_yet_to_come(journey):
    journey.approved()  # and expected on 10 June

    whole = this_year(journey, date(2026, 6, 17))

    assert (whole.committed_pence, whole.accrued_pence) == (1_110_571, 0)


def test_exit_releases_the_rest(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 8))
    whole = this_year(journey)

    assert (whole.committed_pence, whole.ties_out) == (4 * WEEK, True)
    assert whole.lines[0].end == date(2026, 7, 8)


def test_stay_over_31_march_is_split_between_the_years():
    journey = Journey(planned=MARCH).budget(y2026=27_000_000, y2027=27_000_000)
    placement = journey.approved()
    first, second = (report(journey.agreement, year, BEFORE) for year in (2026, 2027))

    assert {2026: first.committed_pence, 2027: second.committed_pence} == services.position(
        placement
    )
    assert first.ties_out
    assert second.ties_out
    assert (first.lines[0].end, second.lines[0].start) == (date(2027, 4, 1), date(2027, 4, 1))


def test_parts_by_lot_provider_and_month(journey):
    enhanced = LotFactory(agreement=journey.agreement, title="Enhanced")
    journey.admitted()
    other_placement(journey, name="Abbey House", lot=enhanced)
    whole = this_year(journey, date(2026, 6, 17))

    assert whole.by_provider == (
        Share("Abbey House", 1_110_571, 0),
        Share("Harbour House", 1_110_571, WEEK),
    )
    assert {lot.name for lot in whole.by_lot} == {str(journey.lot), str(enhanced)}
    assert [month.name for month in whole.by_month if month.committed_pence] == [
        "June 2026",
        "July 2026",
        "August 2026",
        "September 2026",
    ]
    assert len(whole.by_month) == 12


def test_nights_stand_with_the_lot_they_were_on_and_the_sums_tie_out(journey):
    """A move to another lot, then a price corrected for nights before it (money.md R17, R18)."""
    lot = LotFactory(agreement=journey.agreement, number=2, ceiling_weekly_pence=200_000)
    admit(journey.provider, lot, since=date(2022, 4, 1), owner=owner_of(journey.provider))
    Rate.objects.create(
        provider=journey.provider,
        lot=lot,
        effective_from=date(2022, 4, 1),
        weekly_pence=99_999,
        source="price_list",
    )
    placement = journey.admitted()
    july, september = date(2026, 7, 15), date(2026, 9, 10)
    journey.decide(journey.ask(placement, RequestKind.BAND_CHANGE, lot=lot, start=july))
    wrong = {"start": date(2026, 6, 10), "end": date(2026, 6, 17), "weekly_pence": 70_001}
    journey.decide(journey.ask(placement, RequestKind.CORRECTION, **wrong))
    charge = {"start": date(2026, 7, 1), "one_off_pence": 12_345, "label": "Travel"}
    journey.decide(journey.ask(placement, RequestKind.ONE_OFF, **charge))

    whole = this_year(journey, date(2026, 7, 22))

    before = half_up(Fraction(70_001 * 7 + 84_500 * 28, 7))
    nights = half_up(Fraction(70_001 * 7 + 84_500 * 28 + 99_999 * 57, 7))
    a_week = half_up(Fraction(70_001 * 7 + 84_500 * 28 + 99_999 * 7, 7)) - before
    assert set(whole.by_lot) == {
        Share(str(journey.lot), before + 12_345, before + 12_345),
        Share(str(lot), nights - before, a_week),
    }
    assert [(line.reference, line.lot, line.start, line.end) for line in whole.lines] == [
        (placement.reference, str(journey.lot), date(2026, 6, 10), july),
        (placement.reference, str(lot), july, september),
    ]
    assert whole.ties_out
    assert whole.committed_pence == sum(lot.committed_pence for lot in whole.by_lot)
    assert whole.committed_pence == sum(month.committed_pence for month in whole.by_month)
    assert whole.accrued_pence == sum(month.accrued_pence for month in whole.by_month)


def test_another_agreements_money_stays_out(journey):
    journey.approved()
    Journey(people=journey.people).budget(y2026=27_000_000).approved()

    assert len(this_year(journey).lines) == 1


def test_confirmed_ceilings_are_listed_in_order(journey):
    people = council()
    at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    for pence, reference in ((27_000_000, "Budget 2026"), (30_000_000, "Decision 12")):
        revision = services.propose_ceiling(
            agreement=journey.agreement,
            year=2026,
            ceiling_pence=pence,
            decision_reference=reference,
            by=people["commissioner"],
            at=at,
        )
        services.confirm_ceiling(revision=revision, by=people["finance"], at=at)
    services.propose_ceiling(
        agreement=journey.agreement,
        year=2026,
        ceiling_pence=1,
        decision_reference="Not confirmed",
        by=people["commissioner"],
        at=at,
    )
    whole = this_year(journey)

    assert [row.decision for row in whole.revisions] == ["Budget 2026", "Decision 12"]
    assert whole.ceiling_pence == 30_000_000


def test_report_names_nobody(journey):
    placement = journey.approved()
    figures = str(freeze(this_year(journey)))

    assert placement.referral.person.reference not in figures
    assert "Alex Example" not in figures


def test_frozen_figures_make_the_same_report_again(journey):
    journey.approved()
    whole = this_year(journey)

    again = thaw(SpendReport, freeze(whole))
    assert again == whole
    assert digest_of(freeze(again)) == digest_of(freeze(whole))


def test_digest_changes_with_the_figures(journey):
    before = digest_of(freeze(this_year(journey)))
    journey.approved()

    assert digest_of(freeze(this_year(journey))) != before


# ── Closed years, and providers of one name ──────────────────────────────────────────────────
def test_closed_year_has_no_forecast_and_says_why():
    """A correction of its nights is in the year that carries it, which a forecast would not see."""
    journey = Journey(planned=date(2026, 2, 3), at=noon(date(2026, 1, 12)))
    placement = journey.budget(y2025=27_000_000, y2026=27_000_000).admitted()
    year, at = BudgetYear.objects.get(year=2025), noon(date(2026, 5, 8))
    before = report(journey.agreement, 2025, BEFORE)
    services.propose_close(year=year, by=journey.people["commissioner"], at=at)
    services.confirm_close(year=year, by=journey.people["finance"], at=at)
    wrong = {"start": date(2026, 3, 1), "end": date(2026, 3, 8), "weekly_pence": 80_000}
    journey.at = noon(date(2026, 5, 9))
    journey.decide(journey.ask(placement, RequestKind.CORRECTION, on=date(2026, 5, 9), **wrong))

    closed, later = (report(journey.agreement, one, TODAY) for one in (2025, 2026))

    assert (closed.committed_pence, closed.forecast) == (before.committed_pence, None)
    tables = {table.name: table for table in spend.tables_of(closed)}
    assert "forecast_parts" not in tables
    assert tables["forecast"].rows == ()
    assert tables["forecast"].empty.startswith("2025/26 is closed: ")
    assert later.forecast.committed.pence == later.committed_pence
    packed = packs.tables_of(packs.pack(journey.agreement, packs.month_of(date(2026, 3, 1), TODAY)))
    assert [table.empty for table in packed if table.name == "forecast"] == [
        tables["forecast"].empty
    ]


def test_providers_of_one_name_stay_apart(journey):
    first, second = journey.approved(), other_placement(journey, name="Harbour House")
    other_placement(journey, name="Abbey House")

    whole = this_year(journey)

    names = [f"Harbour House ({one.provider.reference})" for one in (first, second)]
    assert whole.by_provider == (
        Share("Abbey House", 1_110_571, 0),
        *(Share(name, 1_110_571, 0) for name in sorted(names)),
    )
    called = {line.reference: line.provider for line in whole.lines}
    assert [called[one.reference] for one in (first, second)] == names


def test_report_asks_as_few_questions_for_three_placements_as_for_one(
    journey, django_assert_num_queries
):
    journey.approved()
    with CaptureQueriesContext(connection) as one:
        this_year(journey)
    other_placement(journey)
    other_placement(journey)

    with django_assert_num_queries(len(one)):
        assert len(this_year(journey).lines) == 3


def test_invoiced_is_counted_by_its_nights_and_months_add_up():
    billing = Billing()
    billing.entered(billing.line(PLANNED, TODAY, 100_001))
    billing.entered(billing.line(date(2026, 7, 1), date(2026, 7, 8), -500))

    whole = spend.report(billing.journey.agreement, Scope.of_year(2026, TODAY))

    assert whole.invoiced_pence == 99_501
    months = {one.name: one.invoiced_pence for one in whole.by_month if one.invoiced_pence}
    assert months == {"June 2026": 52_501, "July 2026": 47_000}  # 21 of 40 nights; 19, less £5.00
    assert [line.invoiced_pence for line in whole.lines] == [99_501]
    assert [one.invoiced_pence for one in whole.by_lot + whole.by_provider] == [99_501, 99_501]
    other = spend.report(billing.journey.agreement, Scope.of_year(2025, TODAY))
    assert other.invoiced_pence == 0


def test_an_invoice_for_no_named_night_stands_beside_what_is_matched():
    billing = Billing()
    journey, provider = billing.journey, billing.provider
    other = provider_on(journey.lot, name="Quayside")
    this = {"start": date(2026, 4, 1), "end": date(2027, 4, 1), "as_of": TODAY}
    billing.entered()  # with a line
    assert whats(journey, Scope(**this)).count(NOT_NAMED) == 0
    paid(provider, 12_345, date(2026, 4, 1))
    paid(provider, -45, date(2027, 3, 31))
    paid(provider, 99_999, date(2027, 4, 1))  # of the next year
    billing.rejected(lines=[], pence=777)

    told = {
        name: spend.report(journey.agreement, Scope(**this, **filters)).unmatched_pence
        for name, filters in {
            "all": {},
            "provider": {"provider": provider.reference},
            "other": {"provider": other.reference},
            "lot": {"lot": journey.lot.number},
        }.items()
    }
    assert told == {"all": 12_300, "provider": 12_300, "other": 0, "lot": 0}
    assert whats(journey, Scope(**this)).count(NOT_NAMED) == 1


NOT_NAMED = "Invoiced in these days for no named night"


def whats(journey, scope):
    totals, *_ = spend.tables_of(spend.report(journey.agreement, scope))
    return [row[0] for row in totals.rows]

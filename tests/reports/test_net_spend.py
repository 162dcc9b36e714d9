"""Gross, contribution and net in the spend report, to the penny (money.md R20)."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from dps_portal.money import half_up
from dps_portal.reports import spend
from dps_portal.reports.frozen import freeze, thaw
from dps_portal.reports.scopes import Scope
from dps_portal.reports.spend.values import SpendReport
from placements import services
from placements.states import Collector
from tests.factories.placements import Journey, noon

from .test_spend import MARCH, other_placement, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def paying():
    """A stay over 31 March to which the person pays £111.11 a week from its eighth night."""
    journey = Journey(planned=MARCH).budget(y2026=27_000_000, y2027=27_000_000)
    placement = journey.admitted()
    services.record_contribution(
        placement=placement,
        start=MARCH + timedelta(days=7),
        weekly_pence=11_111,
        collector=Collector.COUNCIL,
        by=journey.people["assessor"],
        at=noon(MARCH),
    )
    other_placement(journey, name="Abbey House", planned=MARCH)
    return journey, placement


def test_contribution_and_net_stand_beside_the_gross_that_the_ceiling_is_tested_on(paying):
    journey, placement = paying
    first, second = (report(journey.agreement, year, MARCH) for year in (2026, 2027))

    paid = {2026: 23_809, 2027: 111_110}  # 15 nights of 11,111 / 7, then the rest of 85: 70
    assert {
        year: one.contribution_pence for year, one in services.shares_of(placement).items()
    } == paid
    assert (first.contribution_pence, second.contribution_pence) == tuple(paid.values())
    for whole in (first, second):
        assert whole.net_pence == whole.committed_pence - whole.contribution_pence
        assert whole.headroom_pence == 27_000_000 - whole.committed_pence
        for parts in (whole.by_month, whole.by_lot, whole.by_provider, whole.lines):
            assert sum(one.contribution_pence for one in parts) == whole.contribution_pence
    assert [(one.name, one.contribution_pence) for one in first.by_provider] == [
        ("Abbey House", 0),
        ("Harbour House", 23_809),
    ]


def test_periods_have_the_contributions_of_their_nights_and_add_up_to_the_year(paying):
    journey, _ = paying
    edges = [date(2026, 4, 1), date(2027, 3, 14), date(2027, 3, 20), date(2027, 4, 1)]
    parts = [
        spend.report(journey.agreement, Scope(start, end, MARCH)).contribution_pence
        for start, end in pairwise(edges)
    ]

    assert parts == [0, 4_762, 19_047]  # 3 of 15 nights, and what is left of the year


def test_tables_show_contribution_and_net(paying):
    journey, _ = paying
    tables = {
        table.name: table for table in spend.tables_of(report(journey.agreement, 2026, MARCH))
    }

    assert [row[0] for row in tables["totals"].rows] == [
        *("Ceiling", "Committed", "Contribution of the people placed"),
        *("Committed, net of contributions", "Accrued before 10 March 2027"),
        *("Invoiced for these nights", "Remaining", "Headroom", "Exposure, not committed"),
    ]
    assert (
        tables["totals"].note == "The ceiling is tested on what is committed, before contributions."
    )
    assert [column.name for column in tables["by_provider"].columns] == [
        *("Provider", "Committed", "Contribution", "Net", "Accrued", "Invoiced", "Remaining"),
    ]
    gross = half_up(Fraction(84_500 * 22, 7))
    assert tables["by_provider"].rows == (
        ("Abbey House", gross, 0, gross, 0, 0, gross),
        ("Harbour House", gross, 23_809, gross - 23_809, 0, 0, gross),
    )


def test_report_frozen_before_contributions_were_counted_opens_and_tells_of_none(paying):
    journey, _ = paying
    figures = freeze(report(journey.agreement, 2026, MARCH))
    del figures["contribution_pence"], figures["is_closed"]
    for rows in ("lines", "by_lot", "by_provider", "by_month"):
        for row in figures[rows]:
            del row["contribution_pence"]

    old = thaw(SpendReport, figures)

    assert (old.contribution_pence, old.net_pence, old.is_closed) == (None, None, False)
    tables = {table.name: table for table in spend.tables_of(old)}
    assert [column.name for column in tables["by_provider"].columns] == [
        *("Provider", "Committed", "Accrued", "Invoiced", "Remaining"),
    ]
    gross = 2 * half_up(Fraction(84_500 * 22, 7))
    assert tables["by_provider"].total == ("Total", gross, 0, 0, gross)
    assert not any("contribution" in row[0].lower() for row in tables["totals"].rows)

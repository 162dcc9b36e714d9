"""Oversight in the browser: a return is sent, rates come in, figures lead to rows, the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.rules import Quarter
from dps_portal.reports.models import QuarterlyReturn, RateImport, Verification
from tests.factories.accounts import UserFactory
from tests.factories.placements import Journey, noon, owner_of
from tests.factories.tenders import Competition

from .walk import three_boxes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def journey():
    """Somebody came two months ago and left after one; another is there."""
    today = timezone.localdate()
    planned = today - timedelta(days=60)
    years = {f"y{year}": 27_000_000 for year in range(today.year - 1, today.year + 2)}
    first = Journey(planned=planned, at=noon(planned - timedelta(days=20))).budget(**years)
    first.leave(first.admitted(), planned + timedelta(days=30))
    Journey(
        lot=first.lot,
        provider=first.provider,
        people=first.people,
        planned=planned,
        at=noon(planned - timedelta(days=20)),
    ).admitted()
    return first


def test_oversight(walk, journey, tmp_path):
    today = timezone.localdate()
    over = Quarter.of(Quarter.of(today).start - timedelta(days=1))

    walk.become(owner_of(journey.provider)).open("reports:dashboard")
    walk.open("reports:return_list")
    walk.open("reports:submit_return", over.start.year, over.start.month)
    walk.refused(nothing_to_report="no", nights_stayed="many", complaints="0")
    walk.send(
        nights_stayed="12",
        complaints="0",
        safeguarding_concerns="0",
        serious_incidents="0",
        staff_vacancies="1",
    )
    assert QuarterlyReturn.objects.get().nights_stayed == 12

    file = tmp_path / "rates.csv"
    file.write_text(
        f"authority,lot,weekly price,from\nAlderport,{journey.lot.number},820,2026-04-01\n"
        f"Coldmere,{journey.lot.number},dear,2026-04-01\n",
        encoding="utf-8",
    )
    walk.become(UserFactory(roles=[Role.PROCUREMENT])).open("reports:import_rates")
    walk.send(source="Decision record", **three_boxes("obtained_on", today), file=str(file))
    walk.send("Import 1 row")
    walk.open("reports:rate_list").open("reports:benchmark")
    walk.open("reports:withdraw_rates", RateImport.objects.get().pk)

    walk.become(journey.people["commissioner"]).open("reports:dashboard")
    for name in ("admissions", "planned_exits", "replies", "discharge_reports"):
        walk.open("reports:figure_rows", name)
    walk.open("reports:scorecard_list", query=f"quarter={over.start}")
    walk.open("reports:scorecard", journey.provider.reference)


def test_the_desk_of_the_auditor(walk, journey):
    auditor = UserFactory(roles=[Role.AUDITOR])
    competition = Competition()
    competition.awarded()
    competition.declare(auditor)

    walk.become(auditor).open("reports:auditor_desk").send("Verify the trail and the ledger")
    assert Verification.objects.get().is_whole
    walk.open("reports:audit_trail").open("reports:duty_list").open("reports:duty", "funding")
    walk.open("reports:access_summary").open("placements:access_list")
    walk.open("reports:score_check_list")
    assert (
        "comes out again exactly"
        in walk.open("reports:score_check", competition.tender.reference).text
    )
    placement = journey.provider.placements.first()
    walk.open("reports:cost_check_list")
    assert (
        "exactly what the ledger holds" in walk.open("reports:cost_check", placement.reference).text
    )

"""The demonstration council: everything signs in, everything ties out, the same for one day."""

import io
import json
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.audit import verification
from dps_portal.demo.competitions import TITLES
from dps_portal.demo.people import PASSWORD, sign_ins
from dps_portal.demo.seed import seed
from placements.models import BudgetYear, Invoice, LedgerEntry
from placements.services import compare_ledger
from placements.states import InvoiceState
from providers.models import Application
from providers.states import ApplicationState
from tenders.models import Tender
from tenders.states import TenderState

from .conftest import TODAY


def test_the_demonstration_is_whole(council, tmp_path):
    assert {role: len(people) for role, people in sign_ins().items()} == dict.fromkeys(Role, 2)
    assert verification.verify().broken_at is None
    assert compare_ledger().differences == []
    assert [year.year for year in BudgetYear.objects.order_by("year")] == list(range(2022, 2028))
    assert [year for year in BudgetYear.objects.all() if year.headroom_pence < 0] == []
    assert set(Application.objects.values_list("state", flat=True)) == set(ApplicationState)
    assert set(Invoice.objects.values_list("state", flat=True)) == set(InvoiceState)
    assert set(Tender.objects.values_list("state", flat=True)) == set(TenderState) - {
        TenderState.ABANDONED
    }

    out = tmp_path / "manifest.json"
    call_command("acceptance_manifest", out=out, stdout=io.StringIO())
    manifest = json.loads(out.read_text())
    assert set(manifest["roles"]) == set(Role.values)
    user = manifest["roles"]["finance"][0]
    client = Client()
    client.post("/account/login/", {"login": user["user"], "password": user["password"]})
    assert client.get(manifest["pages"]["spend.report"]).status_code == 200
    assert user["password"] == PASSWORD


def story() -> list[tuple]:
    rows = LedgerEntry.objects.order_by("pk")
    return list(rows.values_list("pence", "kind", "placement__reference", "effective_on"))


@pytest.mark.one_engine  # told by the services, whose every test runs on both
def test_the_same_day_makes_the_same_story(council):
    told = story()
    connection.ops.execute_sql_flush([])  # of the tests' own: every table that has rows
    assert story() == []

    seed(TODAY)

    assert len(told) > 200
    assert story() == told


# Days that are past: no test moves PostgreSQL's own clock, which lets nothing happen before it does.
LATE_IN_THE_FIFTH_YEAR = (2022, date(2026, 3, 20))  # when its tenders would begin after its end


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("begun", "day"),
    [
        LATE_IN_THE_FIFTH_YEAR,
        *(
            pytest.param(begun, day, marks=pytest.mark.bench)
            for begun, day in [
                (2021, date(2025, 12, 31)),
                (2022, date(2026, 1, 1)),
                (2022, date(2026, 4, 1)),
                (2020, date(2024, 2, 29)),
            ]
        ),
    ],
)
def test_it_can_be_made_on_any_day(council, begun, day):
    connection.ops.execute_sql_flush([])

    with time_machine.travel(datetime.combine(day, time(12), tzinfo=UTC), tick=False):
        seed(day)

    agreement = Agreement.objects.get()
    assert (agreement.start.year, agreement.end.year) == (begun, begun + 5)
    assert compare_ledger().differences == []
    assert len(set(Tender.objects.values_list("state", flat=True))) == len(TITLES)

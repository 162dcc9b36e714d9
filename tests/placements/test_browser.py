"""Forecast, calendar, transfer and draft in a real browser: no axe findings, no sideways scroll."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dps_portal.clock import financial_year
from placements import rules, services
from placements.models import BudgetYear
from placements.states import RequestKind
from tests.factories.placements import Journey, provider_on
from tests.tenders.test_browser import look  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.journey,
    pytest.mark.usefixtures("transactional_db"),
]


def test_forecast_and_calendar(look):  # noqa: F811 - the fixture
    now = timezone.now()
    today = timezone.localdate(now)
    year = financial_year(today)
    journey = Journey(planned=today - timedelta(days=20), at=now - timedelta(days=30))
    journey.budget(**{f"y{year - 1}": 5_000_000, f"y{year}": 2_000_000, f"y{year + 1}": 5_000_000})
    journey.admitted()
    later = Journey(
        lot=journey.lot,
        provider=journey.provider,
        people=journey.people,
        planned=today + timedelta(days=9),
        at=journey.at,
    )
    request = later.requested()
    people = journey.people
    budget = BudgetYear.objects.get(year=year)
    services.set_assumptions(
        agreement=journey.agreement,
        figures={**rules.SEEDS, "extension": 30},
        reason="Report of finance.",
        by=people["commissioner"],
        at=now,
    )
    run = services.keep_forecast(year=budget, by=people["commissioner"], at=now)
    of_year = (journey.agreement.reference, year)

    look(people["commissioner"], "placements:forecast", *of_year)
    look(people["commissioner"], "placements:set_assumptions", *of_year)
    look(people["finance"], "placements:forecast_run", *of_year, run.pk)
    look(people["manager"], "placements:funding_request", request.reference)
    look(people["manager"], "reports:calendar")
    look(people["manager"], "reports:calendar_month", today.year, today.month)
    look(people["manager"], "reports:calendar_link")


def test_transfer_and_draft(look):  # noqa: F811 - the fixture
    now = timezone.now()
    today = timezone.localdate(now)
    year = financial_year(today)
    journey = Journey(planned=today - timedelta(days=20), at=now - timedelta(days=30))
    journey.budget(**{f"y{each}": 5_000_000 for each in (year - 1, year, year + 1)})
    valley = provider_on(journey.lot, weekly_pence=87_500, name="Valley House")
    first, assessor = journey.admitted(), journey.people["assessor"]
    draft = services.save_request(
        placement=first,
        kind=RequestKind.EXTENSION,
        end=first.funded_until + timedelta(days=28),
        reason="Four more weeks.",
        by=assessor,
        at=now,
    )

    look(assessor, "placements:placement", first.reference)
    look(assessor, "placements:match_referral", first.referral.reference)
    look(assessor, "placements:funding_request", draft.reference)
    look(assessor, "placements:change_request", draft.reference)
    second = journey.prepare_transfer(first, valley, today)
    look(assessor, "placements:record_exit", first.reference)
    look(assessor, "placements:record_admission", second.reference)
    look(assessor, "placements:placement", second.reference)

"""Each setting of an agreement is read where it counts, and nothing approved moves by it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from placements import services
from placements.models import CeilingAlert, Term
from placements.rules import SMALLEST_COUNT
from tests.factories.placements import PLANNED, Journey, noon, settle

pytestmark = pytest.mark.django_db

COST = 1_110_571  # 92 nights at £845.00 a week


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def another(journey, **facts):
    return Journey(lot=journey.lot, provider=journey.provider, people=journey.people, **facts)


def words_of(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"placements:{name}", args=args)).content.decode()


# ── How long a stay is funded ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changed", "until"),
    [
        ({"first_funding_months": 2}, date(2026, 8, 10)),
        ({"funding_stages": [6, 6]}, date(2026, 7, 22)),
    ],
)
def test_first_funding_is_as_long_as_the_agreement_says_when_it_is_asked_for(
    journey, changed, until
):
    approved = journey.approved()
    settle(journey.agreement, **changed)

    assert another(journey).approved().funded_until == until
    approved.refresh_from_db()
    assert approved.funded_until == date(2026, 9, 10)


def test_usual_extension_is_what_the_request_page_proposes(client, journey):
    placement = journey.admitted()
    settle(journey.agreement, extension_days=35)

    client.force_login(journey.people["assessor"])
    page = client.get(
        reverse("placements:request_funding", args=[placement.reference, "extension"])
    )

    assert page.context["form"].initial == {"end": date(2026, 10, 15)}


def test_stay_beyond_the_longest_needs_a_reason_of_its_approver(journey):
    request = journey.extension(journey.admitted(), date(2026, 11, 10))  # five months in all

    assert not services.is_long_stay(request)
    settle(journey.agreement, longest_stay_months=4)
    request.placement.referral.agreement.refresh_from_db()
    assert services.is_long_stay(request)


def test_least_number_of_nights_stands_with_the_placement_it_was_offered_with(journey):
    before = journey.admitted()
    settle(journey.agreement, minimum_nights=3)
    after = another(journey).admitted()

    journey.leave(before, PLANNED, status="unplanned")
    journey.leave(after, PLANNED, status="unplanned")
    settle(journey.agreement, minimum_nights=0)

    assert services.position(before) == {2026: 12_071}
    assert services.position(after) == {2026: 36_214}
    assert services.compare_ledger().differences == []


def test_no_setting_moves_what_is_approved(journey):
    placement = journey.admitted()
    journey.decide(journey.extension(placement, date(2026, 10, 8)))
    terms = list(Term.objects.values())
    cost = services.position(placement)

    settle(
        journey.agreement,
        first_funding_months=1,
        funding_stages=[2],
        extension_days=7,
        longest_stay_months=1,
        minimum_nights=28,
        absence_percent=0,
        later_absence_percent=0,
    )

    assert list(Term.objects.values()) == terms
    assert services.position(type(placement).objects.get()) == cost
    assert services.compare_ledger().differences == []


# ── Absences ─────────────────────────────────────────────────────────────────────────────────
def test_usual_bands_of_an_absence_are_those_of_the_agreement(client, journey):
    placement = journey.admitted()
    settle(journey.agreement, absence_nights=3, absence_percent=90, later_absence_percent=25)
    client.force_login(journey.people["assessor"])
    address = reverse("placements:record_absence", args=[placement.reference])

    form = client.get(address).context["form"]
    first, last = date(2026, 7, 1), date(2026, 7, 3)
    client.post(
        address,
        {
            **{f"start_{part}": getattr(first, part) for part in ("day", "month", "year")},
            **{f"end_{part}": getattr(last, part) for part in ("day", "month", "year")},
            "reason": "Repairs",
            "cost_centre": "provider",
        },
    )

    bands = ("first_nights", "first_percent", "later_percent")
    assert [form[name].value() for name in bands] == [3, 90, 25]
    assert placement.absences.values_list(*bands).get() == (3, 90, 25)


@pytest.mark.parametrize(("night", "is_flagged"), [(5, True), (6, False)])
def test_long_absence_is_flagged_from_the_night_of_the_agreement(
    client, journey, time_machine, night, is_flagged
):
    placement = journey.admitted()
    settle(journey.agreement, absence_check_night=night)
    time_machine.move_to(noon(date(2026, 7, 5)), tick=False)
    services.record_absence(
        placement=placement,
        start=date(2026, 7, 1),
        end=date(2026, 7, 11),
        reason="Hospital",
        cost_centre="council",
        first_nights=7,
        first_percent=100,
        later_percent=100,
        by=journey.people["assessor"],
        at=noon(date(2026, 7, 5)),
    )

    words = words_of(client, journey.people["assessor"], "placement", placement.reference)

    assert ("Long absence" in words) == is_flagged


# ── Working days and reviews ─────────────────────────────────────────────────────────────────
def test_days_of_a_step_count_from_when_it_begins_and_those_given_before_stay(journey):
    waiting, offered = journey.submitted(), another(journey).offered()
    assert (waiting.due_on, offered.reply_due_on) == (date(2026, 5, 6), date(2026, 5, 7))

    settle(journey.agreement, allocate_days=1, assess_days=6, assess_urgent_days=3, reply_days=1)

    assert another(journey).submitted().due_on == date(2026, 5, 5)
    assert another(journey).assessing().due_on == date(2026, 5, 12)
    urgent = journey.draft(urgency="urgent", urgency_reason="At risk.")
    assert journey.submit_and_allocate(urgent).due_on == date(2026, 5, 7)
    assert another(journey).offered().reply_due_on == date(2026, 5, 5)
    for one in (waiting, offered):
        one.refresh_from_db()
    assert (waiting.due_on, offered.reply_due_on) == (date(2026, 5, 6), date(2026, 5, 7))


def test_decision_that_is_late_is_told_of_as_the_agreement_says(journey):
    request = journey.requested()
    sixth = datetime(2026, 5, 6, 9, tzinfo=ZoneInfo("Europe/London"))
    assert services.remind_of_overdue_decisions(at=sixth) == 0

    settle(journey.agreement, decide_funding_days=1)

    approvers = User.objects.with_permission(Permission.APPROVE_FUNDING).count()
    assert services.remind_of_overdue_decisions(at=sixth) == approvers
    assert type(request).objects.get().decision_due_on() == date(2026, 5, 5)


def test_reviews_and_the_report_fall_due_as_the_agreement_says(client, journey, time_machine):
    settle(journey.agreement, first_review_weeks=2, decision_review_weeks=6, report_days=3)
    placement = journey.admitted()
    due = []
    for week in (2, 6):
        due.append(services.review_due(placement))
        services.record_review(
            placement=placement,
            held_on=PLANNED + timedelta(weeks=week),
            recommendation="continue",
            progress="Good.",
            by=journey.people["assessor"],
            at=noon(PLANNED + timedelta(weeks=week)),
        )
    time_machine.move_to(noon(date(2026, 8, 3)), tick=False)
    journey.leave(placement, date(2026, 8, 3))

    words = words_of(client, journey.people["assessor"], "placement", placement.reference)

    assert due == [date(2026, 6, 24), date(2026, 7, 22)]
    assert "Not received (due 6 August 2026)" in words


# ── Alerts and outcomes ──────────────────────────────────────────────────────────────────────
def test_alerts_are_raised_at_the_shares_of_the_agreement():
    journey = Journey().budget(y2026=2 * COST)
    journey.approved()
    assert services.watch_ceilings(at=journey.at) == 0

    settle(journey.agreement, alert_percents=[50, 100])

    assert services.watch_ceilings(at=journey.at) == 1
    assert CeilingAlert.objects.get().threshold == 50


@pytest.mark.parametrize(("counts", "exits"), [(True, (4, 1)), (False, (4, 0))])
def test_withdrawal_by_the_provider_counts_as_the_agreement_says(counts, exits):
    journey = Journey().budget(y2026=100_000_000)
    if not counts:
        settle(journey.agreement, withdrawal_is_unplanned=False)
    for status in ["planned"] * (SMALLEST_COUNT - 1) + ["withdrawn_by_provider", "excluded"]:
        one = another(journey)
        one.leave(one.admitted(), date(2026, 7, 1), status=status)

    option = services.match_options(journey.eligible(), PLANNED)[0]

    assert (option.planned_exits, option.unplanned_exits) == exits


def test_exit_that_was_taken_back_is_no_outcome(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 1))
    services.reopen_placement(
        placement=placement,
        reason="Another person.",
        by=journey.people["manager"],
        at=noon(date(2026, 7, 2)),
    )

    assert services.match_options(another(journey).eligible(), PLANNED)[0].exits == 0

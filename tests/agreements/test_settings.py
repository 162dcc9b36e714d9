"""What an agreement settles for its placements: read by some, changed with a reason by others."""

import pytest
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements import placing
from dps_portal.agreements.models import Agreement, SettingChange
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory
from tests.factories.placements import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    return AgreementFactory()


def page(client, name, agreement, **answers):
    address = reverse(f"agreements:{name}", args=[agreement.reference])
    return client.post(address, answers, follow=True) if answers else client.get(address)


def answers(agreement, **changed):
    """The form as the page fills it, and what is changed on it."""
    now = {one.name: getattr(agreement, one.name) for one in placing.SETTINGS}
    typed = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in (now | {"reason": "Agreed by the board."} | changed).items()
    }
    return {name: value for name, value in typed.items() if value is not False}


def changes():
    rows = SettingChange.objects.order_by("pk")
    return list(rows.values_list("setting", "before", "after", "reason"))


def test_defaults_are_those_of_the_money_rules(agreement):
    assert {one.name: getattr(agreement, one.name) for one in placing.SETTINGS} == {
        "first_funding_months": 3,
        "funding_stages": [],
        "extension_days": 28,
        "longest_stay_months": 6,
        "minimum_nights": 1,
        "absence_nights": 7,
        "absence_percent": 100,
        "later_absence_percent": 100,
        "absence_check_night": 7,
        "allocate_days": 2,
        "assess_days": 10,
        "assess_urgent_days": 5,
        "reply_days": 3,
        "decide_funding_days": 5,
        "fact_days": 1,
        "report_days": 10,
        "first_review_weeks": 4,
        "decision_review_weeks": 9,
        "alert_percents": [75, 90, 95, 100],
        "withdrawal_is_unplanned": True,
        "invoice_tolerance": 100,
    }


def test_commissioner_changes_settings_with_a_reason_and_the_page_shows_what_was(client, agreement):
    client.force_login(UserFactory(roles=[Role.COMMISSIONER], name="Kim Stone"))

    sent = page(
        client,
        "set_placement_settings",
        agreement,
        **answers(
            agreement,
            extension_days=42,
            funding_stages="4, 8",
            alert_percents="50, 100",
            withdrawal_is_unplanned=False,
        ),
    )

    agreement.refresh_from_db()
    assert (agreement.extension_days, agreement.funding_stages) == (42, [4, 8])
    assert (agreement.alert_percents, agreement.withdrawal_is_unplanned) == ([50, 100], False)
    assert agreement.longest_stay_months == 6
    assert changes() == [
        ("funding_stages", "None", "4, 8", "Agreed by the board."),
        ("extension_days", "28", "42", "Agreed by the board."),
        ("alert_percents", "75, 90, 95, 100", "50, 100", "Agreed by the board."),
        ("withdrawal_is_unplanned", "Yes", "No", "Agreed by the board."),
    ]
    event = AuditEvent.objects.get(action="agreement.placement_settings_set")
    assert event.facts == {
        "reason": "Agreed by the board.",
        "funding_stages": [[], [4, 8]],
        "extension_days": [28, 42],
        "alert_percents": [[75, 90, 95, 100], [50, 100]],
        "withdrawal_is_unplanned": [True, False],
    }
    words = " ".join(sent.content.decode().split())
    assert "28 → 42" in words
    assert "by Kim Stone<br>Agreed by the board.</dd>" in words


def test_change_is_refused_with_every_reason_and_leaves_no_trace(agreement):
    wrong = {
        "assess_urgent_days": 11,
        "first_review_weeks": 9,
        "alert_percents": [90, 75, 95],
    }
    with pytest.raises(Refused) as refusal:
        settle(agreement, **wrong)
    with pytest.raises(Refused) as unchanged:
        settle(agreement)

    assert refusal.value.reasons == (
        "An urgent assessment cannot take longer than a routine one.",
        "The review that decides cannot come before the first one.",
        "Alerts must rise, and the last one is at 100 percent.",
    )
    assert unchanged.value.reasons == ("None of the settings is changed.",)
    assert not SettingChange.objects.exists()
    assert Agreement.objects.get().alert_percents == [75, 90, 95, 100]
    assert not AuditEvent.objects.filter(action="agreement.placement_settings_set").exists()


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        ("extension_days", "0"),
        ("absence_percent", "101"),
        ("funding_stages", "4, x"),
        ("funding_stages", "4, 53"),
        ("reason", ""),
    ],
)
def test_figure_out_of_bounds_is_said_beside_its_box(client, agreement, setting, typed):
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))

    sent = page(
        client, "set_placement_settings", agreement, **answers(agreement, **{setting: typed})
    )

    assert set(sent.context["form"].errors) == {setting}
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.FINANCE, Role.AUDITOR])
def test_those_who_see_the_agreement_read_its_settings_and_do_not_change_them(
    client, agreement, role
):
    client.force_login(UserFactory(roles=[role]))

    seen = page(client, "placement_settings", agreement)

    assert "Usual length of an extension" in seen.content.decode()
    assert reverse("agreements:set_placement_settings", args=[agreement]) not in str(seen.content)
    assert page(client, "set_placement_settings", agreement).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_settings_page_costs_the_same_however_many_changes(
    client, agreement, django_assert_num_queries, number
):
    for days in range(number):
        settle(agreement, extension_days=30 + days)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    with django_assert_num_queries(9):
        seen = page(client, "placement_settings", agreement)

    assert seen.content.decode().count(" → ") == number

"""The bid as a task list: each part saved on its own, in the background too, and never blindly."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from tenders import rules, services
from tenders.models import Tender
from tests.factories.tenders import Competition, owner_of, provider_on

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def one():
    found = Competition(closes_in=timedelta(days=10))
    found.published()
    return found


@pytest.fixture
def owner(one, client):
    found = owner_of(one.providers[0])
    client.force_login(found)
    return found


def address(one, name, *args):
    return reverse(f"tenders:{name}", args=[one.tender, *args])


def tasks(client, one):
    return [
        (task["text"], task["status"])
        for task in client.get(address(one, "bid_task_list")).context["tasks"]
    ]


def kept(one, position=1):
    own = services.own_bid(one.invitation(one.providers[0]))
    return own.draft["answers"].get(str(position), "")


# ── The task list ────────────────────────────────────────────────────────────────────────────


def test_each_part_is_saved_on_its_own_and_told_apart(client, one, owner):
    assert tasks(client, one) == [
        ("Safety", "Not started"),
        ("Outcomes", "Not started"),
        ("Price for one week", "Not started"),
    ]
    client.post(address(one, "edit_answer", 1), {"text": "Safely."})
    client.post(address(one, "edit_answer", 2), {"text": "Much.", "is_finished": "on"})
    answer = client.post(address(one, "edit_price"), {"weekly_pence": "845"}, follow=True)

    assert tasks(client, one) == [
        ("Safety", "In progress"),
        ("Outcomes", "Complete"),
        ("Price for one week", "Complete"),
    ]
    assert "You have completed 2 of 3 sections." in answer.text
    assert "You have not marked as finished: Safety." in client.get(address(one, "submit_bid")).text


def test_what_is_missing_is_listed_and_nothing_else_keeps_from_submitting(client, one, owner):
    page = client.get(address(one, "bid_task_list"))
    assert page.context["lacks"] == [
        "The question on “Safety” is not answered.",
        "The question on “Outcomes” is not answered.",
        "The weekly price is missing.",
    ]
    assert address(one, "submit_bid") not in page.text
    one.draft_bid(one.providers[0])

    assert address(one, "submit_bid") in client.get(address(one, "bid_task_list")).text
    client.post(address(one, "submit_bid"))
    assert "This bid is submitted." in client.get(address(one, "bid_task_list")).text


def test_an_answer_that_is_emptied_is_not_finished(client, one, owner):
    client.post(address(one, "edit_answer", 1), {"text": "", "is_finished": "on"})

    assert tasks(client, one)[0] == ("Safety", "Not started")


def test_a_member_is_told_that_an_owner_submits(client, one):
    house = provider_on(one.lot, roles=(Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER))
    one.published()
    one.draft_bid(house)
    client.force_login(house.memberships.get(is_owner=False).user)

    page = client.get(address(one, "bid_task_list")).text
    assert "An owner of your organisation checks the bid and submits it." in page
    assert address(one, "submit_bid") not in page


def test_after_the_close_no_part_is_open(client, one, owner):
    Tender.objects.update(closes_at=timezone.now())

    page = client.get(address(one, "bid_task_list"))
    assert "The deadline for bids has passed." in page.text
    assert [task["url"] for task in page.context["tasks"]] == [""] * 3
    assert 'name="text"' not in client.get(address(one, "edit_answer", 1)).text


def test_a_question_that_is_not_there_is_not_found(client, one, owner):
    for name in ("edit_answer", "attach_file"):
        assert client.get(address(one, name, 3)).status_code == 404


# ── Saving in the background ─────────────────────────────────────────────────────────────────


def test_a_script_is_told_when_it_was_saved_and_under_which_version(client, one, owner):
    answer = client.post(address(one, "edit_answer", 1), {"text": "Half a"}, headers=JSON)

    assert answer.json() == {
        "saved_at": timezone.localtime().strftime("%H:%M"),
        "seen": services.version_of("Half a"),
    }
    again = {"text": "Half a sentence.", "seen": answer.json()["seen"]}
    assert client.post(address(one, "edit_answer", 1), again, headers=JSON).status_code == 200
    assert kept(one) == "Half a sentence."


def test_a_script_is_told_why_nothing_was_saved(client, one, owner):
    long = client.post(address(one, "edit_answer", 1), {"text": "word " * 101}, headers=JSON)
    Tender.objects.update(closes_at=timezone.now())
    late = client.post(address(one, "edit_price"), {"weekly_pence": "845"}, headers=JSON)

    assert (long.status_code, long.json()) == (
        422,
        {"reasons": ["Your answer must be 100 words or fewer; it has 101"]},
    )
    assert (late.status_code, late.json()) == (
        422,
        {"reasons": ["The deadline for bids has passed."]},
    )


def test_t14_two_tabs_never_overwrite_each_other_unseen(client, one, owner):
    first = {"text": "From the first tab.", "seen": services.version_of("")}
    client.post(address(one, "edit_answer", 1), first)
    second = {"text": "From the second tab.", "seen": services.version_of("")}

    background = client.post(address(one, "edit_answer", 1), second, headers=JSON)
    page = client.post(address(one, "edit_answer", 1), second)

    assert (background.status_code, page.status_code) == (409, 409)
    assert kept(one) == "From the first tab."
    assert "From the first tab." in page.text
    assert page.context["form"]["text"].value() == "From the second tab."
    knowing = second | {"seen": page.context["form"]["seen"].value()}
    assert client.post(address(one, "edit_answer", 1), knowing).status_code == 302
    assert kept(one) == "From the second tab."


def test_t14_what_the_other_tab_emptied_is_not_brought_back_unseen(client, one, owner):
    seen = services.version_of("Old.")
    client.post(address(one, "edit_answer", 1), {"text": "Old."})
    client.post(address(one, "edit_answer", 1), {"text": "", "seen": seen})

    page = client.post(address(one, "edit_answer", 1), {"text": "Newer.", "seen": seen})
    assert page.status_code == 409
    knowing = {"text": "Newer.", "seen": page.context["form"]["seen"].value()}
    assert client.post(address(one, "edit_answer", 1), knowing).status_code == 302


def test_t14_a_price_is_not_overwritten_unseen(client, one, owner):
    client.post(address(one, "edit_price"), {"weekly_pence": "800"})

    page = client.post(address(one, "edit_price"), {"weekly_pence": "700"})

    assert page.status_code == 409
    assert "£800.00" in page.text
    own = services.own_bid(one.invitation(one.providers[0]))
    assert own.draft["weekly_pence"] == 80_000


# ── Arithmetic ───────────────────────────────────────────────────────────────────────────────


def test_r7_11_a_price_is_shown_for_a_night_the_first_funding_and_a_year():
    lines = rules.price_schedule(84_550, first_funding_months=3)

    assert [(line.nights, line.pence) for line in lines] == [
        (1, 12_079),  # 12,078.57…
        (84, 12 * 84_550),
        (91, 13 * 84_550),
        (364, 52 * 84_550),
    ]
    assert [line.label for line in lines] == [
        "One night, for information only",
        "First 3 months, counted as 12 weeks",
        "First 3 months, counted as 13 weeks",
        "52 weeks",
    ]


def test_r7_11_one_month_is_four_weeks_and_no_price_costs_nothing_yet():
    lines = rules.price_schedule(None, first_funding_months=1)

    assert [(line.label, line.pence) for line in lines] == [
        ("One night, for information only", None),
        ("First 1 month, counted as 4 weeks", None),
        ("52 weeks", None),
    ]


@pytest.mark.parametrize(
    ("pence", "words"),
    [(None, ""), (90_000, "£100.00 below"), (100_000, "The same"), (100_001, "£0.01 above")],
)
def test_r7_11_a_price_is_compared_with_a_limit(pence, words):
    assert rules.compared(pence, 100_000) == words


def test_r7_11_the_page_of_the_price_shows_the_schedule_of_what_is_saved(client, one, owner):
    client.post(address(one, "edit_price"), {"weekly_pence": "845.50"})
    page = client.get(address(one, "edit_price"))

    shown = ["£120.79", "£10,146.00", "£10,991.50", "£43,966.00", "£254.50 below", "£154.50 below"]
    assert [each for each in shown if each not in page.text] == []
    assert [label for label, _, _ in page.context["limits"]] == [
        "The ceiling of the lot",
        "Your price list",
    ]

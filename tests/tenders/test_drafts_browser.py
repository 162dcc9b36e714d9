"""Writing a bid in a real browser: saved as it is typed, and the script's figures are the rules'."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dps_portal.money import gbp
from tenders import rules, services
from tests.factories.tenders import Competition, owner_of
from tests.journeys.walk import Walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

STATUS = "[data-autosave]"


@pytest.fixture
def one(request):
    found = Competition(closes_in=timedelta(days=10))
    found.published(**getattr(request, "param", {}))
    return found


@pytest.fixture
def walk(one, browser, live_server):
    found = Walk(browser, live_server, scripted=True)
    found.become(owner_of(one.providers[0]))
    yield found
    found.context.close()


def held(one):
    return services.own_bid(one.invitation(one.providers[0]))


def told(page, text):
    from playwright.sync_api import expect

    expect(page.locator(STATUS)).to_contain_text(text, timeout=15_000)
    return page.locator(STATUS).inner_text()


def test_what_is_typed_is_saved_by_itself_and_said_so(walk, one):
    walk.open("tenders:edit_answer", one.tender, 1)
    walk.page.locator("[name=text]").press_sequentially("Nurses day and night.")

    said = told(walk.page, "Draft saved at ")
    assert len(said) == len("Draft saved at 14:03")
    assert walk.page.locator(STATUS).get_attribute("role") == "status"
    assert held(one).draft["answers"] == {"1": "Nurses day and night."}
    assert held(one).submitted is None
    walk.check()
    walk.send(text="Nurses day and night, every day.", is_finished=True)  # by the button after all
    assert held(one).draft["answers"] == {"1": "Nurses day and night, every day."}
    assert held(one).draft["finished"] == ["1"]


def test_what_is_typed_is_saved_when_the_page_is_left(walk, one):
    walk.open("tenders:edit_answer", one.tender, 1)
    walk.page.locator("[name=text]").fill("Left in haste.")
    walk.page.goto(walk.server.url + reverse("tenders:invitation", args=[one.tender]))

    for _ in range(50):
        if held(one).draft["answers"]:
            break
        walk.page.wait_for_timeout(100)
    assert held(one).draft["answers"] == {"1": "Left in haste."}


def test_t14_a_stale_tab_saves_nothing_and_shows_both_texts(walk, one):
    stale = walk.page
    walk.open("tenders:edit_answer", one.tender, 1)
    other = walk.context.new_page()
    other.goto(stale.url)
    other.locator("[name=text]").fill("From the other tab.")
    told(other, "Draft saved at ")
    stale.bring_to_front()
    stale.locator("[name=text]").fill("From the stale tab.")

    told(stale, "Not saved: somebody in your organisation")
    assert held(one).draft["answers"] == {"1": "From the other tab."}
    with stale.expect_navigation():
        stale.get_by_role("button", name="Save and continue").click()
    assert "From the other tab." in walk.text
    assert stale.locator("[name=text]").input_value() == "From the stale tab."
    assert held(one).draft["answers"] == {"1": "From the other tab."}
    with stale.expect_navigation():
        stale.get_by_role("button", name="Save and continue").click()
    assert held(one).draft["answers"] == {"1": "From the stale tab."}


def test_r7_11_the_script_gives_the_figures_of_the_rules(walk, one):
    walk.open("tenders:edit_price", one.tender)
    limits = [one.lot.ceiling_weekly_pence, 100_000]
    months = one.lot.agreement.first_funding_months

    for typed, pence in (
        ("845.50", 84_550),
        ("£1,000", 100_000),
        ("0.01", 1),
        ("0.03", 3),
        ("0.04", 4),
        ("1100.1", 110_010),
        ("999999999.99", 99_999_999_999),
        ("nine", None),
        ("1,00", None),
        ("", None),
    ):
        walk.page.locator("[name=weekly_pence]").fill(typed)
        lines = rules.price_schedule(pence, first_funding_months=months)
        costs = ["" if line.pence is None else gbp(line.pence) for line in lines]
        shown = walk.page.locator("[data-nights]").all_inner_texts()
        compared = walk.page.locator("[data-limit]").all_inner_texts()
        assert (typed, shown) == (typed, costs)
        assert (typed, compared) == (typed, [rules.compared(pence, limit) for limit in limits])


@pytest.mark.parametrize("one", [{"compared_weeks": 12}], indirect=True)
def test_r7_11_the_script_gives_the_sum_of_a_stay_and_saves_every_part(walk, one):
    walk.open("tenders:edit_price", one.tender)
    names = ("weekly_pence", "detox_pence", "one_off_pence", "discount_pence")

    for typed, pence in (
        (("850", "1,200", "", ""), (85_000, 120_000, 0, 0)),
        (("845.50", "£1,200.05", "0.01", "100"), (84_550, 120_005, 1, 10_000)),
        (("1", "", "", "13"), (100, 0, 0, 1_300)),  # less than nothing, so never saved
        (("", "1,200", "", ""), None),
        (("850", "much", "", ""), None),
    ):
        for name, text in zip(names, typed, strict=True):
            walk.page.locator(f"[name={name}]").fill(text)
        quote = pence and rules.Quote(pence[0], 12, *pence[1:])
        lines = rules.stay_schedule(quote, compared_weeks=12)
        shown = walk.page.locator("[data-part]").all_inner_texts()
        assert (typed, shown) == (typed, ["" if p is None else gbp(p) for *_, p in lines])
    walk.page.locator("[name=detox_pence]").fill("1200")
    told(walk.page, "Draft saved at ")
    walk.check()
    walk.send(discount_pence="50")
    assert held(one).quote == rules.Quote(85_000, 12, 120_000, 0, 5_000)

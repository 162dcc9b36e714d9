"""One of everything in a real browser: no axe findings, no dead links, no sideways scroll."""

import pytest

from tests.accessibility import DESK, HEIGHT, PHONE, bring_axe, faults

pytestmark = [
    pytest.mark.journey,
    pytest.mark.urls("tests.dps_portal.kitchen_sink"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(params=[(PHONE, True), (DESK, False)], ids=["phone", "desk, no scripts"])
def page(request, browser):
    width, scripted = request.param
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, java_script_enabled=scripted
    )
    bring_axe(context)
    page = context.new_page()
    page.scripted = scripted
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.problems.append(said.text))
    yield page
    context.close()


def check(page):
    assert page.problems == []
    assert page.locator("main h1").is_visible()
    assert faults(page, has_scripts=page.scripted) == []


def test_every_component(page, live_server):
    page.goto(f"{live_server.url}/components/")

    check(page)


NAVIGATION = (
    *(".govuk-service-navigation", ".govuk-skip-link", ".govuk-footer", ".govuk-back-link"),
    *(".govuk-breadcrumbs", ".govuk-pagination", ".govuk-button", ".app-account", ".app-filter"),
)


def test_print_leaves_out_the_ways_about_and_keeps_whole_tables(page, live_server):
    page.goto(f"{live_server.url}/components/")
    there = [name for name in NAVIGATION if page.locator(name).count()]
    tables = page.locator("main table").count()
    page.emulate_media(media="print")

    def seen(name):
        return sum(one.is_visible() for one in page.locator(name).all())

    assert len(there) > 5
    assert {name: seen(name) for name in there} == dict.fromkeys(there, 0)
    assert seen("main table") == tables > 0
    assert seen("main h1") == 1
    overflow = "boxes => boxes.map(box => getComputedStyle(box).overflowX)"
    assert set(page.locator(".app-scroll").evaluate_all(overflow)) == {"visible"}


def test_every_field_and_every_error(page, live_server):
    page.goto(f"{live_server.url}/form/")
    check(page)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    check(page)

    links = page.locator(".govuk-error-summary a")
    assert links.count() > 10
    for place in range(links.count()):
        links.nth(place).click()
        target = links.nth(place).get_attribute("href")
        assert page.locator(f"{target}:focus").count() == 1, target


def test_a_choice_reveals_its_questions(page, live_server):
    page.goto(f"{live_server.url}/form/")
    question = page.locator("#id_other_level")

    assert question.is_visible() is not page.scripted
    page.check("#id_level_2")
    assert question.is_visible()

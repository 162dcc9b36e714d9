"""The walk itself: it passes what is right and notices what is not."""

import pytest

from tests.factories.accounts import UserFactory
from tests.journeys.walk import SUBMIT

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

BREAKS = {
    "a link to nothing": "document.querySelector('.govuk-error-summary a').href = '#nowhere'",
    "a link to a heading": "document.querySelector('.govuk-error-summary a').href = '#there';"
    "document.querySelector('h1').id = 'there'",
    "a silent title": "document.title = document.title.replace('Error: ', '')",
}


def refused(walk):
    """The page of a form that was sent with nothing in it."""
    walk.become(UserFactory()).open("providers:register_provider")
    with walk.page.expect_navigation():
        walk.page.locator(SUBMIT).last.click()
    assert walk.page.locator(".govuk-error-summary a").count() > 1
    return walk


def test_errors_are_announced_and_lead_to_their_fields(walk):
    refused(walk).check()


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_an_error_summary_that_does_not_work_is_noticed(walk, change):
    refused(walk).page.evaluate(change)

    with pytest.raises(AssertionError):
        walk.check()


def test_what_the_console_complains_of_is_noticed(walk):
    walk.become(UserFactory()).open("providers:register_provider")
    walk.page.evaluate("console.error('Something is wrong')")

    with pytest.raises(AssertionError):
        walk.check()


def test_part_of_a_page_that_is_not_there_is_noticed(walk):
    walk.become(UserFactory()).open("providers:register_provider")
    walk.page.evaluate("document.body.append(Object.assign(new Image(), {src: '/static/no.png'}))")
    walk.page.wait_for_load_state("networkidle")
    walk.page.wait_for_timeout(300)

    with pytest.raises(AssertionError):
        walk.check()

"""A real browser, with scripts and without."""

import pytest
from playwright.sync_api import sync_playwright

from .walk import Walk

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def walk(request, browser, live_server):
    walk = Walk(browser, live_server, scripted=request.param)
    yield walk
    walk.context.close()

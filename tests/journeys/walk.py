"""Walking the portal as a person: pages opened, fields filled, buttons pressed, all checked."""

from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.accessibility import DESK, HEIGHT, PHONE, bring_axe, faults

SUBMIT = "main form[method=post] button.govuk-button"


def three_boxes(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


class Walk:
    """One browser; ``become`` changes who sits before it."""

    def __init__(self, browser, server, *, scripted):
        self.server = server
        self.scripted = scripted
        self.context = browser.new_context(
            java_script_enabled=scripted,
            viewport={"width": PHONE if scripted else DESK, "height": HEIGHT},
        )
        if scripted:
            bring_axe(self.context)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("response", self._answered)
        self.seen = []

    def _heard(self, message):
        # What did not load is noticed by its answer, which tells a page from its parts.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(message.text)

    def _answered(self, response):
        if response.status >= 400 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status} {response.url}")

    def become(self, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.server.url}
        self.context.add_cookies([cookie])
        return self

    def open(self, name, *args, query=""):
        self.page.goto(self.server.url + reverse(name, args=args) + (query and f"?{query}"))
        return self.check()

    def fill(self, **fields):
        """Set fields by name, in order, so that a choice comes before what it reveals."""
        for name, value in fields.items():
            for one in value if isinstance(value, list) else [value]:
                self._set(name, one)
        return self

    def _set(self, name, value):
        field = self.page.locator(f'main [name="{name}"]')
        kind = field.first.evaluate("field => field.type")
        if kind in {"radio", "checkbox"}:
            chosen = f'main [name="{name}"][value="{value}"]' if value is not True else None
            self.page.locator(chosen).check() if chosen else field.check()
        elif kind.startswith("select"):
            field.select_option(str(value))
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(str(value))

    def send(self, button=None, **fields):
        """Fill the form and press its button; the page that follows has no error."""
        self._press(button, fields)
        told = self.page.locator(".govuk-error-summary")
        assert told.count() == 0, told.first.inner_text()
        return self

    def refused(self, button=None, **fields):
        """The same, but the page that follows says what is wrong."""
        self._press(button, fields)
        assert self.page.locator(".govuk-error-summary").count() == 1
        return self

    def _press(self, button, fields):
        self.fill(**fields)
        press = self.page.get_by_role("button", name=button) if button else None
        # A click alone returns while the next page may still be empty.
        with self.page.expect_navigation():
            (press or self.page.locator(SUBMIT).last).click()
        self.check()

    def check(self):
        """What must hold on every page."""
        path = urlsplit(self.page.url).path
        assert self.page.locator("h1").count() == 1, path
        assert self.problems == []
        assert (faults(self.page, has_scripts=self.scripted), path) == ([], path)
        self._check_error_summary(path)
        self.seen.append(path)
        return self

    def _check_error_summary(self, path):
        """Announced in the title, and each link leads the keyboard to its field."""
        summary = self.page.locator(".govuk-error-summary")
        if not summary.count():
            return
        assert self.page.title().startswith("Error: "), path
        for link in summary.locator("a").all():
            target = link.get_attribute("href").removeprefix("#")
            link.click()
            focused = self.page.evaluate("document.activeElement.id")
            assert focused == target, (
                f"{path}: the link to {target} leads to {focused or 'nothing'}"
            )

    @property
    def text(self):
        return self.page.locator("main").inner_text()

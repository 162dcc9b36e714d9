"""What every answer tells the browser, whatever its status and its kind (T38)."""

from datetime import date

import pytest
from django.test import Client
from django.urls import include, path, reverse

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission, Role
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import request_spend_pdf
from dps_portal.reports.tasks import render_report
from dps_portal.ui.acts import READ
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

TWO_YEARS = 2 * 365 * 24 * 60 * 60
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
    "browsing-topics=()",
    "Strict-Transport-Security": f"max-age={TWO_YEARS}; includeSubDomains; preload",
}


@requires(Permission.PUBLIC, methods=READ)
def broken(request):
    raise RuntimeError("on purpose")


urlpatterns = [path("broken/", broken), path("", include("dps_portal.urls"))]


@pytest.fixture
def agreement():
    return Journey().budget(y2026=27_000_000).agreement


@pytest.fixture
def get(agreement, settings):
    """The answer over HTTPS, with what production sets for it, to finance unless said."""
    settings.SECURE_HSTS_SECONDS = TWO_YEARS
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    finance = UserFactory(roles=[Role.FINANCE])

    def get(where, method="get", *, by=finance, checks_forms=False, **facts):
        client = Client(raise_request_exception=False, enforce_csrf_checks=checks_forms)
        if by:
            client.force_login(by)
        return getattr(client, method)(where, secure=True, **facts)

    return get


def pdf_of(agreement):
    run = request_spend_pdf(
        agreement=agreement,
        scope=Scope.of_year(2026, date(2026, 7, 1)),
        by=UserFactory(roles=[Role.FINANCE]),
        at=AT,
    )
    render_report(str(run.job_id))
    return reverse("reports:report_pdf", args=[run.pk])


CSP = "Content-Security-Policy"


def assert_guarded(response):
    policy = dict(one.strip().partition(" ")[::2] for one in response.headers[CSP].split(";"))

    assert {name: response.headers.get(name) for name in WANTED} == WANTED
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in response.headers[CSP]
    assert "unsafe-eval" not in response.headers[CSP]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("publication:opportunity", "text/html"),
        ("home", "text/html"),
        ("reports:spend", "text/html"),
        ("publication:contracts_csv", "text/csv"),
        ("reports:spend_csv", "text/csv"),
        ("reports:spend_xlsx", "application/vnd.openxml"),
        ("publication:release_package", "application/json"),
        ("publication:robots", "text/plain"),
    ],
)
def test_pages_and_downloads(get, name, media_type):
    response = get(reverse(name))

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(media_type)
    assert_guarded(response)


def test_pdf(get, agreement):
    response = get(pdf_of(agreement))

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    assert_guarded(response)


@pytest.mark.parametrize(
    ("status", "where", "facts"),
    [
        (302, "/home/", {"by": None}),
        (301, "/home", {}),
        (403, "/audit/scores/", {}),
        (403, "/account/logout/", {"method": "post", "checks_forms": True}),  # with no token
        (404, "/no-such-page/", {}),
        (404, "/home/\0/", {}),
        (405, "/home/", {"method": "put"}),
        (400, "/", {"headers": {"host": "elsewhere.example"}}),
        (400, "/home/", {"method": "post", "content_type": "text/plain; charset=utf-7"}),
        (500, "/broken/", {}),
    ],
)
def test_every_other_answer(get, status, where, facts):
    response = get(where, **facts)

    assert response.status_code == status
    assert_guarded(response)

"""What the tests of dashboards share: a town of stays, and what its people ask for."""

import re
from datetime import date
from html import unescape

from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import Journey, provider_on

TODAY = date(2026, 9, 15)
DASHBOARD = reverse("reports:dashboard")
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
TILE = re.compile(r'<li class="app-figure">(.*?)<p class="app-figure__number">(.*?)</p>', re.DOTALL)
LINK = re.compile(r'<a class="govuk-link" href="([^"]*)">(.*?)(?:<span|</a>)', re.DOTALL)


def another(journey, *, provider=None, lot=None, planned=None, **facts):
    """One more person of the same town."""
    return Journey(
        lot=lot or journey.lot,
        provider=provider or journey.provider,
        people=journey.people,
        planned=planned or journey.planned,
        **facts,
    )


def stay(journey, status="planned", *, left=date(2026, 8, 1), **facts):
    one = another(journey, **facts)
    placement = one.admitted()
    one.leave(placement, left, status=status)
    return placement


def town(journey):
    """Stays of every kind, on two lots and with two providers."""
    other_lot = LotFactory(agreement=journey.agreement, number=77, title="Enhanced")
    other = provider_on(other_lot, name="Quayside")
    stay(journey)
    stay(journey, "unplanned", left=date(2026, 7, 1))
    stay(journey, "withdrawn_by_provider", left=date(2026, 7, 2))
    stay(journey, "excluded", left=date(2026, 7, 3))
    stay(journey, lot=other_lot, provider=other, left=date(2026, 8, 31))
    another(journey, planned=date(2026, 9, 1)).admitted()
    another(journey).requested()
    another(journey).offered()
    return other_lot, other


def sign_in(client, role):
    person = UserFactory(roles=[role])
    client.force_login(person)
    return person


def days(first, last):
    return {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("first_day", first), ("last_day", last))
        for part in ("day", "month", "year")
    }


def figures_of(page):
    """Every figure in a cell or a tile of the page, with its address or ``None``."""
    found = []
    for cell in CELL.findall(page.text):
        link = LINK.search(cell)
        found.append((link[2] if link else cell, link))
    for label, number in TILE.findall(page.text):
        found.append((number, LINK.search(label)))
    return [
        (unescape(text).strip(), link and unescape(link[1]))
        for text, link in found
        if any(letter.isdigit() for letter in text)
    ]


def links_of(page):
    return [(text, url) for text, url in figures_of(page) if url]

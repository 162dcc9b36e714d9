"""The public takes the open data; procurement takes what the notice of a quarter says."""

import csv
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.db import transaction
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements.services import owe_quarterly_notice
from dps_portal.publication import transparency
from tenders.models import Award
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.open_data import for_one_person, paid
from tests.factories.tenders import Competition

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ATOM = "{http://www.w3.org/2005/Atom}"
IN_JULY = datetime(2026, 7, 9, 9, tzinfo=UTC)


def test_the_public_takes_the_files_and_procurement_the_notice(walk, settings):
    settings.PORTAL_ORIGIN = walk.server.url
    lot = LotFactory(number=1)
    contract = Competition(lot=lot).awarded()
    for_one_person(Competition(lot=lot).awarded().tender)
    Award.objects.update(approved_at=IN_JULY, confirmed_at=IN_JULY)
    paid(contract.provider, 90_000, date(2026, 7, 9))
    with transaction.atomic():
        notice = owe_quarterly_notice(agreement=lot.agreement, award_day=date(2026, 7, 9))

    walk.open("publication:opportunity")
    follow(walk, "Open data")
    assert "People are not in it" in walk.text
    with walk.page.expect_download() as download:
        walk.page.get_by_role("link", name="All spend over £500 (CSV)").click()
    with download.value.path().open(encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert tuple(row) == transparency.SPEND_COLUMNS
    assert row["Amount"] == "900.00"
    packages = walk.page.request.get(
        walk.server.url + reverse("publication:release_package")
    ).json()
    for extension in packages["extensions"]:
        assert walk.page.request.get(extension).json()["compatibility"] == ["1.1"]

    with walk.page.expect_download() as download:
        walk.page.get_by_role("link", name="Contracts over £5,000 (CSV)").click()
    with download.value.path().open(encoding="utf-8") as file:
        register = list(csv.DictReader(file))
    assert tuple(register[0]) == transparency.CONTRACT_COLUMNS
    assert [row["SupplierName"] for row in register[1:]] == [contract.provider.name]
    feed = walk.page.get_by_role("link", name="Feed (Atom)").get_attribute("href")
    told = walk.page.request.get(walk.server.url + feed).text()
    entries = ElementTree.fromstring(told)  # noqa: S314 - our own
    titles = [one.text for one in entries.iterfind(f"{ATOM}entry/{ATOM}title")]
    assert len(titles) == len(packages["releases"]) > 0
    assert any(contract.tender.title in title for title in titles)

    follow(walk, "awards by quarter")
    follow(walk, "July to September 2026")
    assert "Fewer than 5, so neither their number nor their value is shown." in walk.text
    assert contract.provider.name in walk.text

    walk.become(UserFactory(roles=[Role.PROCUREMENT]))
    walk.open("agreements:notice_list")
    follow(walk, "What it says")
    follow(walk, "Record the notice")
    walk.send(
        reference="2026/S 000-1",
        published_on_day=1,
        published_on_month=8,
        published_on_year=2026,
    )
    notice.refresh_from_db()
    assert notice.reference == "2026/S 000-1"
    walk.open("publication:award_pack", lot.agreement.reference, 2026, 3)
    assert "2026/S 000-1, published on 1 August 2026" in walk.text


def follow(walk, text):
    link = walk.page.get_by_role("link", name=text).first
    with walk.page.expect_navigation():
        link.click()
    walk.check()

"""Contracting in the Open Contracting Data Standard: each release, each record, and their check."""

import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import ocdsmerge
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.agreements.models import NoticeKind, NoticeTask, Round, ValidityChange
from dps_portal.publication import ocds
from tenders import services
from tenders.models import DeadlineExtension, Tender
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.tenders import Competition, provider_on

from .cove import extended_schema, faults_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot():
    return LotFactory(number=1)


def releases_of(tender, at=None):
    at = at or timezone.now()
    return ocds.releases_of(ocds.public_tenders(at).get(pk=tender.pk), at)


def told(client, name="release_package", **asked):
    answer = client.get(reverse(f"publication:{name}"), asked)
    assert answer.status_code == 200
    return answer.json()


def test_release_of_a_published_tender(lot):
    tender = Competition(lot=lot, closes_in=timedelta(days=2)).published()
    [release] = releases_of(tender)

    assert release["ocid"] == f"ocds-213czf-{tender.reference}"
    assert release["id"].startswith(f"{release['ocid']}-tender-")
    assert (release["tag"], release["initiationType"]) == (["tender"], "tender")
    assert release["buyer"] == {"id": "northhaven-council", "name": "Northhaven Council"}
    assert release["tender"]["status"] == "active"
    assert release["tender"]["awardCriteriaDetails"] == "Price 40%, Safety 40%, Outcomes 20%"
    assert release["tender"]["procurementMethod"] == "selective"
    assert datetime.fromisoformat(release["tender"]["tenderPeriod"]["endDate"]) == (
        tender.closes_at.replace(microsecond=0)
    )
    assert [each["id"] for each in release["tender"]["lots"]] == ["1"]
    assert release["tender"]["techniques"]["hasDynamicPurchasingSystem"] is True
    [framework] = release["relatedProcesses"]
    assert framework["relationship"] == ["framework"]
    assert framework["identifier"] == f"ocds-213czf-{lot.agreement.reference}"
    assert {"awards", "contracts"} & set(release) == set()
    assert [party["roles"] for party in release["parties"]] == [["buyer", "procuringEntity"]]


def test_award_and_contract_are_told_of_once_they_are_confirmed(lot):
    competition = Competition(lot=lot)
    competition.in_standstill()
    assert [one["tag"] for one in releases_of(competition.tender)] == [["tender"]]

    at = competition.tender.award.standstill_ends_at
    [contract] = services.confirm_award(
        tender=competition.tender, by=competition.commissioner, at=at
    )
    first, last = releases_of(competition.tender, at)

    assert (first["tag"], last["tag"]) == (["tender"], ["award", "contract"])
    assert "awards" not in first
    [award] = last["awards"]
    [made] = last["contracts"]
    number = contract.provider.company_number
    assert award["suppliers"] == [{"id": f"GB-COH-{number}", "name": "Provider 1"}]
    assert award["value"] == {"amount": contract.value_pence / 100, "currency": "GBP"}
    assert (award["id"], made["awardID"]) == (f"{contract}-award", f"{contract}-award")
    assert (made["id"], made["status"]) == (contract.reference, "pending")
    assert made["period"]["startDate"].startswith(contract.start.isoformat())
    assert made["period"]["endDate"].startswith(f"{contract.last_day.isoformat()}T23:59:59")
    assert last["tender"]["status"] == "complete"
    assert {party["name"] for party in last["parties"]} == {"Northhaven Council", "Provider 1"}


def test_nothing_is_told_of_bids_that_lost_or_of_people(client, lot):
    competition = Competition(lot=lot, providers=3)
    competition.recommended(90_017, 95_023, 99_031)
    before = json.dumps(told(client))
    competition.approve()
    after = json.dumps(told(client)) + json.dumps(told(client, "record_package"))

    winner, *losers = competition.providers
    people = [competition.officer, competition.commissioner, *competition.evaluators]
    for text in (before, after):
        for canary in ("950.23", "95023", "990.31", "99031", "Ranked first", "We do it well"):
            assert canary not in text
        for provider in losers:
            assert provider.name not in text
            assert provider.company_number not in text
        for person in people:
            assert person.email not in text
            assert person.name not in text
    assert winner.name not in before
    assert winner.name in after


def test_later_deadline_is_an_update_that_leaves_the_first_release_alone(lot):
    competition = Competition(lot=lot, closes_in=timedelta(days=2))
    tender = competition.published()
    [first] = releases_of(tender)
    asked = {"tender": tender, "closed_at": tender.closes_at, "reason": "A secret reason."}
    later = tender.closes_at + timedelta(days=3)
    waiting = DeadlineExtension.objects.create(
        **asked, closes_at=later, asked_by=competition.drafter, asked_at=competition.now
    )
    assert releases_of(tender) == [first]

    waiting.agreed_by, waiting.agreed_at = competition.officer, competition.now
    waiting.save()
    Tender.objects.filter(pk=tender.pk).update(closes_at=later)
    same, update = releases_of(tender)

    assert same == first
    assert update["tag"] == ["tenderUpdate"]
    assert update["tender"]["tenderPeriod"]["endDate"] == ocds.parts.stamp(later)
    assert "A secret reason" not in json.dumps(update)


def test_abandoned_tender_is_cancelled_and_its_reason_stays_inside(lot):
    competition = Competition(lot=lot, closes_in=timedelta(days=2))
    tender = competition.published()
    Tender.objects.filter(pk=tender.pk).update(
        state="abandoned",
        abandon_reason="A secret reason.",
        abandon_asked_by=competition.drafter,
        abandoned_by=competition.officer,
        abandoned_at=competition.now,
    )
    *_, last = releases_of(tender)

    assert (last["tag"], last["tender"]["status"]) == (["tenderCancellation"], "cancelled")
    assert "A secret reason" not in json.dumps(last)


def test_contract_begins_is_lengthened_and_ends(lot):
    competition = Competition(lot=lot)
    contract = competition.awarded(options=1, option_months=12)
    began = datetime(contract.start.year, contract.start.month, contract.start.day, 12, tzinfo=UTC)
    services.exercise_contract_option(
        contract=contract, reason="A secret reason.", by=competition.commissioner, at=began
    )
    contract.refresh_from_db()
    releases = releases_of(competition.tender, began + timedelta(days=900))

    assert [one["tag"] for one in releases] == [
        ["tender"],
        ["award", "contract"],
        ["contractUpdate"],
        ["contractAmendment"],
        ["contractTermination"],
    ]
    assert [one["contracts"][0]["status"] for one in releases[1:]] == [
        *("pending", "active", "active", "terminated")
    ]
    ends = [one["contracts"][0]["period"]["endDate"][:10] for one in releases[1:]]
    first_end = (competition.tender.contract_end - timedelta(days=1)).isoformat()
    assert ends == [first_end, first_end, *[contract.last_day.isoformat()] * 2]
    assert {one["awards"][0]["contractPeriod"]["endDate"][:10] for one in releases[1:]} == {
        first_end
    }


def test_system_is_a_process_of_its_own_from_its_notice_to_its_end():
    lot = LotFactory(
        number=2, agreement__ocid="ocds-h6vhtk-02fcbd", agreement__opens_in_rounds=True
    )
    agreement = lot.agreement
    NoticeTask.objects.create(
        agreement=agreement,
        kind=NoticeKind.CONTRACT,
        what="Contract notice",
        due_on=date(2021, 12, 3),
        published_on=date(2021, 12, 3),
        reference="2021/S 000-1",
    )
    opens = datetime(2023, 8, 31, 9, tzinfo=UTC)
    Round.objects.create(agreement=agreement, opens_at=opens, closes_at=opens + timedelta(days=15))
    ValidityChange.objects.create(
        agreement=agreement,
        kind="option",
        end_before=date(2025, 4, 1),
        end_after=agreement.end,
        decided_on=date(2025, 1, 1),
        evidence="Decision",
        at=datetime(2025, 1, 1, 9, tzinfo=UTC),
    )
    [one] = ocds.public_agreements()

    def state(at):
        told = ocds.releases_of(one, at)[-1]
        system = told["tender"]["techniques"]["dynamicPurchasingSystem"]["status"]
        return told["tag"], told["tender"]["contractPeriod"]["endDate"][:10], system

    assert ocds.releases_of(one, datetime(2021, 12, 2, tzinfo=UTC)) == []
    assert state(datetime(2022, 1, 1, tzinfo=UTC)) == (["tender"], "2025-03-31", "pending")
    assert state(datetime(2022, 5, 1, tzinfo=UTC)) == (["tenderUpdate"], "2025-03-31", "active")
    assert state(datetime(2026, 1, 1, tzinfo=UTC)) == (["tenderUpdate"], "2030-03-31", "active")
    assert state(datetime(2031, 1, 1, tzinfo=UTC)) == (["tenderUpdate"], "2030-03-31", "terminated")
    [*_, last] = ocds.releases_of(one, datetime(2026, 1, 1, tzinfo=UTC))
    assert last["ocid"] == "ocds-h6vhtk-02fcbd"
    assert last["tender"]["value"] == {"amount": 1_350_000, "currency": "GBP"}
    assert last["tender"]["tenderPeriod"]["endDate"] == "2023-09-15T10:00:00+01:00"


@pytest.mark.parametrize(
    "number", ["", "02fcbd", "ocds-x/../y", "OCDS-h6vhtk-1", "ocds-h6vhtk-a b"]
)
def test_number_that_is_no_ocid_is_not_used_as_one(number):
    agreement = AgreementFactory(ocid=number)
    assert ocds.ocid_of(agreement) == f"ocds-213czf-{agreement.reference}"


@pytest.mark.parametrize(
    ("numbers", "scheme"),
    [
        ({"company_number": "01234567"}, "GB-COH-01234567"),
        ({"charity_number": "1234567"}, "GB-CHC-1234567"),
        ({"charity_number": "SC012345"}, "GB-SC-SC012345"),
        ({"cqc_provider_id": "1-2345"}, "CQC-1-2345"),
    ],
)
def test_supplier_is_named_by_the_register_that_knows_it(lot, numbers, scheme):
    provider = provider_on(lot)
    provider.company_number = None
    for name, number in numbers.items():
        setattr(provider, name, number)
    assert ocds.parts.supplier(provider) == {"id": scheme, "name": "Harbour House"}


# ── Packages ─────────────────────────────────────────────────────────────────────────────────
def test_package_says_whose_it_is_and_under_which_licence(client, lot):
    Competition(lot=lot).awarded()
    package = told(client)

    assert package["version"] == "1.1"
    assert package["license"] == ocds.LICENCE
    assert package["publisher"]["name"] == "Northhaven Council"
    assert package["publicationPolicy"] == "http://localhost:8000/open-data/"
    assert package["uri"] == "http://localhost:8000/open-data/releases.json?page=1"
    dates = [datetime.fromisoformat(one["date"]) for one in package["releases"]]
    assert datetime.fromisoformat(package["publishedDate"]) == max(dates)
    assert told(client) == package
    ids = [one["id"] for one in package["releases"]]
    assert len(set(ids)) == len(ids)


def test_record_is_found_by_its_ocid(client, lot):
    contract = Competition(lot=lot).awarded()
    ocid = f"ocds-213czf-{contract.tender.reference}"
    package = client.get(reverse("publication:record", args=[ocid])).json()
    [record] = package["records"]

    assert record["ocid"] == ocid
    assert [one["tag"] for one in record["releases"]] == [["tender"], ["award", "contract"]]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    system = client.get(reverse("publication:record", args=[f"ocds-213czf-{lot.agreement}"])).json()
    assert [one["ocid"] for one in system["records"]] == [f"ocds-213czf-{lot.agreement}"]


def test_what_is_not_public_has_no_record(client, lot):
    drafted = Competition(lot=lot).drafted()
    hidden = Competition(lot=LotFactory(agreement__published=False)).published()

    for reference in (drafted, hidden, hidden.lot.agreement, "nothing", ""):
        path = reverse("publication:record", args=[f"ocds-213czf-{reference}"])
        assert client.get(path).status_code == 404
    assert [one["ocid"] for one in told(client)["releases"]] == [
        f"ocds-213czf-{lot.agreement}"
    ] * len(told(client)["releases"])


def test_nothing_published_is_no_package(client):
    for name in ("release_package", "record_package"):
        assert client.get(reverse(f"publication:{name}")).status_code == 404
    assert client.get(reverse("publication:release_feed")).status_code == 200


def test_package_goes_by_pages(client, lot, monkeypatch):
    monkeypatch.setattr("dps_portal.publication.views.exports.PROCESSES_A_PAGE", 1)
    tenders = [Competition(lot=lot).published() for _ in range(2)]
    first = client.get(reverse("publication:release_package"))
    second = client.get(reverse("publication:release_package"), {"page": 2})

    assert first["Link"] == '<http://localhost:8000/open-data/releases.json?page=2>; rel="next"'
    assert "Link" not in second
    assert [one["ocid"] for one in second.json()["releases"]] == [f"ocds-213czf-{tenders[1]}"]
    for page in ("3", "0", "-1", "x", "\0", "1e9"):
        asked = client.get(reverse("publication:release_package"), {"page": page})
        assert asked.status_code == 404


def test_feed_has_the_latest_release_first(client, lot):
    contract = Competition(lot=lot).awarded(title="Beds \x0b & breakfast")
    answer = client.get(reverse("publication:release_feed"))
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 - the portal's own
    atom = {"a": "http://www.w3.org/2005/Atom"}
    titles = [one.text for one in feed.findall("a:entry/a:title", atom)]

    assert answer["Content-Type"].startswith("application/atom+xml")
    assert titles[:2] == ["Beds  & breakfast: award, contract", "Beds  & breakfast: tender"]
    links = [one.get("href") for one in feed.findall("a:entry/a:link", atom)]
    assert links[0] == f"http://localhost:8000/notices/{contract.tender}/"


def test_packages_and_feed_ask_as_little_for_three_tenders_as_for_one(client, lot):
    def counts():
        found = []
        for name in ("release_package", "record_package", "release_feed"):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(f"publication:{name}"))
            found.append(len(queries))
        return found

    Competition(lot=lot).awarded()
    one = counts()
    for _ in range(2):
        Competition(lot=LotFactory(agreement=lot.agreement)).awarded()

    assert counts() == one
    assert max(one) < 30


# ── The check of the Open Contracting Partnership ────────────────────────────────────────────
def test_everything_passes_the_check_of_the_standard(client, lot):
    Competition(lot=lot, closes_in=timedelta(days=2)).published()
    contract = Competition(lot=lot, providers=3).awarded(
        *(90_000, 95_000, 99_000), options=2, option_months=6
    )
    Competition(lot=lot).in_standstill()
    other = Competition(lot=LotFactory(agreement__ocid="ocds-h6vhtk-02fcbd"))
    other.awarded(need="  ", title="\u202e🏥 <b>")
    provider = contract.provider
    provider.charity_number, provider.cqc_provider_id = "SC012345", "1-99"
    provider.save()

    with time_machine.travel(timezone.now() + timedelta(days=800), tick=False):
        packages = [told(client), told(client, "record_package")]
        for record in packages[1]["records"]:
            path = reverse("publication:record", args=[record["ocid"]])
            packages.append(client.get(path).json())

    assert len(packages) == 2 + 6
    assert [faults_of(package) for package in packages] == [{}] * len(packages)


def test_check_finds_what_is_wrong(client, lot):
    Competition(lot=lot).published()
    package = told(client)
    package["releases"][0]["tender"]["techniques"]["hasSealedBids"] = True
    package["releases"][0]["tender"]["status"] = "awarded"
    package["releases"][0]["date"] = "today"

    assert set(faults_of(package)) == {
        *("all_additional_fields", "validation_errors", "additional_closed_codelist_values")
    }


def test_record_is_what_the_standard_merges_its_releases_to(client, lot):
    Competition(lot=lot).awarded(options=1, option_months=6)
    records = told(client, "record_package")["records"]
    merger = ocdsmerge.Merger(extended_schema(ocds.releases.extensions()))
    for record in records:
        merged = merger.create_compiled_release(record["releases"])
        told_of = dict(record["compiledRelease"])
        assert {**merged, "id": told_of["id"]} == told_of

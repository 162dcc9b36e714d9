"""Who is admitted, what is tendered, and what was awarded by quarter (R2.16)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.publication import registers
from tenders import services
from tenders.models import Award, Contract
from tests.factories.agreements import LotFactory
from tests.factories.tenders import Competition, provider_on

pytestmark = pytest.mark.django_db

REGISTERS = ("admitted_providers", "tender_list", "award_list")


@pytest.fixture
def lot():
    return LotFactory(number=1)


def path_of(name, agreement):
    return reverse(f"publication:{name}", args=[agreement.reference])


def awarded(lot, *, at, weekly_pence=70_000, name="Provider 1"):
    """A contract of 364 nights, awarded at ``at``."""
    competition = Competition(lot=lot)
    competition.awarded()
    Award.objects.filter(tender=competition.tender).update(approved_at=at, confirmed_at=at)
    contract = Contract.objects.get(award__tender=competition.tender)
    contract.start, contract.end = date(2027, 1, 1), date(2027, 12, 31)
    contract.weekly_pence = weekly_pence
    contract.save()
    contract.provider.name = name
    contract.provider.save()
    return contract


# ── Admitted providers ───────────────────────────────────────────────────────────────────────
def test_register_lists_who_is_admitted_today(client, lot):
    provider_on(lot, name="Harbour House")
    ended = provider_on(lot, name="Ended House").admissions.get()
    ended.ended_on, ended.end_reason = timezone.localdate(), "Left"
    ended.save()
    suspended = provider_on(lot, name="Suspended House").admissions.get()
    suspended.suspended_from = timezone.localdate()
    suspended.save()
    back = provider_on(lot, name="Returned House").admissions.get()
    back.suspended_from = timezone.localdate() - timedelta(days=9)
    back.suspended_until = timezone.localdate()
    back.save()
    page = client.get(path_of("admitted_providers", lot.agreement)).context["page"]

    assert [row.provider.name for row in page] == ["Harbour House", "Returned House"]


def test_register_is_searched_and_filtered_by_lot(client, lot):
    other = LotFactory(agreement=lot.agreement, number=2)
    provider_on(lot, name="Harbour House")
    provider_on(other, name="Haven House")
    path = path_of("admitted_providers", lot.agreement)

    def names(**asked):
        return [row.provider.name for row in client.get(path, asked).context["page"]]

    assert names() == ["Harbour House", "Haven House"]
    assert names(q="HAVEN") == ["Haven House"]
    assert names(lot=1) == ["Harbour House"]
    assert names(q="haven", lot=1) == []
    assert names(lot="9", q="\0") == ["Harbour House", "Haven House"]


def test_csv_of_providers_has_names_lots_and_dates_alone(client, lot):
    provider_on(lot, name="=Harbour House")
    text = client.get(path_of("admitted_providers", lot.agreement), {"download": "csv"}).text

    assert text.splitlines() == [
        '"Provider","Lot","Admitted since"',
        '"\'=Harbour House","Lot 1: Standard","2022-04-01"',
    ]


def test_lot_page_has_a_csv_too(client, lot):
    provider_on(lot, name="Harbour House")
    path = reverse("publication:lot", args=[lot.agreement.reference, lot.number])

    assert client.get(path, {"download": "csv"}).text.splitlines() == [
        '"Provider","Admitted since"',
        '"Harbour House","2022-04-01"',
    ]
    assert list(client.get(path, {"q": "nobody"}).context["page"]) == []


def test_register_is_cut_into_pages(client, lot):
    for number in range(26):
        provider_on(lot, name=f"House {number:02}")
    path = path_of("admitted_providers", lot.agreement)

    assert [len(client.get(path, {"page": page}).context["page"]) for page in (1, 2)] == [25, 1]
    assert len(client.get(path, {"download": "csv"}).text.splitlines()) == 27


# ── Tenders ──────────────────────────────────────────────────────────────────────────────────
def test_tenders_are_listed_with_a_stage_that_tells_nothing_of_bids(client, lot):
    drafted = Competition(lot=lot).drafted(title="Draft")
    opened = Competition(lot=lot, closes_in=timedelta(days=2)).published(title="Open")
    evaluated = Competition(lot=lot).opened(title="Evaluated")
    done = Competition(lot=lot)
    done.awarded(title="Done")
    page = client.get(path_of("tender_list", lot.agreement)).context["page"]

    assert {row.reference: (row.stage, row.winner) for row in page} == {
        opened.reference: ("Open for bids", ""),
        evaluated.reference: ("Being evaluated", ""),
        done.tender.reference: ("Awarded", "Provider 1"),
    }
    assert drafted.reference not in client.get(path_of("tender_list", lot.agreement)).text


def test_tenders_are_searched_and_filtered(client, lot):
    opened = Competition(lot=lot, closes_in=timedelta(days=2)).published(title="Open")
    closed = Competition(lot=lot).published(title="Closed")
    path = path_of("tender_list", lot.agreement)

    def found(**asked):
        return [row.reference for row in client.get(path, asked).context["page"]]

    assert found(q="clos") == [closed.reference]
    assert found(stage="Open for bids") == [opened.reference]
    assert found(lot=lot.number, q=opened.reference) == [opened.reference]
    assert set(found(stage="rubbish")) == {opened.reference, closed.reference}


def test_csv_of_tenders(client, lot):
    tender = Competition(lot=lot).published()
    text = client.get(path_of("tender_list", lot.agreement), {"download": "csv"}).text

    assert text.splitlines()[0] == (
        '"Reference","Title","Lot","Published","Closes","Stage","Awarded to"'
    )
    assert text.splitlines()[1].startswith(f'"{tender}","Rehabilitation places","Lot 1: Standard"')


def test_tender_of_an_unpublished_agreement_is_not_found(client, lot):
    tender = Competition(lot=lot).published()
    lot.agreement.published = False
    lot.agreement.save()

    assert client.get(reverse("publication:tender", args=[tender.reference])).status_code == 404


# ── R2.16 ────────────────────────────────────────────────────────────────────────────────────
def test_r2_16_awards_are_grouped_by_quarter_lot_and_provider(lot):
    first = awarded(lot, at=datetime(2026, 6, 30, 22, 59, tzinfo=UTC))  # 11:59pm in London
    after = awarded(lot, at=datetime(2026, 6, 30, 23, 0, tzinfo=UTC))  # midnight: 1 July
    more = awarded(lot, at=datetime(2026, 8, 1, 9, 0, tzinfo=UTC), weekly_pence=80_000)
    more.provider = after.provider
    more.save()

    lines = registers.awards_by_quarter(registers.contracts_of(lot.agreement))

    assert [
        (str(line.quarter), line.provider, line.awards, line.value_pence, line.last_on)
        for line in lines
    ] == [
        ("July to September 2026", after.provider, 2, 52 * 150_000, date(2026, 8, 1)),
        ("April to June 2026", first.provider, 1, 52 * 70_000, date(2026, 6, 30)),
    ]


def test_r2_16_list_and_csv_carry_no_personal_data(client, lot):
    contract = awarded(lot, at=datetime(2026, 5, 4, 9, 0, tzinfo=UTC), name="Harbour House")
    path = path_of("award_list", lot.agreement)

    assert client.get(path, {"download": "csv"}).text.splitlines() == [
        '"Quarter","Lot","Provider","Awards","Total value","Latest award"',
        '"April to June 2026","Lot 1: Standard","Harbour House","1","£36,400.00","2026-05-04"',
    ]
    award = contract.award
    people = [award.approved_by, award.recommended_by, *contract.provider.people()]
    text = client.get(path).text
    assert [person.name in text or person.email in text for person in people] == [False] * 3


def test_awards_are_searched_and_filtered_by_quarter(client, lot):
    awarded(lot, at=datetime(2026, 5, 4, 9, 0, tzinfo=UTC), name="Harbour House")
    awarded(lot, at=datetime(2026, 8, 4, 9, 0, tzinfo=UTC), name="Haven House")
    path = path_of("award_list", lot.agreement)

    def names(**asked):
        return [line.provider.name for line in client.get(path, asked).context["page"]]

    assert names() == ["Haven House", "Harbour House"]
    assert names(quarter="2026-04-01") == ["Harbour House"]
    assert names(q="HAVEN") == ["Haven House"]
    assert names(lot="1", quarter="2026-07-01") == ["Haven House"]
    assert names(quarter="rubbish", q="\0") == ["Haven House", "Harbour House"]


def test_award_that_is_only_recommended_is_not_public(client, lot):
    Competition(lot=lot).recommended()

    assert list(client.get(path_of("award_list", lot.agreement)).context["page"]) == []


# ── Every register ───────────────────────────────────────────────────────────────────────────
def test_r4_7_the_decision_is_published_with_the_award_and_names_no_officer(client, lot):
    competition = Competition(lot=lot)
    competition.in_standstill()
    User.objects.update(name="Nora Quillfeather")
    path = reverse("publication:tender", args=[competition.tender.reference])
    assert "Ranked first." not in client.get(path).text

    services.confirm_award(
        tender=competition.tender,
        by=competition.commissioner,
        at=Award.objects.get().standstill_ends_at,
    )
    shown = client.get(path).text
    for words in (
        "Ranked first.",
        "Councillor Dale, Cabinet Member: The Cabinet Member agreed.",
        "To abandon the tender; the need goes on.",
        "None found in 5 declarations",
        Award.objects.get().decided_as,
    ):
        assert words in shown
    assert "Nora Quillfeather" not in shown


def test_registers_ask_as_little_for_three_rows_as_for_one(client, lot):
    def counts():
        found = []
        for name in REGISTERS:
            with CaptureQueriesContext(connection) as queries:
                client.get(path_of(name, lot.agreement))
            found.append(len(queries))
        return found

    awarded(lot, at=datetime(2026, 5, 4, 9, 0, tzinfo=UTC))
    one = counts()
    awarded(lot, at=datetime(2026, 8, 4, 9, 0, tzinfo=UTC))
    awarded(lot, at=datetime(2026, 11, 4, 9, 0, tzinfo=UTC))

    assert counts() == one


@pytest.mark.parametrize("name", REGISTERS)
def test_empty_register_says_so(client, lot, name):
    assert " to show.</p>" in client.get(path_of(name, lot.agreement)).text


@pytest.mark.parametrize("name", REGISTERS)
@pytest.mark.parametrize(
    "typed", ["\0", "' OR 1=1 --", "<script>alert(1)</script>", "🏥" * 50, "%", "Ω≈ç√∫"]
)
def test_anything_may_be_typed_into_the_search(client, lot, name, typed):
    asked = dict.fromkeys(["q", "lot", "stage", "quarter", "page"], typed)
    page = client.get(path_of(name, lot.agreement), asked)

    assert page.status_code == 200
    assert "<script>alert" not in page.text

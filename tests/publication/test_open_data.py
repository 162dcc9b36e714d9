"""The awards of a quarter, the page of open data, and that no person is in any of it."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import NoticeTask
from dps_portal.agreements.services import (
    change_validity,
    exercise_option,
    owe_quarterly_notice,
)
from placements.models import Person, Placement, Referral
from tenders import services
from tenders.models import Award, Contract, DeadlineExtension, Tender
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.open_data import for_one_person, paid, placements
from tests.factories.placements import Journey
from tests.factories.tenders import Competition

from .cove import faults_of

pytestmark = pytest.mark.django_db

IN_JULY = datetime(2026, 7, 9, 9, tzinfo=UTC)
TODAY = date(2026, 11, 26)
PACKAGES = ("release_package", "record_package")
FILES = (*PACKAGES, "release_feed", "contracts_csv", "spend_csv", "open_data")


@pytest.fixture
def lot():
    return LotFactory(number=1)


def awarded(lot, *, at=IN_JULY, is_for_one=False, of=None):
    """A contract at £700 a week for 364 nights, to ``of`` where that is given."""
    contract = Competition(lot=lot).awarded()
    Award.objects.filter(pk=contract.award_id).update(approved_at=at, confirmed_at=at)
    contract.start, contract.end = date(2027, 1, 1), date(2027, 12, 31)
    contract.weekly_pence = 70_000
    contract.provider = of or contract.provider
    contract.save()
    if is_for_one:
        for_one_person(contract.tender)
    return contract


def pack_path(agreement, year=2026, quarter=3):
    return reverse("publication:award_pack", args=[agreement.reference, year, quarter])


def copies(contract, count):
    """As many again, each with a tender for one person's place, without their whole journey."""
    for _ in range(count):
        tender = Tender.objects.get(pk=contract.award.tender_id)
        tender.pk, tender.reference = None, f"TN-{Tender.objects.count():08}"
        tender.save()
        award = Award.objects.get(pk=contract.award_id)
        award.pk, award.tender = None, tender
        award.save()
        made = Contract.objects.get(pk=contract.pk)
        made.pk, made.award, made.reference = None, award, f"CT-{Contract.objects.count():08}"
        made.save()
        for_one_person(tender)


# ── The awards of a quarter ──────────────────────────────────────────────────────────────────
def test_r2_16_pack_tells_of_a_quarter_by_lot_and_provider(client, lot):
    contract = awarded(lot)
    awarded(lot, of=contract.provider)
    awarded(lot, at=datetime(2026, 10, 1, 9, tzinfo=UTC))
    answer = client.get(pack_path(lot.agreement), {"download": "csv"})

    assert answer.text.splitlines() == [
        '"Quarter","Kind","Lot","Provider","Awards","Total value","Latest award"',
        '"July to September 2026","Contract","Lot 1: Standard","Provider 1","2","72800.00",'
        '"2026-07-09"',
    ]
    page = client.get(pack_path(lot.agreement)).text
    assert "£72,800.00" in page
    assert "30 October 2026" in page


def test_pack_as_json_has_the_processes_that_are_told_of_by_name(client, lot):
    contract = awarded(lot)
    awarded(lot, is_for_one=True)
    told = client.get(pack_path(lot.agreement), {"download": "json"}).json()

    assert told["ocids"] == [f"ocds-213czf-{contract.tender}"]
    assert told["notice_due"] == "2026-10-30"
    assert told["license"].startswith("https://www.nationalarchives.gov.uk/")
    assert told["awards"][0] == {
        "quarter": "July to September 2026",
        "kind": "Contract",
        "lot": "Lot 1: Standard",
        "provider": "Provider 1",
        "awards": 1,
        "total_value": "36400.00",
        "latest_award": "2026-07-09",
    }


def places(client, agreement) -> list[tuple]:
    text = client.get(pack_path(agreement), {"download": "csv"}).text
    return [
        (row["Lot"], row["Provider"], row["Awards"], row["Total value"], row["Latest award"])
        for row in csv.DictReader(io.StringIO(text))
        if row["Kind"] == "One person’s place"
    ]


def test_r8_6_few_places_are_not_counted_out(client, lot):
    first = awarded(lot, is_for_one=True)
    few = [("", "Other providers and lots", "Fewer than five", "", "")]
    assert places(client, lot.agreement) == few

    copies(first, 3)
    assert places(client, lot.agreement) == few
    assert "Fewer than 5" in client.get(pack_path(lot.agreement)).text

    copies(first, 1)
    assert places(client, lot.agreement) == [
        ("Lot 1: Standard", "Provider 1", "5", "182000.00", "")
    ]


def test_r8_6_small_numbers_are_added_up_with_one_that_would_give_them_away(client, lot):
    many, more, few = awarded(lot), awarded(LotFactory(agreement=lot.agreement, number=2)), None
    copies(many, 9)
    copies(more, 6)
    few = awarded(
        LotFactory(agreement=lot.agreement, number=3, title="Specialist"), is_for_one=True
    )

    assert places(client, lot.agreement) == [
        ("Lot 1: Standard", "Provider 1", "9", "327600.00", ""),
        ("", "Other providers and lots", "7", "255000.00", ""),
    ]
    page = client.get(pack_path(lot.agreement))
    assert (page.context["pack"].places.total, page.context["pack"].places.total_pence) == (
        *(16, 58_260_000),
    )
    assert "Specialist" not in page.text
    assert few.tender.reference not in page.text


def test_places_are_counted_only_once_the_quarter_is_over(client, lot):
    first = awarded(lot, is_for_one=True)
    copies(first, 6)
    with time_machine.travel(datetime(2026, 9, 30, 22, 59, tzinfo=UTC), tick=False):
        assert places(client, lot.agreement) == []
        assert "counted when the quarter is over" in client.get(pack_path(lot.agreement)).text
    with time_machine.travel(datetime(2026, 9, 30, 23, 0, tzinfo=UTC), tick=False):
        assert [row[2] for row in places(client, lot.agreement)] == ["7"]


def test_a_quarter_that_runs_tells_nothing_of_awards_for_one_person_alone(client, lot):
    awarded(lot, is_for_one=True)
    owe_quarterly_notice(agreement=lot.agreement, award_day=date(2026, 7, 9))
    awards = reverse("publication:award_list", args=[lot.agreement.reference])
    with time_machine.travel(datetime(2026, 9, 30, 22, 59, tzinfo=UTC), tick=False):
        assert "Told when the quarter is over" in client.get(pack_path(lot.agreement)).text
        assert pack_path(lot.agreement) not in client.get(awards).text
        awarded(lot)
        assert "Not published yet" in client.get(pack_path(lot.agreement)).text
        assert pack_path(lot.agreement) in client.get(awards).text
    with time_machine.travel(datetime(2026, 9, 30, 23, 0, tzinfo=UTC), tick=False):
        assert "Not published yet" in client.get(pack_path(lot.agreement)).text
        assert pack_path(lot.agreement) in client.get(awards).text


def test_pack_leads_procurement_to_its_notice_and_back(client, lot):
    contract = awarded(lot)
    NoticeTask.objects.all().delete()
    notice = owe_quarterly_notice(agreement=lot.agreement, award_day=date(2026, 7, 9))
    record = reverse("agreements:record_notice", args=[notice.pk])
    assert "Not published yet" in client.get(pack_path(lot.agreement)).text
    assert record not in client.get(pack_path(lot.agreement)).text
    assert (
        pack_path(lot.agreement)
        in client.get(reverse("publication:award_list", args=[lot.agreement.reference])).text
    )

    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    assert record in client.get(pack_path(lot.agreement)).text
    for page in (record, reverse("agreements:notice_list")):
        assert pack_path(lot.agreement) in client.get(page).text
    notice.reference, notice.published_on = "2026/S 000-1", date(2026, 10, 2)
    notice.save()
    assert (
        "2026/S 000-1, published on 2 October 2026"
        in client.get(pack_path(contract.lot.agreement)).text
    )


def test_quarter_without_awards_and_quarters_that_are_none(client, lot):
    page = client.get(pack_path(lot.agreement, 2025, 1)).text
    assert "No contract was awarded in this quarter." in page
    assert "None is owed" in page
    for year, quarter in ((2026, 0), (2026, 5), (1999, 1), (2100, 1), (0, 0)):
        assert client.get(pack_path(lot.agreement, year, quarter)).status_code == 404


def test_pack_asks_as_little_for_three_awards_as_for_one(client, lot):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(pack_path(lot.agreement))
        return len(queries)

    first = awarded(lot)
    one = count()
    copies(first, 3)
    awarded(LotFactory(agreement=lot.agreement))
    assert count() == one


# ── One person's place ───────────────────────────────────────────────────────────────────────
def test_tender_for_one_person_is_on_no_public_page(client, lot):
    contract = awarded(lot, is_for_one=True)
    agreement = lot.agreement.reference
    pages = [
        *(
            reverse(f"publication:{name}", args=[agreement])
            for name in ("agreement", "tender_list")
        ),
        *(reverse(f"publication:{name}", args=[agreement]) for name in ("award_list",)),
        *(reverse(f"publication:{name}") for name in (*FILES, "sitemap")),
        pack_path(lot.agreement),
    ]
    for path in pages:
        text = client.get(path).content.decode()
        assert contract.tender.reference not in text
        assert contract.reference not in text
    for path in (
        reverse("publication:tender", args=[contract.tender.reference]),
        reverse("publication:record", args=[f"ocds-213czf-{contract.tender}"]),
    ):
        assert client.get(path).status_code == 404


def test_no_person_and_nothing_sealed_is_in_any_file(client):
    journey = Journey(lot=LotFactory(number=1))
    sealed = Competition(lot=journey.lot, providers=3, closes_in=timedelta(days=2))
    sealed.published()
    sealed.bid_all(73_911, 73_912, 73_913)
    lost = Competition(lot=journey.lot)
    contract = lost.awarded(74_001, 74_913)
    for_one_person(Competition(lot=journey.lot).awarded(75_113, 75_999).tender)
    [placement] = placements(journey, 1)
    invoice = paid(journey.provider, 91_357, date(2026, 7, 9), placements=[placement])
    award = contract.award
    award.reason = award.consultation = award.alternatives = "A heron nobody has seen"
    award.save()

    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        text = "".join(
            client.get(reverse(f"publication:{name}")).content.decode() for name in FILES
        )
        text += "".join(
            client.get(pack_path(journey.agreement), {"download": kind}).content.decode()
            for kind in ("", "csv", "json")
        )
    people = [*lost.evaluators, lost.moderator, lost.officer, lost.commissioner, lost.drafter]
    losers = [lost.providers[1].company_number, *(one.company_number for one in sealed.providers)]
    canaries = [
        *(form for pence in ("739.11", "739.12", "749.13", "751.13", "73911") for form in [pence]),
        *("A heron nobody has seen", "Ranked first", "Clear and complete", "We do it well"),
        *("Alex Example", "Perdita Canary", invoice.reference, invoice.number, invoice.transaction),
        *(one.reference for model in (Referral, Placement) for one in model.objects.all()),
        *(str(one) for one in Person.objects.all()),
        *(word for one in people for word in (one.email, one.name)),
        *losers,
    ]
    assert [canary for canary in canaries if canary in text] == []
    assert contract.reference in text  # a control: what is public is found


# ── Random histories ─────────────────────────────────────────────────────────────────────────
HISTORIES, TENDERS = 8, 6


@pytest.mark.parametrize("seed", range(1, HISTORIES + 1))
def test_whatever_happened_passes_the_check_of_the_standard(client, seed):
    random = Random(seed)  # noqa: S311 - invented histories
    agreements = [
        LotFactory(
            agreement__ocid=random.choice(["", f"ocds-h6vhtk-{number}"]),
            agreement__regime_key=random.choice(["PCR_2015_REG_34", "PCR_2015_LIGHT_TOUCH"]),
            agreement__opens_in_rounds=random.choice([None, True]),
            agreement__start=date(2022, 4, 1) + timedelta(days=random.randrange(1_650)),
            agreement__end=date(2028, 8, 1),
        ).agreement
        for number in range(random.randint(1, 2))
    ]
    for agreement in agreements:
        live(random, agreement)
    for _ in range(TENDERS):
        happen(random, LotFactory(agreement=random.choice(agreements)))
    for days in sorted(random.sample(range(2_000), 3)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            told = [client.get(reverse(f"publication:{name}")) for name in PACKAGES]
        assert [faults_of(answer.json()) for answer in told] == [{}, {}]


def live(random: Random, agreement) -> None:
    """Its rounds, an option that may be taken, and a term that may be made longer."""
    now, by = timezone.now(), UserFactory(roles=[Role.COMMISSIONER])
    today = timezone.localdate(now)
    for _ in range(random.randrange(3)):
        opens_at = now + timedelta(days=random.randint(-400, 400))
        closes_at = opens_at + timedelta(days=random.randint(1, 40))
        agreement.rounds.create(opens_at=opens_at, closes_at=closes_at)
    decided = {"by": by, "at": now}
    if random.random() < 0.6:
        option = agreement.options.create(
            number=1,
            start=agreement.end,
            end=agreement.end + timedelta(days=random.randint(1, 60)),
            exercise_by=agreement.end - timedelta(days=1),
        )
        if random.random() < 0.6:
            exercise_option(
                option=option, evidence="Decision 1", on=today, legal_check="Counsel.", **decided
            )
    decided_on = date(2026, 2, 23) - timedelta(days=random.randrange(300))  # the law's last day
    decided |= {"decided_on": decided_on, "evidence": "Decision 2"}
    for days in random.sample(range(1, 60), random.randrange(3)):
        agreement.refresh_from_db()
        change_validity(agreement=agreement, end=agreement.end + timedelta(days=days), **decided)
    agreement.refresh_from_db()


def happen(random: Random, lot) -> None:
    """One tender, as far as chance takes it."""
    words = random.choice(["Places", "\u202eالعربية", " \t", "<b>&amp;", "🏥" * 40, "=1+1", "\x0b"])
    facts = {"title": f"T {words}", "need": words}
    options = {"options": 1, "option_months": random.randint(1, 6)} if random.random() < 0.5 else {}
    end = random.choice(["drafted", "published", "later", "abandoned", "standstill", "awarded"])
    is_closed = end in {"standstill", "awarded"}
    competition = Competition(lot=lot, closes_in=timedelta(days=-1 if is_closed else 2))
    match end:
        case "drafted":
            competition.drafted(**facts)
        case "published":
            competition.published(**facts)
        case "later":
            tender = competition.published(**facts)
            for day in range(1, random.randint(2, 4)):
                DeadlineExtension.objects.create(
                    tender=tender,
                    closed_at=tender.closes_at,
                    closes_at=tender.closes_at + timedelta(days=day),
                    reason="More time.",
                    asked_by=competition.drafter,
                    asked_at=competition.now,
                    agreed_by=competition.officer,
                    agreed_at=competition.now + timedelta(hours=day),
                )
        case "abandoned":
            competition.published(**facts)
            Tender.objects.filter(pk=competition.tender.pk).update(
                state="abandoned",
                abandon_reason="No need.",
                abandon_asked_by=competition.drafter,
                abandoned_by=competition.officer,
                abandoned_at=competition.now,
            )
        case "standstill":
            competition.in_standstill(**facts, **options)
        case "awarded":
            contract = competition.awarded(**facts, **options)
            if options and random.random() < 0.7:
                services.exercise_contract_option(
                    contract=contract, reason="On.", by=competition.commissioner, at=competition.now
                )


# ── The page ─────────────────────────────────────────────────────────────────────────────────
def test_page_names_the_licence_for_programs(client, lot):
    text = client.get(reverse("publication:open_data")).text
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    catalogue = json.loads(block)

    assert '<link rel="license" href="https://www.nationalarchives.gov.uk/' in text
    assert catalogue["@type"] == "DataCatalog"
    assert catalogue["license"].endswith("/open-government-licence/version/3/")
    assert [one["distribution"]["contentUrl"] for one in catalogue["dataset"]] == [
        f"http://localhost:8000{reverse(f'publication:{name}')}" for name in FILES[:-1]
    ]
    assert lot.agreement.title in text


def test_page_says_when_there_is_nothing_yet(client):
    text = client.get(reverse("publication:open_data")).text
    assert "Nothing is published yet." in text
    assert "No payment is published yet." in text


def test_files_are_kept_by_no_cache_as_no_page_is(client, lot):
    Competition(lot=lot).published()
    for name in FILES:
        answer = client.get(reverse(f"publication:{name}"))
        assert answer["Cache-Control"] == "no-store, private"

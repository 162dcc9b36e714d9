"""The council's pages of an agreement."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, NoticeTask
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory

from .test_life import RULES, lock

pytestmark = pytest.mark.django_db

EMPTY = {rule: value or "" for rule, value in RULES.items()}


def boxes(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def decision(**days):
    file = SimpleUploadedFile("decision.pdf", b"%PDF-1.4\n%%EOF\n")
    facts = {"evidence": "Decision 1", "file": file}
    for name, day in {"decided_on": days_ahead(0), **days}.items():
        facts |= boxes(name, day)
    return facts


def days_ahead(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def agreement():
    return AgreementFactory(regime_key="PCR_2015_LIGHT_TOUCH", end=days_ahead(300))


@pytest.fixture
def commissioner(client):
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))
    return client


@pytest.fixture
def officer(client):
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    return client


def page_of(client, name, *args, app="agreements", **data):
    address = reverse(f"{app}:{name}", args=args)
    return client.post(address, data) if data else client.get(address)


def test_agreement_shows_its_countdown_and_where_each_rule_comes_from(commissioner, agreement):
    agreement.decide_days = 8
    agreement.save()

    page = commissioner.get(agreement.get_absolute_url()).content.decode()

    assert "299 days left" in page
    # the figure, what the two lapses do, and whether each placement is competed for
    assert page.count("As published") == 4
    assert page.count("The regime<") == 4


def test_set_rules_saves_and_a_locked_page_offers_the_deviation(commissioner, agreement):
    posted = page_of(commissioner, "set_rules", agreement.reference, **EMPTY | {"decide_days": 8})
    assert posted.status_code == 302
    assert Agreement.objects.get().regime.decide_application.days == 8

    lock(agreement)
    assert (
        "<form"
        not in page_of(commissioner, "set_rules", agreement.reference)
        .content.decode()
        .split("<main")[1]
    )
    late = page_of(commissioner, "set_rules", agreement.reference, **EMPTY)
    assert "only with a deviation record" in late.content.decode()
    assert Agreement.objects.get().decide_days == 8


def test_refused_rules_keep_what_was_typed(commissioner):
    agreement = AgreementFactory()

    page = page_of(commissioner, "set_rules", agreement.reference, **EMPTY | {"decide_days": 12})

    assert "regulation 34 allows 10 at most" in page.content.decode()
    assert 'value="12"' in page.content.decode()


def test_record_deviation_asks_for_the_value_of_the_chosen_rule(commissioner, agreement):
    lock(agreement)
    facts = {"rule": "minimum_tender_days", "reason": "Why.", "no_breach": "None."}

    page = page_of(commissioner, "record_deviation", agreement.reference, app="providers", **facts)
    assert "Give the new value of the rule" in page.content.decode()

    facts |= {"days": 12}
    page_of(commissioner, "record_deviation", agreement.reference, app="providers", **facts)
    assert Agreement.objects.get().minimum_tender_days == 12


def test_open_round_takes_whole_days_from_tomorrow(officer, agreement):
    def opened(first, last):
        days = boxes("opens_on", first) | boxes("closes_on", last)
        return page_of(officer, "open_round", agreement.reference, **days)

    assert "must be on or after" in opened(days_ahead(0), days_ahead(9)).content.decode()
    assert "cannot come before" in opened(days_ahead(5), days_ahead(4)).content.decode()
    assert opened(days_ahead(1), agreement.last_day).status_code == 302
    assert timezone.localdate(agreement.rounds.get().closes_at) == agreement.end


def test_r2_2_a_strict_system_offers_no_round(officer):
    page = page_of(officer, "open_round", AgreementFactory().reference)

    assert "open for the whole term" in page.content.decode()


def test_exercise_option_once_with_the_decision_as_a_file(commissioner, agreement):
    agreement.options.create(
        number=1, start=agreement.end, end=days_ahead(600), exercise_by=days_ahead(200)
    )
    one = agreement.reference

    page = page_of(commissioner, "exercise_option", one, 1, **decision())
    assert "Record the legal advice" in page.content.decode()
    advised = page_of(commissioner, "exercise_option", one, 1, **decision(), legal_check="Counsel.")
    assert advised.status_code == 302
    assert Agreement.objects.get().end == days_ahead(600)
    again = page_of(commissioner, "exercise_option", one, 1)
    assert "exercised already" in again.content.decode()


def test_end_early_with_its_decision_to_download(commissioner, agreement):
    page_of(commissioner, "end_early", agreement.reference, **decision(last_day=days_ahead(30)))

    agreement.refresh_from_db()
    change = agreement.validity_changes.get()
    assert agreement.last_day == days_ahead(30)
    page = commissioner.get(agreement.get_absolute_url()).content.decode()
    assert "Incomplete: notice outstanding" in page
    document = page_of(commissioner, "validity_document", agreement.reference, change.pk)
    assert b"".join(document).startswith(b"%PDF")


def test_r1_2_change_validity_is_refused_after_the_freeze(commissioner, agreement):
    facts = decision(last_day=days_ahead(400))

    page = page_of(commissioner, "change_validity", agreement.reference, **facts)

    assert "could not be changed after 23 February 2026" in page.content.decode()
    assert not agreement.validity_changes.exists()


def test_r3_3_lot_criteria_above_twice_the_call_off_need_a_justification(commissioner, agreement):
    lot = LotFactory(agreement=agreement, number=1)
    facts = {"minimum_turnover_pence": "5,000,000", "turnover_justification": ""}

    page = page_of(commissioner, "set_lot_criteria", agreement.reference, 1, **facts)
    assert "needs a justification" in page.content.decode()

    facts["turnover_justification"] = "High risk."
    page_of(commissioner, "set_lot_criteria", agreement.reference, 1, **facts)
    lot.refresh_from_db()
    assert lot.minimum_turnover_pence == 500_000_000


@pytest.mark.parametrize("notices", [1, 3])
def test_notice_list_costs_the_same_however_long(
    officer, agreement, notices, django_assert_num_queries
):
    for number in range(notices):
        NoticeTask.objects.create(agreement=agreement, what=f"N{number}", due_on=days_ahead(1))

    with django_assert_num_queries(8):
        page = page_of(officer, "notice_list")

    assert page.status_code == 200


def test_notice_list_is_searched_filtered_and_downloaded(officer, agreement):
    lock(agreement)
    NoticeTask.objects.create(agreement=agreement, what="Award notice", due_on=days_ahead(-1))
    address = reverse("agreements:notice_list")

    def found(**query):
        page = officer.get(address, query)
        return [notice.what for notice in page.context["page"]]

    assert found() == ["Award notice", "Contract notice"]
    assert found(state="outstanding", q="award") == ["Award notice"]
    assert found(state="recorded") == ["Contract notice"]
    assert found(q="2022/S") == ["Contract notice"]
    assert "Overdue" in officer.get(address).content.decode()
    table = officer.get(address, {"state": "outstanding", "download": "csv"}).content.decode()
    assert table.splitlines() == [
        '"Agreement","Notice","Kind","Due","Reference","Published"',
        f'"Residential rehabilitation","Award notice","Contract notice","{days_ahead(-1)}","",""',
    ]


def test_record_notice_once(officer, agreement):
    notice = NoticeTask.objects.create(
        agreement=agreement, what="Award notice", due_on=days_ahead(1)
    )
    facts = boxes("published_on", days_ahead(0)) | {"reference": "2026/S 000-1"}

    assert page_of(officer, "record_notice", notice.pk, **facts).status_code == 302
    assert "recorded already" in page_of(officer, "record_notice", notice.pk).content.decode()


def test_agreement_list_leads_to_the_only_agreement(commissioner, agreement):
    assert page_of(commissioner, "agreement_list").url == agreement.get_absolute_url()
    AgreementFactory()
    assert page_of(commissioner, "agreement_list").status_code == 200


def test_r2_6_time_for_the_first_evaluation_is_set_and_taken_back(commissioner, agreement):
    def until(day):
        facts = boxes("until", day) if day else {"until_day": "", "until_month": ""}
        page_of(commissioner, "set_initial_evaluation", agreement.reference, app="tenders", **facts)
        return Agreement.objects.get().initial_evaluation_until

    assert until(days_ahead(20)) == days_ahead(20)
    assert until(None) is None

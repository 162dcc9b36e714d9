"""The auditor's desk: what is verified is kept, every breach is found, every figure comes again."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent, AuditHead
from dps_portal.reports import duties, services
from dps_portal.reports.models import Verification
from placements import services as placing
from placements.models import BudgetYear, LedgerEntry, OneOff, Placement
from tenders import services as bidding
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey
from tests.factories.tenders import Competition

from .planted import PLANTED, Town, without_checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    person = UserFactory(roles=[Role.AUDITOR])
    client.force_login(person)
    return person


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000, y2027=27_000_000)


def page(client, name, *args, **query):
    answer = client.get(reverse(f"reports:{name}", args=args), query)
    assert answer.status_code == 200
    return answer


# ── Verification ─────────────────────────────────────────────────────────────────────────────────


def test_a_verification_is_kept_with_its_counts_and_head(client, auditor, journey):
    journey.approved()
    head, events = AuditHead.objects.get().hash, AuditEvent.objects.count()

    answer = client.post(reverse("reports:verify_trail"))

    kept = Verification.objects.get()
    assert answer.url == reverse("reports:verification_list")
    assert (kept.by, kept.events, kept.head, kept.is_whole) == (auditor, events, head, True)
    assert (kept.entries, kept.years, kept.placements) == (1, 3, 1)
    assert head in page(client, "verification_list").text
    last = AuditEvent.objects.in_order().last()
    assert (last.action, last.subject_ref) == ("trail.verified", str(kept))


def test_a_verification_names_the_first_broken_event_and_each_difference(client, auditor, journey):
    journey.approved()
    year = BudgetYear.objects.get(year=2026)
    BudgetYear.objects.filter(pk=year.pk).update(committed_pence=1)
    table = AuditEvent._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute(f"DROP TRIGGER {table}_no_UPDATE")
    AuditEvent.objects.filter(seq=2).update(actor_ref="U-SOMEBODY")

    found = services.verify_trail(by=auditor, at=AT)

    held = LedgerEntry.objects.get().pence
    assert (found.broken_at, found.is_whole) == (2, False)
    assert found.differences == [f"The year {year} holds 1 pence, its entries {held}."]
    broken = page(client, "verification_list", result="broken").context["page"]
    assert list(broken) == [found]
    assert not page(client, "verification_list", result="whole").context["page"].object_list
    assert "First broken event: 2" in page(client, "verification_list").text


def test_a_verification_is_never_changed(auditor):
    kept = services.verify_trail(by=auditor, at=AT)

    for act in (Verification.objects.filter(pk=kept.pk).delete, kept.save):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_events_that_come_during_the_walk_break_nothing(auditor, journey, monkeypatch):
    journey.draft()
    real = AuditEvent.digest
    written = []

    def digest(event):
        if not written and event.pk:
            written.append(True)
            Journey(lot=journey.lot, people=journey.people, provider=journey.provider).draft()
        return real(event)

    monkeypatch.setattr(AuditEvent, "digest", digest)
    events = AuditEvent.objects.count()

    found = services.verify_trail(by=auditor, at=AT)

    assert (found.is_whole, found.events) == (True, events)


# ── Separation of duties ─────────────────────────────────────────────────────────────────────────


def test_every_rule_has_its_planted_breach():
    assert sorted(plant.__name__ for plant in PLANTED) == sorted(
        rule.name for rule in duties.duties()
    )


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_breach_is_found(plant, client, auditor):
    town = Town()
    with without_checks():
        plant(town)
        found = {row.duty.name: row for row in duties.examine(duties.duties())}

        assert found[plant.__name__].exceptions == 1
        shown = page(client, "duty", plant.__name__, show="exceptions")
        assert shown.context["page"].paginator.count == 1
        assert "There must be no exception" in page(client, "duty_list").text


def test_the_services_leave_no_exception(journey):
    competition = Competition()
    competition.awarded()
    journey.leave(journey.admitted(), date(2026, 7, 1))

    found = {row.duty.name: row for row in duties.examine(duties.duties())}

    assert {name: row.exceptions for name, row in found.items()} == dict.fromkeys(found, 0)
    assert [
        found[name].examined for name in ("funding", "publication", "award", "openers", "moderator")
    ] == [1, 1, 1, 1, 8]


@pytest.mark.parametrize("name", ["funding", "declared", "openers", "roles"])
def test_each_count_leads_to_its_rows(name, client, auditor, journey):
    journey.approved()
    Competition().awarded()
    found = {row.duty.name: row for row in page(client, "duty_list").context["findings"]}

    everything = page(client, "duty", name)

    assert everything.context["page"].paginator.count == found[name].examined
    assert page(client, "duty", name, show="exceptions").context["page"].paginator.count == 0


def test_no_rule_of_that_name_is_not_found(client, auditor):
    assert client.get(reverse("reports:duty", args=["nothing"])).status_code == 404


def test_rules_cost_two_queries_each_however_many_rows(client, auditor, journey):
    url = reverse("reports:duty_list")
    client.get(url)
    costs = []
    for _ in range(2):
        journey.approved()
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        costs.append(len(asked))

    assert costs[0] == costs[1]
    assert costs[0] - 2 * len(duties.duties()) < 6


# ── Access to clients' data ──────────────────────────────────────────────────────────────────────


def look(journey, *, purpose="contact", by=None, at=AT, person=None):
    person = person or journey.draft().person
    placing.person_identity(person=person, purpose=purpose, by=by, at=at)
    return person


def test_looks_are_summed_up_by_person_kind_and_reason(client, auditor, journey):
    manager, worker = journey.people["manager"], journey.people["assessor"]
    person = look(journey, by=manager)
    look(journey, by=manager, person=person, at=AT + timedelta(hours=1))
    look(journey, by=manager)
    look(journey, by=manager, purpose="safety")
    look(journey, by=worker)

    shown = page(client, "access_summary")

    groups = {
        (row.group.who, row.group.purpose): (row.group.count, row.group.people, row.group.roles)
        for row in shown.context["page"]
    }
    assert groups == {
        (manager.ref, "contact"): (3, 2, "Assessment manager"),
        (manager.ref, "safety"): (1, 1, "Assessment manager"),
        (worker.ref, "contact"): (1, 1, "Assessor"),
    }
    assert shown.context["total"] == 5
    for row in shown.context["page"]:
        assert client.get(row.url).context["page"].paginator.count == row.group.count


def test_both_days_are_within_and_the_rows_behind_a_figure_are_those_of_the_period(
    client, auditor, journey
):
    manager = journey.people["manager"]
    for days in (0, 1, 2):
        look(journey, by=manager, at=AT + timedelta(days=days))
    period = {
        f"{name}_{part}": getattr(AT.date() + timedelta(days=days), part)
        for name, days in (("first_day", 1), ("last_day", 2))
        for part in ("day", "month", "year")
    }

    [row] = page(client, "access_summary", **period).context["page"]

    assert row.group.count == 2
    assert client.get(row.url).context["page"].paginator.count == 2


def test_break_glass_is_summed_up_with_its_reviews(client, auditor, journey):
    stranger = UserFactory(roles=[Role.ASSESSOR])
    first, _ = (
        placing.break_glass(person=journey.draft().person, reason="Ill.", by=stranger, at=AT)
        for _ in range(2)
    )
    placing.review_break_glass(
        opened=first, is_justified=False, note="No.", by=journey.people["manager"], at=AT
    )

    [one] = page(client, "access_summary").context["breaks"]

    assert (one.who, one.count, one.waiting, one.unjustified) == (stranger.ref, 2, 1, 1)
    assert "1 not reviewed yet" in page(client, "auditor_desk").text


def test_a_person_who_has_left_is_told_by_the_last_roles(client, auditor, journey):
    manager = journey.people["manager"]
    look(journey, by=manager)
    manager.grants.update(ended_at=AT)

    [row] = page(client, "access_summary").context["page"]

    assert row.group.roles == "Formerly Assessment manager"


# ── Scores ───────────────────────────────────────────────────────────────────────────────────────

MODELS = {
    "lowest ratio": {},
    "a range": {
        "price_formula": "SET_RANGE",
        "range_low_pence": 80_000,
        "range_high_pence": 100_000,
    },
    "the mean": {"price_formula": "MEAN", "rounding": "TOTAL"},
    "a benchmark": {"price_formula": "BENCHMARK", "benchmark_pence": 90_000},
    "stays of twelve weeks": {"compared_weeks": 12},
    "a minimum": {"minimum_question_score": 3},
    "a cap": {"ceiling_rule": "CAP"},
}


@pytest.fixture(params=MODELS.values(), ids=MODELS.keys())
def competition(request, auditor):
    competition = Competition()
    competition.awarded(90_000, 95_000, **request.param, agreed={"Provider 2": 5, "Provider 1": 3})
    competition.declare(auditor)
    return competition


def test_a_score_comes_again_as_it_was_kept_on_page_and_by_the_command(
    client, auditor, competition, tmp_path
):
    tender = competition.tender
    shown = page(client, "score_check", tender.reference)
    given = page(client, "score_check", tender.reference, download="json").text
    (tmp_path / "given.json").write_text(given, encoding="utf-8")
    out = io.StringIO()

    call_command("score_tender", str(tmp_path / "given.json"), stdout=out)

    check = shown.context["check"]
    assert check.is_equal
    assert [bid.is_equal for bid in check.bids] == [True, True]
    assert all(bid.steps for bid in check.bids if not bid.kept["excluded"])
    kept = {row["provider"]: row for row in tender.award.ranking}
    for name, row in json.loads(out.getvalue()).items():
        assert row.get("rank") == kept[name]["rank"]


def test_tender_and_ranking_lead_the_auditor_to_the_check(client, auditor):
    competition = Competition()
    competition.awarded()
    tender = competition.tender
    check = reverse("reports:score_check", args=[tender.reference])
    pages = [tender.get_absolute_url(), reverse("tenders:ranking", args=[tender.reference])]
    assert check not in client.get(pages[0]).text  # before the interests are declared
    competition.declare(auditor)
    assert [check in client.get(one).text for one in pages] == [True, True]
    assert client.get(check).status_code == 200

    client.force_login(competition.officer)
    assert [check in client.get(one).text for one in pages] == [False, False]


def test_funding_leads_the_auditor_to_the_check_of_its_cost(client, auditor, journey):
    asked = journey.admitted().requests.get()
    check = reverse("reports:cost_check", args=[asked.placement.reference])
    assert check in client.get(asked.get_absolute_url()).text
    assert client.get(check).status_code == 200

    client.force_login(journey.people["finance"])
    assert check not in client.get(asked.get_absolute_url()).text


def test_a_score_that_was_altered_is_told(client, auditor):
    competition = Competition()
    competition.awarded()
    competition.declare(auditor)
    evaluation = competition.tender.evaluations.get()
    evaluation.ranking[0]["total"] = "99"
    evaluation.save()

    check = page(client, "score_check", competition.tender.reference).context["check"]

    assert (check.is_equal, check.award_is_equal) == (False, False)
    assert sorted(bid.is_equal for bid in check.bids) == [False, True]
    assert (
        "differs from what was kept"
        in page(client, "score_check", competition.tender.reference).text
    )


def test_a_model_that_was_altered_is_told(client, auditor):
    competition = Competition()
    competition.awarded()
    competition.declare(auditor)
    competition.lot.ceiling_weekly_pence += 1
    competition.lot.save()

    check = page(client, "score_check", competition.tender.reference).context["check"]

    assert (check.is_model_intact, check.is_equal) == (False, False)


def test_a_bid_that_was_rejected_comes_again_as_rejected(client, auditor):
    competition = Competition(providers=3)
    competition.locked(100_000, 98_000, 60_000)
    low = competition.tender.bids.get(provider=competition.providers[2])
    due = competition.now + timedelta(days=5)
    facts = {"bid": low, "by": competition.officer}
    bidding.ask_explanation(**facts, question="How?", due_at=due, at=competition.now)
    bidding.decide_price(
        **facts, is_accepted=False, reason="Cannot be.", at=due + timedelta(days=1)
    )
    bidding.recommend_award(
        tender=competition.tender,
        bids=bidding.expected_winners(competition.tender, bidding.ranking(competition.tender))[:1],
        reason="Ranked first.",
        by=competition.officer,
        at=competition.now,
    )
    competition.approve()
    competition.declare(auditor)

    check = page(client, "score_check", competition.tender.reference).context["check"]

    assert check.is_equal
    assert [
        bid.afresh["excluded"] for bid in check.bids if bid.provider == low.provider.reference
    ] == ["abnormally low price, not accounted for"]


def test_scores_are_kept_from_who_has_not_declared(client, auditor):
    competition = Competition()
    competition.awarded()

    assert not page(client, "score_check_list").context["page"].object_list
    url = reverse("reports:score_check", args=[competition.tender.reference])
    assert client.get(url).status_code == 404


# ── Costs ────────────────────────────────────────────────────────────────────────────────────────


def check(client, placement):
    return page(client, "cost_check", placement.reference).context["check"]


def by_command(client, placement, tmp_path):
    given = page(client, "cost_check", placement.reference, download="json").text
    path = tmp_path / "given.json"
    path.write_text(given, encoding="utf-8")
    out = io.StringIO()
    call_command("cost_stay", str(path), stdout=out)
    return json.loads(out.getvalue())["expected"]


def admitted(journey):
    return journey.admitted()


def over_the_new_year(journey):
    journey.planned = date(2027, 2, 10)
    with time_machine.travel(date(2027, 2, 10), tick=False):
        return journey.admitted()


def left_early(journey):
    placement = journey.admitted()
    journey.leave(placement, date(2026, 7, 1), status="unplanned", notice_nights=3)
    return placement


def left_at_once(journey):
    placement = journey.admitted()
    journey.leave(placement, placement.admission)
    return placement


def away(journey):
    placement = journey.admitted()
    for start, centre in ((date(2026, 6, 20), "council"), (date(2026, 7, 1), "provider")):
        placing.record_absence(
            placement=placement,
            start=start,
            end=start + timedelta(days=9),
            reason="In hospital",
            cost_centre=centre,
            first_nights=3,
            first_percent=100,
            later_percent=50,
            by=journey.people["assessor"],
            at=AT + timedelta(days=90),
        )
    return placement


def with_a_charge(journey):
    placement = journey.admitted()
    request = journey.ask(
        placement, "one_off", start=date(2026, 6, 20), one_off_pence=12_345, label="Travel"
    )
    journey.decide(request)
    return placement


STAYS = [admitted, over_the_new_year, left_early, left_at_once, away, with_a_charge]


@pytest.mark.parametrize("stay", STAYS, ids=lambda stay: stay.__name__)
def test_a_cost_comes_again_as_the_ledger_has_it_on_page_and_by_the_command(
    stay, client, auditor, journey, tmp_path
):
    placement = stay(journey)

    found = check(client, placement)

    assert found.is_equal
    assert found.years
    told = by_command(client, placement, tmp_path)
    assert {year: pounds for year, pounds in told["gross_by_fy"].items() if pounds != "0.00"} == {
        year.year: year.kept for year in found.years if year.kept != "0.00"
    }


def test_a_placement_without_a_funded_night_has_its_charges(client, auditor, journey):
    placement = journey.approved()
    placing.record_non_arrival(
        placement=placement,
        reason="Did not come.",
        by=journey.people["assessor"],
        at=AT + timedelta(days=60),
    )

    found = check(client, placement)

    assert [year.kept for year in found.years] == ["0.00"]
    assert found.is_equal
    assert "No night is funded." in page(client, "cost_check", placement.reference).text


def test_a_cost_that_was_altered_is_told(client, auditor, journey):
    placement = journey.admitted()
    OneOff.objects.create(placement=placement, on=date(2026, 6, 20), pence=1, label="Slipped in")

    found = check(client, placement)

    assert [year.is_equal for year in found.years] == [False]
    assert (
        "something else than the ledger holds"
        in page(client, "cost_check", placement.reference).text
    )


def test_the_working_of_a_stay_is_its_nights(client, auditor, journey):
    placement = journey.admitted()

    [step] = page(client, "cost_check", placement.reference).context["steps"]

    nights = (placement.funded_until - placement.admission).days
    weekly = placement.weekly_pence
    whole, rest = divmod(nights * weekly, 7)
    exact = f"{whole:,}" + (f" {rest}/7" if rest else "")
    assert step == ("2026/27", f"{nights} nights × £845.00 ÷ 7 = {exact} pence")
    assert (
        Placement.objects.get().person_choice
        not in page(client, "cost_check", placement.reference).text
    )


def test_no_page_of_the_desk_names_a_client(client, auditor, journey):
    placement = journey.admitted()
    look(journey, by=journey.people["manager"], person=placement.referral.person)
    pages = [
        page(client, name).text
        for name in ("auditor_desk", "duty_list", "access_summary", "cost_check_list")
    ]
    pages += [
        page(client, "cost_check", placement.reference).text,
        page(client, "cost_check", placement.reference, download="json").text,
        page(client, "duty", "funding").text,
    ]

    assert not any("Alex Example" in text for text in pages)


def test_exceptions_are_downloaded(client, auditor):
    town = Town()
    with without_checks():
        next(plant for plant in PLANTED if plant.__name__ == "funding")(town)
        text = page(client, "duty", "funding", show="exceptions", download="csv").text
        rows = list(csv.DictReader(io.StringIO(text)))

    assert [(row["Person"], row["Other person"]) for row in rows] == [(town.one.ref, town.one.ref)]

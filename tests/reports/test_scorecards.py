"""Scorecards by quarter, and the returns of providers: sent, replaced, late, corrected."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements.rules import Quarter
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports import rules, scorecards, services
from dps_portal.reports.models import QuarterlyReturn, ReturnKind
from dps_portal.reports.worklist import tasks_for
from dps_portal.ui.acts import PER_PAGE
from providers.models import Admission
from tests.factories.accounts import UserFactory
from tests.factories.placements import Journey, noon, owner_of, provider_on

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 5)
SPRING, SUMMER, AUTUMN = (Quarter(date(2026, month, 1)) for month in (4, 7, 10))
DUE = rules.return_due(SUMMER.last_day)
LIST = reverse("reports:scorecard_list")
RETURNS = reverse("reports:return_list")
SEND = reverse("reports:submit_return", args=[2026, 7])
FIGURES = {
    "nights_stayed": 60,
    "complaints": 1,
    "safeguarding_concerns": 0,
    "serious_incidents": 2,
    "staff_vacancies": 3,
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000)


def another(journey):
    return Journey(
        lot=journey.lot, provider=journey.provider, people=journey.people, planned=journey.planned
    )


def stay(journey, left=date(2026, 8, 1), status="planned"):
    one = another(journey)
    one.leave(one.admitted(), left, status=status)


def send(journey, *, on=TODAY, quarter=SUMMER, **facts):
    return services.submit_return(
        **{
            "provider": journey.provider,
            "agreement": journey.agreement,
            "quarter": quarter,
            "figures": FIGURES,
            "nothing_to_report": False,
            "comment": "",
            "reason": "",
            "by": owner_of(journey.provider),
            "at": noon(on),
        }
        | facts
    )


# ── Returns ──────────────────────────────────────────────────────────────────────────────────────


def test_a_return_is_due_ten_working_days_after_its_quarter():
    assert date(2026, 10, 14) == DUE


def test_a_return_is_kept_and_recorded(journey):
    made = send(journey)

    assert (made.kind, made.is_late, made.due_on, made.figures) == (
        *(ReturnKind.FIRST, False, DUE),
        FIGURES,
    )
    event = AuditEvent.objects.in_order().last()
    assert (event.action, event.facts) == ("return.submitted", {"kind": "first", "is_late": False})


def test_the_same_again_changes_nothing(journey):
    assert send(journey) == send(journey)
    assert QuarterlyReturn.objects.count() == 1


def test_nothing_to_report_is_a_return(journey):
    made = send(journey, figures=dict.fromkeys(FIGURES, 0), nothing_to_report=True)

    assert (made.nothing_to_report, set(made.figures.values())) == (True, {0})


def test_until_it_is_due_a_new_one_replaces_it(journey):
    first = send(journey)

    second = send(journey, on=DUE, figures=FIGURES | {"complaints": 4})

    assert (second.kind, second.replaces, second.is_late) == (ReturnKind.REPLACEMENT, first, False)
    assert list(QuarterlyReturn.objects.standing()) == [second]


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (1, True)])
def test_one_sent_after_the_day_is_marked_as_late(journey, days, is_late):
    assert send(journey, on=DUE + timedelta(days=days)).is_late is is_late


def test_after_the_day_it_is_reversed_and_sent_anew(journey):
    first = send(journey)
    changed = FIGURES | {"complaints": 4}

    last = send(journey, on=DUE + timedelta(days=1), figures=changed, reason="One was missed.")

    kinds = [row.kind for row in QuarterlyReturn.objects.order_by("pk")]
    assert kinds == [ReturnKind.FIRST, ReturnKind.REVERSAL, ReturnKind.CORRECTION]
    reversal = QuarterlyReturn.objects.get(kind=ReturnKind.REVERSAL)
    assert reversal.figures == {name: -figure for name, figure in FIGURES.items()}
    assert (last.replaces, last.is_late, last.figures) == (first, False, changed)
    assert list(QuarterlyReturn.objects.standing()) == [last]
    sums = QuarterlyReturn.objects.aggregate(**{name: Sum(name) for name in FIGURES})
    assert sums == changed


def test_a_correction_is_corrected_in_its_turn(journey):
    send(journey)
    for number in (4, 5):
        send(
            journey,
            on=DUE + timedelta(days=number),
            figures=FIGURES | {"complaints": number},
            reason="Missed.",
        )

    [standing] = QuarterlyReturn.objects.standing()
    assert (standing.complaints, QuarterlyReturn.objects.count()) == (5, 5)
    assert QuarterlyReturn.objects.aggregate(sum=Sum("complaints"))["sum"] == 5


def refused(journey, **facts):
    with pytest.raises(Refused) as refusal:
        send(journey, **facts)
    return refusal.value.reasons


def test_a_return_is_refused_with_every_reason(journey):
    Admission.objects.update(ended_on=date(2026, 3, 1))

    assert refused(journey, quarter=AUTUMN, nothing_to_report=True) == (
        "The quarter is not over yet.",
        "Your organisation was not admitted in this quarter.",
        "With nothing to report, every figure is 0.",
    )
    assert not QuarterlyReturn.objects.exists()


def test_a_correction_says_why(journey):
    send(journey)

    assert refused(journey, on=DUE + timedelta(days=1), comment="More.") == (
        "Say why the return is corrected.",
    )
    assert QuarterlyReturn.objects.count() == 1


def test_who_was_admitted_for_a_part_of_the_quarter_reports(journey):
    Admission.objects.update(ended_on=SUMMER.start + timedelta(days=1))
    assert send(journey).kind == ReturnKind.FIRST

    Admission.objects.update(ended_on=SPRING.start)
    assert refused(journey, quarter=SPRING) == (
        "Your organisation was not admitted in this quarter.",
    )


def test_a_return_is_never_changed_and_stands_once(journey):
    made = send(journey)

    with pytest.raises(DatabaseError), transaction.atomic():
        QuarterlyReturn.objects.update(complaints=0)
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


# ── Their pages ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def owner(client, journey):
    person = owner_of(journey.provider)
    client.force_login(person)
    return person


def posted(**facts):
    return {"nothing_to_report": "no", "comment": ""} | FIGURES | facts


def test_a_provider_sends_its_return_on_the_page(client, owner, journey):
    assert "To send" in client.get(RETURNS).text

    page = client.post(SEND, posted(), follow=True)

    assert "The return for July to September 2026 is sent." in page.text
    assert QuarterlyReturn.objects.get().figures == FIGURES


def test_nothing_to_report_asks_for_no_figure(client, owner, journey):
    client.post(SEND, {"nothing_to_report": "yes", "comment": ""})

    assert QuarterlyReturn.objects.get().nothing_to_report is True


def test_what_was_typed_is_kept(client, owner, journey):
    page = client.post(SEND, posted(complaints="many", nights_stayed="61"))

    assert "Enter a whole number" in page.text
    assert 'value="61"' in page.text


def test_a_correction_is_asked_why_on_the_page(client, owner, journey):
    send(journey)
    with time_machine.travel(noon(DUE + timedelta(days=1)), tick=False):
        client.force_login(owner)
        assert "Why is the return corrected?" in client.get(SEND).text
        page = client.post(SEND, posted(complaints=9, reason="Missed."), follow=True)

    assert "is corrected." in page.text


def test_a_quarter_that_is_not_there_is_not_found(client, owner, journey):
    for year, month in ((2026, 8), (1999, 1), (2027, 1)):
        url = reverse("reports:submit_return", args=[year, month])
        assert client.get(url).status_code == 404


def test_a_quarter_that_runs_is_refused_on_the_page(client, owner, journey):
    url = reverse("reports:submit_return", args=[2026, 10])

    assert "The quarter is not over yet." in client.post(url, posted()).text


def test_a_provider_sees_its_own_returns_alone(client, journey):
    send(journey)
    other = provider_on(journey.lot, name="Quayside")
    client.force_login(owner_of(other))

    rows = client.get(RETURNS).context["rows"]

    assert [row.sent for row in rows] == [None] * len(rows)
    assert client.get(LIST).status_code == 403


def returns_to_send(journey, on):
    tasks = tasks_for(owner_of(journey.provider), noon(on))
    return [(task.what, task.url, task.due) for task in tasks if task.what.startswith("Return")]


def test_a_return_waits_for_its_provider_from_the_end_of_the_quarter_until_it_is_sent(journey):
    assert returns_to_send(journey, SUMMER.last_day) == [
        ("Return for April to June 2026", SEND.replace("7", "4"), rules.return_due(SPRING.last_day))
    ]
    waiting = [(f"Return for {SUMMER}", SEND, DUE)]
    assert returns_to_send(journey, AUTUMN.start) == waiting
    assert returns_to_send(journey, DUE + timedelta(days=1)) == waiting

    send(journey)

    assert returns_to_send(journey, TODAY) == []


def reminders(on):
    """Those that are newly owed on a day: subject, and whether they are late."""
    kept = set(Notification.objects.values_list("pk", flat=True))
    told = services.remind_of_returns(at=noon(on))
    new = Notification.objects.exclude(pk__in=kept).order_by("pk")
    assert told == len(new)
    return [(one.to, one.subject, "This message is late" in one.body) for one in new]


def test_a_provider_is_told_when_a_quarter_is_over_and_when_its_return_is_overdue(journey):
    owner = owner_of(journey.provider)
    due = f"Your return for {SUMMER} is due by 14 October 2026"
    overdue = f"Your return for {SUMMER} is overdue"

    assert reminders(AUTUMN.start) == [(owner, due, False)]
    assert reminders(DUE) == []
    assert reminders(DUE + timedelta(days=3)) == [(owner, overdue, True)]
    assert reminders(DUE + timedelta(days=4)) == []


def test_who_has_sent_its_return_or_was_not_admitted_is_not_reminded(journey):
    provider_on(journey.lot, name="Quayside")
    Admission.objects.filter(provider__name="Quayside").update(admitted_on=AUTUMN.start)
    send(journey)

    assert reminders(TODAY) == []


# ── Scorecards ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def commissioner(client):
    person = UserFactory(roles=[Role.COMMISSIONER])
    client.force_login(person)
    return person


def summer(client):
    return client.get(LIST, {"quarter": "2026-07-01"})


def cards_of(answer):
    return [provider.card for provider in answer.context["page"]]


def test_a_quarter_has_who_came_how_stays_ended_and_what_was_in_time(client, commissioner, journey):
    stay(journey)
    stay(journey, date(2026, 6, 30), "unplanned")
    stay(journey, date(2026, 7, 1), "unplanned")
    send(journey)

    [card] = cards_of(summer(client))

    assert (len(card.arrived), card.outcome.planned, card.outcome.unplanned) == (0, 1, 1)
    assert (card.replies_in_time.count, card.reports_in_time.late) == (0, 2)
    assert (card.prices, card.return_state) == ({journey.lot: 84_500}, "Sent")
    [spring] = cards_of(client.get(LIST, {"quarter": "2026-04-01"}))
    assert (len(spring.arrived), spring.outcome.unplanned, spring.return_state) == (
        3,
        1,
        "Not sent",
    )
    [autumn] = cards_of(client.get(LIST))
    assert autumn.return_state == "Not due yet"


def test_each_count_of_a_card_leads_to_its_rows(client, commissioner, journey):
    stay(journey)
    stay(journey, date(2026, 7, 1), "unplanned")
    table = [
        *summer(client).context["table"],
        *client.get(LIST, {"quarter": "2026-04-01"}).context["table"],
    ]
    linked = [
        (int(cell["text"].split()[0]), cell["url"])
        for row in table
        for cell in row[1:]
        if isinstance(cell, dict) and "url" in cell
    ]

    assert len(linked) == 4
    for figure, url in linked:
        assert client.get(url).context["page"].paginator.count == figure


@pytest.mark.parametrize(("days", "late"), [(0, 0), (1, 1)])
def test_an_offer_without_an_answer_counts_once_its_day_has_passed(
    client, commissioner, journey, days, late
):
    """On the card and on the dashboard, which read the same list."""
    due = another(journey).offered().reply_due_on
    with time_machine.travel(noon(due + timedelta(days=days)), tick=False):
        [card] = cards_of(client.get(LIST, {"quarter": Quarter.of(due).start.isoformat()}))
        dashboard = client.get(reverse("reports:dashboard"))
    told = dashboard.context["timeliness"].lines[0]

    assert (card.replies_in_time.count, card.replies_in_time.late) == (late, late)
    assert told[1:3] == [str(late), str(late)]


def test_the_price_is_that_of_the_last_day_of_the_quarter(journey):
    from providers.models import Rate

    later = TODAY + timedelta(days=1)
    for day, pence in ((SUMMER.last_day, 90_000), (TODAY, 95_000), (later, 99_000)):
        Rate.objects.create(
            provider=journey.provider,
            lot=journey.lot,
            effective_from=day,
            weekly_pence=pence,
            source="price_list",
        )

    cards = scorecards.cards(journey.agreement, [journey.provider], [SPRING, SUMMER, AUTUMN], TODAY)

    assert [list(card.prices.values()) for card in cards] == [[95_000], [90_000], [84_500]]


def test_a_return_that_was_late_or_empty_is_told(client, commissioner, journey):
    other = provider_on(journey.lot, name="Quayside")
    send(journey, on=DUE + timedelta(days=1))
    send(
        journey,
        provider=other,
        figures=dict.fromkeys(FIGURES, 0),
        nothing_to_report=True,
        by=owner_of(other),
    )

    states = {card.provider.name: card.return_state for card in cards_of(summer(client))}

    assert states == {"Harbour House": "Sent late", "Quayside": "Nothing to report"}


def test_one_provider_is_shown_over_two_years_with_all_rows_of_its_returns(
    client, commissioner, journey
):
    send(journey)
    send(
        journey,
        on=DUE + timedelta(days=1),
        figures=FIGURES | {"complaints": 4},
        reason="One was missed.",
    )

    page = client.get(reverse("reports:scorecard", args=[journey.provider.reference]))

    assert page.context["page"].paginator.count == 8
    assert [row.kind for row in page.context["returns"]] == ["correction", "reversal", "first"]
    assert "Corrected: One was missed." in page.text


def test_two_providers_of_one_name_are_kept_apart(client, commissioner, journey):
    stay(journey)
    provider_on(journey.lot, name="Harbour House")

    cards = cards_of(summer(client))

    assert sorted(card.outcome.planned for card in cards) == [0, 1]


@pytest.mark.parametrize("url", [LIST, "one"])
def test_it_costs_the_same_however_many(client, commissioner, journey, url):
    if url == "one":
        url = reverse("reports:scorecard", args=[journey.provider.reference])
    costs = []
    for more in (1, 2):
        for number in range(more):
            stay(journey)
            provider_on(journey.lot, name=f"Provider {more}{number}")
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_many_providers_are_paged_and_all_are_in_the_file(client, commissioner, journey):
    for number in range(PER_PAGE):
        provider_on(journey.lot, name=f"Provider {number:02}")

    second = client.get(LIST, {"page": 2})

    assert [row[0]["text"] for row in second.context["table"]] == ["Provider 24"]
    rows = csv.reader(io.StringIO(client.get(LIST, {"download": "csv"}).text.lstrip("\ufeff")))
    assert len(list(rows)) == 1 + PER_PAGE + 1


def test_scorecards_are_searched_and_downloaded(client, commissioner, journey):
    provider_on(journey.lot, name="Quayside")

    answer = client.get(LIST, {"q": "quay", "quarter": "2026-07-01", "download": "csv"})

    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["Provider"], row["Price a week"], row["Return"]) == (
        *("Quayside", f"{journey.lot} 845.00"),
        "Not due yet",
    )


@pytest.mark.parametrize("rubbish", ["\0", "%", "2026-13-01", "x" * 9999, "🐢"])
def test_rubbish_in_the_address_is_an_answer(client, commissioner, journey, rubbish):
    assert client.get(LIST, {"quarter": rubbish, "q": rubbish, "page": rubbish}).status_code == 200


def test_a_provider_that_is_not_there_is_not_found(client, commissioner, journey):
    assert client.get(reverse("reports:scorecard", args=["PV-NOBODY"])).status_code == 404

"""What falls due: by day, by month, and as a feed behind a secret link."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import ExtensionOption, NoticeTask
from dps_portal.audit.models import AuditEvent
from dps_portal.reports import services
from dps_portal.reports.calendar import falls_due
from dps_portal.reports.models import CalendarLink
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey, owner_of
from tests.factories.tenders import Competition

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 1)
LIST = reverse("reports:calendar")
FEED = reverse("reports:feed")
LINK = reverse("reports:calendar_link")


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def journey():
    return Journey(planned=date(2026, 5, 20)).budget(y2026=27_000_000)


def another(journey):
    return Journey(
        lot=journey.lot, provider=journey.provider, people=journey.people, planned=journey.planned
    )


def month(year, number):
    return reverse("reports:calendar_month", args=[year, number])


def due(user, start=TODAY, end=date(2027, 1, 1), at=AT):
    return [(task.due, task.what, task.why) for task in falls_due(user, start, end, at=at)]


# ── What falls due ───────────────────────────────────────────────────────────────────────────
def test_worker_sees_each_date_once(journey):
    approved = journey.approved()
    admitted = another(journey).admitted(date(2026, 4, 28))

    assert due(journey.people["assessor"]) == [
        (date(2026, 5, 20), f"Placement {approved}", "Record the admission"),
        (date(2026, 7, 28), f"Placement {admitted}", "Funding ends"),
    ]
    assert due(journey.people["assessor"], end=date(2026, 5, 20)) == []


def test_provider_sees_its_own_placements_by_their_offers(journey):
    placement = journey.approved()
    owner = owner_of(journey.provider)

    (task,) = falls_due(owner, TODAY, date(2026, 6, 1), at=AT)
    assert (task.what, task.why, task.url) == (
        f"Placement {placement}",
        "Planned admission",
        placement.get_offer_url(),
    )
    assert due(UserFactory(roles=[Role.PROVIDER_OWNER])) == []


def test_approver_sees_by_when_to_decide(journey):
    request = journey.requested()

    assert due(journey.people["manager"], end=date(2026, 5, 15)) == [
        (date(2026, 5, 11), f"Funding request {request}", "Decide on it")
    ]


def test_commissioner_sees_options_notices_and_the_end_of_the_term(journey):
    agreement = journey.agreement
    agreement.start, agreement.end = date(2022, 4, 1), date(2026, 9, 1)
    agreement.save()
    option = {"agreement": agreement, "start": agreement.end, "end": date(2027, 9, 1)}
    ExtensionOption.objects.create(number=1, exercise_by=date(2026, 8, 1), **option)
    ExtensionOption.objects.create(number=2, exercise_by=date(2026, 4, 1), **option)  # lost
    for what in ("Award notice", "Notice of change"):  # one page lists both
        NoticeTask.objects.create(agreement=agreement, what=what, due_on=date(2026, 5, 9))

    assert due(UserFactory(roles=[Role.COMMISSIONER])) == [
        (date(2026, 5, 9), "Award notice", "Publish it and record it"),
        (date(2026, 5, 9), "Notice of change", "Publish it and record it"),
        (date(2026, 8, 1), f"Agreement {agreement}", "Last day to exercise extension option 1"),
        (date(2026, 8, 31), f"Agreement {agreement}", "Last day"),
    ]


def test_evaluator_sees_when_bidding_closes():
    tender = Competition(closes_in=timedelta(days=10)).published()

    assert due(UserFactory(roles=[Role.EVALUATOR])) == [
        (date(2026, 5, 11), f"Tender {tender.reference}", "Bidding closes")
    ]


# ── Pages ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("page", [LIST, month(2026, 5)])
@pytest.mark.parametrize("number", [1, 3])
def test_calendar_costs_the_same_with_one_and_three_entries(client, journey, page, number):
    for _ in range(number):
        another(journey).approved()
    client.force_login(journey.people["assessor"])
    client.get(page)

    with CaptureQueriesContext(connection) as asked:
        text = client.get(page).content.decode()

    assert text.count("Record the admission") == number
    assert len(asked) == 10


def test_list_separates_what_is_overdue(client, journey):
    placement = journey.admitted(date(2026, 4, 28))
    client.force_login(journey.people["assessor"])

    text = client.get(LIST).content.decode()
    assert "Overdue" not in text
    assert "Tuesday 28 July 2026" in text

    with time_machine.travel(datetime(2026, 7, 29, 9, tzinfo=UTC)):
        client.force_login(journey.people["assessor"])
        text = client.get(LIST).content.decode()
    assert text.index("Overdue") < text.index(placement.reference) < text.index("To come")
    assert "Nothing falls due in these days." in text


def test_month_shows_its_days_and_leads_to_its_neighbours(client, journey):
    journey.approved()
    client.force_login(journey.people["assessor"])

    page = client.get(month(2026, 5))
    weeks = page.context["weeks"]
    assert [day and day.on.day for day in weeks[0]] == [None, None, None, None, 1, 2, 3]
    assert [(day.on, len(day.tasks)) for week in weeks for day in week if day and day.tasks] == [
        (date(2026, 5, 20), 1)
    ]
    text = page.content.decode()
    assert month(2026, 4) in text
    assert month(2026, 6) in text
    assert [client.get(month(*bad)).status_code for bad in ((2026, 13), (1999, 1), (2026, 0))] == [
        404,
        404,
        404,
    ]


# ── The feed ─────────────────────────────────────────────────────────────────────────────────
def secret_of(user):
    return services.make_link(by=user, at=AT)[1]


def entries(answer):
    feed = icalendar.Calendar.from_ical(answer.content)
    return [
        (event["dtstart"].dt, str(event["summary"]), str(event["url"]))
        for event in feed.walk("VEVENT")
    ]


def test_feed_holds_references_and_links_and_no_name(client, journey, settings):
    placement = journey.admitted(date(2026, 4, 28))
    secret = secret_of(journey.people["assessor"])

    answer = client.get(FEED, {"key": secret})

    link = f"{settings.PORTAL_ORIGIN}{placement.get_absolute_url()}"
    assert entries(answer) == [(date(2026, 7, 28), f"Placement {placement}: Funding ends", link)]
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store, private"
    for name in (journey.provider.name, journey.people["assessor"].name, "Alex Example"):
        assert name not in answer.content.decode()


def test_entries_of_one_page_have_names_of_their_own(client, journey):
    for what, day in (("Award notice", 9), ("Notice of change", 16)):
        due_on = date(2026, 5, day)
        NoticeTask.objects.create(agreement=journey.agreement, what=what, due_on=due_on)
    secret = secret_of(UserFactory(roles=[Role.COMMISSIONER]))
    feed = icalendar.Calendar.from_ical(client.get(FEED, {"key": secret}).content)
    events = feed.walk("VEVENT")

    assert len({str(event["uid"]) for event in events}) == len(events) == 2


def test_entry_that_moves_keeps_its_name(client, journey):
    placement = journey.admitted(date(2026, 4, 28))
    secret = secret_of(journey.people["assessor"])

    def names():
        feed = icalendar.Calendar.from_ical(client.get(FEED, {"key": secret}).content)
        return [str(event["uid"]) for event in feed.walk("VEVENT")]

    before = names()
    journey.decide(journey.extension(placement, date(2026, 8, 25)))
    assert names() == before


def test_link_is_shown_once_and_kept_as_a_hash(client):
    user = UserFactory(roles=[Role.FINANCE])
    client.force_login(user)
    assert "You have no link." in client.get(LINK).content.decode()

    link = client.post(reverse("reports:make_link")).context["link"]

    secret = link.partition("?key=")[2]
    assert link.endswith(f"{FEED}?key={secret}")
    assert secret not in client.get(LINK).content.decode()
    assert secret not in str(CalendarLink.objects.values())
    assert secret not in str(list(AuditEvent.objects.values()))


def test_renewed_and_revoked_links_are_dead(client):
    user = UserFactory(roles=[Role.FINANCE])
    first, second = secret_of(user), secret_of(user)

    def status(secret):
        return client.get(FEED, {"key": secret}).status_code

    assert [status(first), status(second), status("wrong"), status("")] == [404, 200, 404, 404]
    client.force_login(user)
    client.post(reverse("reports:revoke_link"))
    client.logout()
    assert status(second) == 404
    assert [event.action for event in AuditEvent.objects.order_by("seq")][-4:] == [
        "calendar_link.made",
        "calendar_link.ended",
        "calendar_link.made",
        "calendar_link.ended",
    ]


def test_feed_follows_the_roles_of_its_person(client, journey):
    journey.approved()
    assessor = journey.people["assessor"]
    secret = secret_of(assessor)
    assert len(entries(client.get(FEED, {"key": secret}))) == 1

    assessor.grants.update(ended_at=AT)
    assert entries(client.get(FEED, {"key": secret})) == []
    assessor.is_active = False
    assessor.save()
    assert client.get(FEED, {"key": secret}).status_code == 404

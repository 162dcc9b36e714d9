"""Who a person is and what is written about them shows on the pages the matrix allows (T2, T7, T20).

Everybody opens every page that could know of a case; what each was shown is compared with what
they may see. Pages of providers and tenders cannot: those apps import nothing of placements.
"""

import logging
from datetime import date, timedelta

import pytest
import time_machine
from celery.signals import before_task_publish
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.jobs.tasks import start_waiting
from dps_portal.notifications.models import Notification
from dps_portal.notifications.services import store
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import request_spend_pdf
from dps_portal.reports.tasks import render_report
from placements import services
from placements.models import PersonAccess
from tests.crawl import addresses, ask
from tests.factories.accounts import UserFactory
from tests.factories.people import OF_PERSON, OF_REQUEST
from tests.factories.placements import AT, PLANNED, Journey, noon, owner_of, provider_on

pytestmark = pytest.mark.django_db

LEFT = PLANNED + timedelta(days=20)
CANARIES = {
    "identity": ("Wilhelmina Quillfeather", "QF77310", "17 March 1961", "1961-03-17"),
    "needs": ("needs a heron by the window",),
    "assessment": ("community options with otters",),
    "choice": ("chose the place with newts", "would miss the lapwings"),
    "profile": ("a room that wrens can see",),
    "funding": ("money for the kingfisher",),
    "break-glass": ("opened because of a plover",),
    "stay": (
        *("away for a curlew", "progress with a siskin", "moved in with a bittern"),
        *("counted a dunlin twice", "left with a pipit"),
    ),
    "privacy": ("restricted because of a grebe", "exported because of a teal"),
}
IN_TABLES = {  # where the words about a person lie; who it is lies nowhere to be read
    "needs": {"placements_referral", "placements_placement"},
    "assessment": {"placements_referral"},
    "choice": {"placements_placement", "placements_fitnote", "placements_matchoption"},
    "profile": {"placements_placement"},
    "funding": {"placements_fundingrequest"},
    "break-glass": {"placements_breakglass"},
    "privacy": {"placements_restriction", "placements_subjectrequest"},
}
OF_REFERRAL = (
    *("referral", "submit_referral", "allocate_referral", "record_eligible"),
    *("record_not_eligible", "hold_referral", "withdraw_referral", "reopen_referral"),
    *("start_matching", "match_referral", "choose_option", "judge_option", "start_competition"),
)
ABOVE = ("placements", "reports", "home", "notifications", "publication", "agreements")
OF_FUNDING = ("funding_request", "decide_funding")


class Council:
    """One case with a canary in every text, and everybody who could look for one."""

    def __init__(self, *, is_restricted=False):
        self.journey = journey = Journey().budget(y2026=27_000_000)
        people = journey.people
        listed = UserFactory(roles=[Role.ASSESSMENT_MANAGER])
        glass = UserFactory(roles=[Role.ASSESSOR])
        referral = journey.draft(
            number="QF 77310",
            name="Wilhelmina Quillfeather",
            date_of_birth=date(1961, 3, 17),
        )
        journey.submit_and_allocate(referral)
        referral = journey.assess(
            referral,
            needs_summary=CANARIES["needs"][0],
            community_options_tried=CANARIES["assessment"][0],
        )
        services.start_matching(referral=referral, by=people["assessor"], at=AT)
        other = provider_on(journey.lot)
        services.judge_option(
            referral=referral,
            provider=other,
            is_suitable=True,
            note=CANARIES["choice"][1],
            by=people["assessor"],
            at=AT,
        )
        placement = journey.accept(
            journey.choose(
                referral,
                person_choice=CANARIES["choice"][0],
                words=services.Words(constraints=CANARIES["profile"][0]),
            )
        )
        self.placement = placement
        self.person = person = referral.person
        asked = services.request_funding(
            placement=placement, reason=CANARIES["funding"][0], by=people["assessor"], at=AT
        )
        opened = services.break_glass(
            person=person, reason=CANARIES["break-glass"][0], by=glass, at=AT
        )
        self.export = services.request_export(
            person=person, reason=CANARIES["privacy"][1], by=people["manager"], at=AT
        )
        services.decide_subject_request(
            asked=self.export, is_approved=True, reason="", by=listed, at=AT
        )
        services.restrict_person(
            person=person, reason=CANARIES["privacy"][0], readers=[listed], by=listed, at=AT
        )
        if not is_restricted:
            services.lift_restriction(person=person, reason="Over.", by=listed, at=AT)
        self.people = {
            **people,
            "listed": listed,
            "glass": glass,
            "stranger": UserFactory(roles=[Role.ASSESSOR]),
            "provider": owner_of(journey.provider),
            "other provider": owner_of(other),
            "auditor": UserFactory(roles=[Role.AUDITOR]),
            "procurement": UserFactory(roles=[Role.PROCUREMENT]),
            "evaluator": UserFactory(roles=[Role.EVALUATOR]),
            "moderator": UserFactory(roles=[Role.MODERATOR]),
            "administrator": UserFactory(roles=[Role.SYSTEM_ADMIN]),
        }
        self.readers = {"nobody": Client()}
        for label, reader in self.people.items():
            self.readers[label] = Client()
            self.readers[label].force_login(reader)
        space = {
            "reference": [placement.reference],
            "provider": [journey.provider.reference],
            "agreement": [journey.agreement.reference],
            "year": [2026],
        }
        self.pages = addresses(
            {
                "placements": space,
                **{
                    f"placements:{name}": space | {"reference": [row.reference]}
                    for names, row in (
                        (OF_REFERRAL, referral),
                        (OF_PERSON, person),
                        (OF_REQUEST, self.export),
                        (OF_FUNDING, asked),
                    )
                    for name in names
                },
                "placements:review_break_glass": {"reference": [opened.reference]},
                "notifications:message": {
                    "pk": list(Notification.objects.values_list("pk", flat=True))
                },
                "publication": space | {"reference": space["agreement"]},
                "agreements": {"reference": space["agreement"]},
            }
        )

    def stay(self):
        """The placement is funded and left again, with a canary in every text."""
        journey, people, placement = self.journey, self.journey.people, self.placement
        manager, team = people["manager"], {"placement": placement, "by": people["assessor"]}
        journey.decide(placement.requests.get())
        services.record_admission(**team, admission=PLANNED, at=noon(PLANNED))
        curlew, siskin, bittern, dunlin, pipit = CANARIES["stay"]
        absence = services.record_absence(
            **team,
            start=LEFT - timedelta(days=4),
            end=LEFT - timedelta(days=2),
            reason=curlew,
            cost_centre="council",
            first_nights=7,
            first_percent=100,
            later_percent=100,
            at=noon(LEFT),
        )
        services.correct_absence(
            absence=absence, end=LEFT - timedelta(days=3), reason=dunlin, by=manager, at=noon(LEFT)
        )
        services.record_review(
            **team, held_on=LEFT, recommendation="end", progress=siskin, at=noon(LEFT)
        )
        services.propose_fact(
            placement=placement,
            kind="exit",
            on=LEFT,
            until=None,
            note=pipit,
            by=owner_of(journey.provider),
            at=noon(LEFT),
        )
        journey.leave(placement, LEFT, destination=bittern)
        fact = {"placement": placement, "by": manager, "at": noon(LEFT)}
        services.reopen_placement(**fact, reason=dunlin)
        services.correct_admission(**fact, admission=PLANNED + timedelta(days=1), reason=dunlin)
        journey.leave(placement, LEFT, destination=bittern)

    def shown(self, *spaces) -> set:
        """``(who, page, what)`` of everything that is shown in answer to a GET, and in files."""
        found = set()
        for label in self.readers:
            for name, path in self.pages:
                if name.split(":")[0] not in (spaces or ABOVE):
                    continue
                for query in ("", "?download=csv")[: 1 + name.endswith(("_list", "_trail"))]:
                    body = ask(self.readers[label], "GET", f"{path}{query}").body.decode(
                        errors="replace"
                    )
                    found |= {(label, name, kind) for kind in kinds_in(body)}
        return found


def kinds_in(text: str) -> set[str]:
    return {kind for kind, words in CANARIES.items() if any(word in text for word in words)}


def stored() -> dict[str, set]:
    """In which tables each kind of canary can be read."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            held = "\n".join(
                bytes(value).decode("latin-1")
                if isinstance(value, bytes | memoryview)
                else str(value)
                for row in cursor.fetchall()
                for value in row
            )
            for kind in kinds_in(held):
                found.setdefault(kind, set()).add(table)
    return found


def seen_by(who, *places) -> set:
    return {(who, f"placements:{page}", kind) for page, kind in places}


CASE = (
    ("referral", "needs"),
    ("referral", "assessment"),
    ("placement", "choice"),
)
OFFER = (("offer_profile", "needs"), ("offer_profile", "profile"))
FUNDING = (("funding_request", "funding"),)
REVIEW = (("break_glass_list", "break-glass"), ("review_break_glass", "break-glass"))
REQUEST = (("subject_request", "privacy"), ("decide_subject_request", "privacy"))


@pytest.fixture
def published():
    """What is handed to the broker, from now on."""
    bodies = []

    def keep(body=None, headers=None, **_):
        bodies.append((body, headers))

    before_task_publish.connect(keep, weak=False)
    yield bodies
    before_task_publish.disconnect(keep)


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield


def test_words_about_a_person_show_where_the_matrix_allows():
    council = Council()

    assert council.shown() == (
        seen_by("assessor", *CASE, *FUNDING)
        | seen_by("glass", *CASE, *FUNDING)
        | seen_by("manager", *CASE, *FUNDING, *REVIEW, *REQUEST)
        | seen_by("listed", *CASE, *FUNDING, *REVIEW, *REQUEST)
        | seen_by("provider", *OFFER)
        | seen_by("commissioner", *FUNDING)
        | seen_by("auditor", REVIEW[0], REQUEST[0])
    )
    assert stored() == IN_TABLES
    told = "\n".join(f"{message.subject} {message.body}" for message in Notification.objects.all())
    trail = "\n".join(str(facts) for facts in AuditEvent.objects.values_list("facts", flat=True))
    assert kinds_in(told) == kinds_in(trail) == set()


def test_restricted_record_shows_to_its_list_its_provider_and_by_break_glass_alone():
    council = Council(is_restricted=True)

    assert council.shown("placements", "reports", "home") == (
        seen_by("glass", *CASE, *FUNDING, ("person", "privacy"))
        | seen_by("manager", *REVIEW)
        | seen_by("listed", *CASE, *FUNDING, *REVIEW, *REQUEST, ("person", "privacy"))
        | seen_by("provider", *OFFER)
        | seen_by("auditor", REVIEW[0], REQUEST[0])
    )


def test_words_of_a_stay_show_to_the_caseload_alone():
    council = Council()
    council.stay()

    with time_machine.travel(noon(LEFT), tick=False):
        for label, client in council.readers.items():
            if label != "nobody":
                client.force_login(council.people[label])
        council.pages = [page for page in council.pages if "break_glass" not in page[0]]
        assert {one for one in council.shown() if one[2] == "stay"} == {
            *((who, "placements:placement", "stay") for who in ("assessor", "manager", "listed")),
            *((who, "placements:correct_exit", "stay") for who in ("manager", "listed")),
        }
    assert stored()["stay"] == {
        *("placements_absence", "placements_review", "placements_exit"),
        *("placements_amendment", "placements_factproposal"),
    }
    told = "\n".join(f"{message.subject} {message.body}" for message in Notification.objects.all())
    trail = "\n".join(str(facts) for facts in AuditEvent.objects.values_list("facts", flat=True))
    assert kinds_in(told) == kinds_in(trail) == set()


def test_logs_broker_and_reports_know_nothing_of_the_person(caplog, published):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django").addHandler(caplog.handler)
    try:
        council = Council()
        council.stay()
        council.shown("placements", "home")
        run = request_spend_pdf(
            agreement=council.journey.agreement,
            scope=Scope.of_year(2026, LEFT),
            by=council.people["finance"],
            at=noon(LEFT),
        )
        start_waiting()
        render_report(run.job_id)
    finally:
        logging.getLogger("django").removeHandler(caplog.handler)

    assert kinds_in(caplog.text) == set()
    assert len(published) == 1
    assert kinds_in(repr(published)) == set()
    run.refresh_from_db()
    with run.document.file.open("rb") as file:
        reader = PdfReader(file)
        text = "\n".join(page.extract_text() for page in reader.pages)
    assert council.placement.reference in text
    assert kinds_in(text) == kinds_in(repr(reader.metadata)) == kinds_in(repr(run.figures)) == set()


@pytest.mark.parametrize("is_restricted", [False, True])
def test_identity_is_shown_to_the_caseload_for_a_purpose_and_each_look_is_a_row(is_restricted):
    council = Council(is_restricted=is_restricted)
    before = PersonAccess.objects.exclude(kind="record").count()
    places = {
        "person_identity": [council.person.reference],
        "download_export": [council.export.reference],
    }

    found = {
        (label, name)
        for label, client in council.readers.items()
        for name, arguments in places.items()
        if "identity"
        in kinds_in(
            client.post(
                reverse(f"placements:{name}", args=arguments),
                {"purpose": "contact", "layout": "txt"},
            ).content.decode()
        )
    }

    team = {"listed", "glass"} if is_restricted else {"listed", "glass", "manager", "assessor"}
    managers = team & {"listed", "manager"}
    assert found == {(one, "person_identity") for one in team} | {
        (one, "download_export") for one in managers
    }
    after = PersonAccess.objects.exclude(kind="record").count()
    assert after - before == len(found)


def test_canary_in_a_mail_or_a_table_would_be_noticed():
    """The twin: it must, or the tests above prove nothing."""
    council = Council()
    finance = council.journey.people["finance"]

    message = store(finance, "A person", "Wilhelmina Quillfeather", at=AT)
    council.pages = [("notifications:message", reverse("notifications:message", args=[message.pk]))]

    assert stored() == IN_TABLES | {"identity": {"notifications_notification"}}
    assert council.shown() == {("finance", "notifications:message", "identity")}

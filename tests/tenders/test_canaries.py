"""With no bid, with one and with seven, the portal is the same for all but the bidder (T3).

Nothing of a bid is found in any table, file, message or log, and no page tells that there is one.
"""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.notifications.services import store
from providers.models import Rate
from tenders.models import Bid, Invitation
from tests.crawl import addresses, ask
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.known import arguments_of
from tests.factories.tenders import Competition, owner_of, provider_on

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "a heron that no other test has seen"  # files of other tests lie in the same folder
PRICE, LISTED = 8_463_917, 9_000_000
CANARIES = [form.encode() for form in (CANARY, "8463917", "84639.17", "84,639.17")]
# What the twin does give away stays in the free pages of its database, for whichever test is next.
TWINS = (b"a bittern that the twin alone has seen", b"8463918")
INVITED = 7
SEALED = {  # ciphertext, written anew by whatever a bidder does
    "tenders_invitation": {"quality_envelope", "price_envelope", "own_copy"},
    "tenders_attachmentcell": {"content"},
}
OF_SIGN_INS = {"django_session", "cache", "sqlite_sequence"}


class Council:
    """A tender with seven drafts in it, and everybody who could look for a bid."""

    def __init__(self):
        lot = LotFactory(ceiling_weekly_pence=LISTED)
        self.one = one = Competition(lot=lot, providers=INVITED, closes_in=timedelta(days=1))
        Rate.objects.update(weekly_pence=LISTED)
        one.published()
        for provider in one.providers:
            one.draft_bid(provider, answer=CANARY, pence=PRICE)
        people = [one.drafter, one.officer, one.commissioner, *one.evaluators[:1], one.moderator]
        others = set(Role) - {Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER}
        others -= {role for person in people for role in person.roles}
        people += [UserFactory(roles=[role]) for role in sorted(others)]
        people += [owner_of(provider_on(lot, name="Too late")), owner_of(one.providers[-1])]
        self.readers = {"nobody": Client()}
        for person in people:
            label = f"{', '.join(sorted(person.roles))} {person.name}"
            self.readers[label] = Client()
            self.readers[label].force_login(person)
        self.bidders = {provider: Client() for provider in one.providers}
        for provider, client in self.bidders.items():
            client.force_login(owner_of(provider))
        one.declare(one.officer, one.commissioner, *one.evaluators, one.moderator)
        self.pages = addresses(arguments_of(one))

    def submit(self, *providers):
        for provider in providers:
            path = reverse("tenders:submit_bid", args=[self.one.tender.reference])
            assert self.bidders[provider].post(path).status_code == 302

    def everything(self, *readers) -> list[tuple[str, str, str]]:
        """``(reader, page, path)`` of every page, for all readers or for those named."""
        return [
            (reader, *page)
            for reader in self.readers
            if reader in (readers or self.readers)
            for page in self.pages
        ]

    def seen(self, places) -> dict:
        """What each place shows, without the marks of a single request."""
        with time_machine.travel(self.one.now, tick=False):
            return {
                (reader, page, path): shown(ask(self.readers[reader], "GET", path))
                for reader, page, path in places
            }


def reachable(pages: dict) -> dict:
    """Without those from which the reader's role alone keeps it, whatever there is in them."""
    return {
        place: (status, where, body)
        for place, (status, where, body) in pages.items()
        if status not in {403, 405} and not where.startswith("/account/login/")
    }


def shown(response) -> tuple:
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", response.body)
    if body.startswith(b"%PDF"):
        body = re.sub(rb"/ID \[[^]]+\]|<xmp:.*?>|\(D:\d+[^)]*\)", b"", body)
    return response.status_code, response.headers.get("Location", ""), body


def stored() -> dict[str, list]:
    """Every row of every table, bytes and all, but for sign-ins."""
    tables = connection.introspection.table_names(include_views=True)
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables) - OF_SIGN_INS):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            hidden = SEALED.get(table, set())
            rows = [
                [plain(value) for name, value in zip(names, row, strict=True) if name not in hidden]
                for row in cursor.fetchall()
            ]
            found[table] = sorted(map(repr, rows))
    return found


def plain(value):
    """PostgreSQL gives bytes as a view of them."""
    return bytes(value) if isinstance(value, memoryview) else value


def everything() -> dict[str, bytes]:
    """All that lies anywhere: tables with their ciphertext and sessions, and all files."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            values = [plain(value) for row in cursor.fetchall() for value in row]
            found[table] = b"\n".join(
                value if isinstance(value, bytes) else str(value).encode() for value in values
            )
    for path in files():
        found[str(path)] = path.read_bytes()
    return found


def files() -> list[Path]:
    """The data folder with the queue, and the database with its write-ahead log if it is a file."""
    found = [path for path in settings.DATA_DIR.rglob("*") if path.is_file()]
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        assert name.exists()
        found += [name, *name.parent.glob(f"{name.name}-wal")]
    return sorted(set(found))


def canaries(places: dict[str, bytes], told=CANARIES) -> list:
    return [(place, canary) for place, held in places.items() for canary in told if canary in held]


def differences(before: dict, after: dict) -> list:
    assert set(before) == set(after)
    return sorted(key for key, value in before.items() if after[key] != value)


@pytest.fixture
def council():
    return Council()


def test_no_bid_one_bid_and_seven_are_stored_and_shown_alike(council, caplog):
    caplog.set_level(logging.INFO)
    pages = reachable(council.seen(council.everything()))
    without = stored()

    council.submit(council.one.providers[0])
    assert differences(without, stored()) == []
    assert differences(pages, council.seen(pages)) == []
    council.submit(*council.one.providers[1:])

    assert differences(without, stored()) == []
    bidder = list(council.readers)[-1]  # the last one has bid by now, and sees that it has
    changed = differences(pages, council.seen(pages))
    assert {reader for reader, _, _ in changed} == {bidder}
    assert canaries(everything()) == []
    assert [canary for canary in CANARIES if canary in caplog.text.encode()] == []
    sizes = Invitation.objects.values_list("quality_envelope", "price_envelope", "own_copy")
    assert len({len(box) for row in sizes for box in row}) <= 3


def test_a_row_or_a_message_for_a_bid_would_be_noticed(council):
    """The twin: it must, or the test above proves nothing."""
    officer = next(reader for reader in council.readers if reader.endswith("Officer"))
    pages = council.seen(council.everything(officer))
    without = stored()

    provider = council.one.providers[0]
    council.submit(provider)
    Bid.objects.create(tender=council.one.tender, provider=provider, is_intact=False)
    bittern, price = (told.decode() for told in TWINS)
    store(council.one.officer, "A bid", f"{bittern} for {price}.", at=timezone.now())

    changed = set(differences(without, stored()))
    assert changed == {"tenders_bid", "notifications_notification"}
    told = {name for _, name, _ in differences(pages, council.seen(pages))}
    assert "notifications:message_list" in told
    assert {canary for _, canary in canaries(everything(), TWINS)} == set(TWINS)

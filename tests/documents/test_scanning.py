"""The virus scan: held until clean, fail closed, once."""

import hashlib
import logging
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.template.loader import render_to_string

from dps_portal.audit.models import AuditEvent
from dps_portal.documents import checks, services, tasks
from dps_portal.documents.models import Document, ScanState
from dps_portal.documents.scanning import Unscanned, is_clean, place_of
from dps_portal.documents.serving import download
from dps_portal.notifications.models import Notification
from tests.factories.accounts import UserFactory

from . import clamd
from .clamd import EICAR, small_scanner
from .corpus import PLAIN

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
NOWHERE = "127.0.0.1:1"  # nothing listens there
INFECTED = b"%PDF-1.7\n" + EICAR


@pytest.fixture(scope="module", params=clamd.KINDS)
def scanner(request, tmp_path_factory):
    if request.param == "small":
        with small_scanner() as server:
            yield server.address
    else:
        with clamd.clamav(tmp_path_factory.mktemp("clamd")) as address:
            yield address


def uploaded(settings, scanner, content=PLAIN, at=AT) -> Document:
    settings.CLAMAV = scanner
    return services.store(name="policy.pdf", content=content, by=UserFactory(), at=at)


def swept(at=AT) -> int:
    with time_machine.travel(at, tick=False):
        return tasks.scan_waiting()


def handed_out(document) -> bytes:
    return b"".join(download(document).streaming_content)


def state_of(document) -> str:
    document.refresh_from_db()
    return document.scan_state


def test_file_is_held_until_the_scan_has_passed_it(settings, scanner):
    document = uploaded(settings, scanner)
    assert state_of(document) == ScanState.PENDING
    with pytest.raises(Http404):
        download(document)

    assert swept() == 1

    assert state_of(document) == ScanState.CLEAN
    assert handed_out(document) == PLAIN
    assert swept() == 0


def test_infected_file_is_refused_deleted_and_its_uploader_told(
    settings, scanner, django_capture_on_commit_callbacks
):
    document = uploaded(settings, scanner, content=INFECTED)
    kept = document.file.storage.exists

    with django_capture_on_commit_callbacks(execute=True):
        swept()

    assert state_of(document) == ScanState.INFECTED
    assert not kept(document.file.name)
    with pytest.raises(Http404):
        download(document)
    message = Notification.objects.get()
    assert (message.to, message.subject) == (
        document.uploaded_by,
        "A file that you uploaded was refused",
    )
    assert document.name not in message.body
    event = AuditEvent.objects.get()
    assert (event.action, event.subject_ref, event.actor) == (
        "document.refused",
        str(document.pk),
        None,
    )
    assert event.facts == {"sha256": hashlib.sha256(INFECTED).hexdigest()}


def test_large_file_is_scanned_to_its_last_byte(settings, scanner):
    content = b"%PDF-1.7\n".ljust(9 * 1024 * 1024, b" ")

    assert is_clean(content, scanner=scanner) is True
    assert is_clean(content + EICAR, scanner=scanner) is False


def test_file_the_portal_made_is_not_held(settings):
    settings.CLAMAV = NOWHERE
    made = services.keep(
        name="report.pdf", media_type="application/pdf", content=PLAIN, by=None, at=AT
    )

    assert handed_out(made) == PLAIN


def test_without_a_scanner_files_are_not_held_and_say_so(settings):
    document = uploaded(settings, "")

    assert document.scan_state == ScanState.NOT_CONFIGURED
    assert handed_out(document) == PLAIN
    assert swept() == 0


def test_nothing_is_released_while_the_scanner_is_away(settings, caplog):
    document = uploaded(settings, NOWHERE)

    with caplog.at_level(logging.WARNING):
        assert swept() == 0

    assert state_of(document) == ScanState.PENDING
    assert caplog.messages == [
        f"Document {document.pk} stays held: the scanner is away (ConnectionRefusedError)."
    ]
    with small_scanner() as server:
        settings.CLAMAV = server.address
        assert swept() == 1
    assert state_of(document) == ScanState.CLEAN


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"",
        b"stream: OK",
        b"x" * 9999,
    ],
    ids=["error", "unknown", "hangs up", "cut off", "babble"],
)
def test_an_answer_that_is_not_one_releases_nothing(settings, answer):
    with small_scanner(answers=answer) as server:
        document = uploaded(settings, server.address)
        assert swept() == 0

    assert state_of(document) == ScanState.PENDING


def test_scanner_that_says_nothing_is_given_up(settings, monkeypatch):
    monkeypatch.setattr("dps_portal.documents.scanning.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(Unscanned):
        is_clean(PLAIN, scanner=f"127.0.0.1:{deaf.getsockname()[1]}")


def test_file_changed_on_disk_is_not_released(settings, scanner):
    document = uploaded(settings, scanner)
    with open(document.file.path, "wb") as file:
        file.write(PLAIN + b"\n% changed")

    assert swept() == 0
    assert state_of(document) == ScanState.PENDING


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_file_changed_after_the_scan_is_not_handed_out(settings, scanner, change):
    document = uploaded(settings, scanner)
    swept()
    document.refresh_from_db()
    if change == "gone":
        document.file.storage.delete(document.file.name)
    else:
        with open(document.file.path, "ab") as file:
            file.write(b"\n")

    with pytest.raises(Http404):
        download(document)


def test_a_file_that_cannot_be_scanned_does_not_keep_others_waiting(settings, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 1)
    with small_scanner() as server:
        gone = uploaded(settings, server.address)
        gone.file.storage.delete(gone.file.name)
        other = uploaded(settings, server.address, at=AT + timedelta(seconds=1))

        assert [swept(AT), swept(AT + timedelta(minutes=1))] == [0, 1]

    assert (state_of(gone), state_of(other)) == (ScanState.PENDING, ScanState.CLEAN)


def test_claim_of_a_dead_worker_lapses(settings, scanner):
    document = uploaded(settings, scanner)
    Document.objects.update(scan_claimed_until=AT + services.CLAIM)

    assert services.scan(document, at=AT) is False
    assert services.scan(document, at=AT + services.CLAIM) is True


def scanned_by_two_workers(settings) -> tuple[list[bool], int]:
    with small_scanner(waits_for=2) as server:
        document = uploaded(settings, server.address)
        results = []

        def work():
            try:
                results.append(services.scan(document, at=AT))
            finally:
                connection.close()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sorted(results), server.scans


@pytest.mark.django_db(transaction=True)
def test_two_workers_scan_a_file_once(settings):
    assert scanned_by_two_workers(settings) == ([False, True], 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_workers_would_scan_it_twice(settings, monkeypatch):
    monkeypatch.setattr(services, "CLAIM", timedelta(minutes=-1))

    assert scanned_by_two_workers(settings)[1] == 2


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("unix:/run/clamd.sock", "/run/clamd.sock"),
        ("clamav:3310", ("clamav", 3310)),
        ("[::1]:3310", ("::1", 3310)),
    ],
)
def test_address_of_the_scanner(address, place):
    assert place_of(address) == place


@pytest.mark.parametrize("address", ["clamav", "clamav:x", ":3310", "unix:clamd.sock", "clamav:0"])
def test_address_that_is_none_is_an_error_of_the_system_check(settings, address):
    settings.CLAMAV = address

    assert [error.id for error in checks.scanner_is_named(None)] == ["documents.E001"]


@pytest.mark.parametrize(("address", "ids"), [("", ["documents.W001"]), ("clamav:3310", [])])
def test_deployment_without_a_scanner_is_a_warning(settings, address, ids):
    settings.CLAMAV = address

    assert checks.scanner_is_named(None) == []
    assert [warning.id for warning in checks.files_are_scanned(None)] == ids


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ScanState.PENDING, "Waiting for the virus scan"),
        (ScanState.INFECTED, "Refused by the virus scan"),
        (ScanState.CLEAN, ""),
        (ScanState.NOT_CONFIGURED, ""),
    ],
)
def test_pages_say_why_a_file_is_held(state, words):
    drawn = render_to_string("components/scan_state.html", {"document": Document(scan_state=state)})

    assert bool(words) == ("govuk-tag" in drawn)
    assert words in drawn

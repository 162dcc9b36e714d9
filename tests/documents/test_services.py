"""Private files: kept under a random name, handed out as downloads."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.http import Http404

from dps_portal.documents.models import Document, ScanState
from dps_portal.documents.services import store
from dps_portal.documents.serving import download
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\nA policy."


def kept(name="policy.pdf", content=PDF):
    return store(name=name, content=content, by=UserFactory(), at=AT)


def test_file_is_kept_with_its_hash_under_a_name_that_says_nothing():
    document = kept()

    assert (document.sha256, document.size) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert document.file.name == f"{document.pk.hex[:2]}/{document.pk.hex}"
    with document.file.open("rb") as file:
        assert file.read() == PDF


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/policy.pdf", "policy.pdf"),
        ("C:\\My files\\policy.pdf", "policy.pdf"),
        ("annual\u202e\u00a0policy\r\n.pdf", "annual policy .pdf"),
    ],
)
def test_name_loses_its_folders_and_what_cannot_be_seen(given, name):
    assert kept(given).name == name


def test_refused_file_leaves_no_row():
    with pytest.raises(Refused):
        kept("policy.pdf", b"MZ")

    assert not Document.objects.exists()


def test_download_is_an_attachment_that_runs_nothing():
    response = download(kept())
    content = b"".join(response.streaming_content)

    assert content == PDF
    assert response["Content-Disposition"] == 'attachment; filename="policy.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("state", [ScanState.PENDING, ScanState.INFECTED])
def test_file_that_is_not_known_clean_is_held(state):
    document = kept()
    document.scan_state = state

    with pytest.raises(Http404):
        download(document)

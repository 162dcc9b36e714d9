"""Whatever is uploaded is refused with a reason or only ever handed out as a download (T31)."""

import time
from datetime import UTC, datetime

import pytest

from dps_portal.documents.models import Document
from dps_portal.documents.services import store
from dps_portal.documents.serving import download
from dps_portal.documents.sniffing import media_type
from dps_portal.refusals import Refused

from .corpus import CORPUS, office, packed_pdf, pdf

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@pytest.mark.parametrize(
    ("name", "content", "said"), CORPUS, ids=[repr(name)[:40] for name, *_ in CORPUS]
)
def test_file_is_refused_with_a_reason_or_handed_out_as_an_attachment(name, content, said):
    if said:
        with pytest.raises(Refused) as refused:
            store(name=name, content=content, by=None, at=AT)
        assert refused.value.reasons == (said,)
        assert not Document.objects.exists()
        return
    document = store(name=name, content=content, by=None, at=AT)
    response = download(document)

    assert response["Content-Type"] == KINDS[document.name.rpartition(".")[2]]
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert b"".join(response.streaming_content) == content
    assert document.name.isprintable()
    assert not set(document.name) & set("/\\\r\n\0\u202e")
    assert len(document.name) <= 200


def test_corpus_is_as_large_as_was_promised():
    assert len(CORPUS) >= 60


def test_pdf_that_unpacks_to_gigabytes_costs_a_few_seconds():
    start = time.monotonic()
    media_type("packed.pdf", packed_pdf())

    assert time.monotonic() - start < 20


@pytest.mark.parametrize("whole", [pdf(), office()], ids=["pdf", "docx"])
def test_file_cut_or_garbled_anywhere_is_an_answer_and_never_an_error(whole):
    for place in range(0, len(whole), max(len(whole) // 60, 1)):
        for broken in (whole[:place], whole[:place] + b"\xff\0/#" + whole[place + 4 :]):
            for name in ("a.pdf", "a.docx", "a.png"):
                kind, objections = media_type(name, broken)
                assert bool(kind) != bool(objections)

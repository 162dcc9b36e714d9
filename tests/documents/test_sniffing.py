"""A file is what its content says (T31)."""

import io
import zipfile

import pytest

from dps_portal.documents import sniffing
from dps_portal.documents.sniffing import media_type

from .corpus import jpeg, png

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.7\n"
WRONG_KIND = [
    "The file must be a PDF, Word (docx), Excel (xlsx), OpenDocument (odt), PNG or JPEG file."
]
NOT_AS_NAMED = [
    "The content of the file is not what its name says. "
    "Upload a PDF, Word (docx), Excel (xlsx), OpenDocument (odt), PNG or JPEG file."
]


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")
EXCEL = archive("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("policy.pdf", PDF, "application/pdf"),
        ("POLICY.PDF", PDF, "application/pdf"),
        ("scan.png", png(), "image/png"),
        ("scan.jpg", jpeg(), "image/jpeg"),
        ("scan.jpeg", jpeg(), "image/jpeg"),
        ("letter.docx", WORD, DOCX),
        ("prices.xlsx", EXCEL, XLSX),
    ],
)
def test_allowed_kinds(name, content, kind):
    assert media_type(name, content) == (kind, [])


@pytest.mark.parametrize(
    ("name", "content", "objections"),
    [
        ("policy.pdf", b"", ["The file is empty."]),
        ("policy.exe", b"MZ", WRONG_KIND),
        ("policy", PDF, WRONG_KIND),
        ("page.html", b"<script>", WRONG_KIND),
        ("drawing.svg", b"<svg>", WRONG_KIND),
        ("policy.pdf.exe", PDF, WRONG_KIND),
        ("policy.pdf", b"MZ\x90", NOT_AS_NAMED),
        ("policy.pdf", b"\n%PDF-1.7", NOT_AS_NAMED),
        ("scan.png", b"\xff\xd8\xff", NOT_AS_NAMED),
        ("letter.docx", EXCEL, NOT_AS_NAMED),
        ("letter.docx", b"PK\x03\x04 broken", NOT_AS_NAMED),
        ("letter.docx", archive("word/document.xml"), NOT_AS_NAMED),
    ],
)
def test_refused_with_the_reason(name, content, objections):
    assert media_type(name, content) == ("", objections)


def test_ten_megabytes_are_the_most():
    assert media_type("a.pdf", PDF.ljust(sniffing.MAX_BYTES)) == ("application/pdf", [])
    assert media_type("a.pdf", PDF.ljust(sniffing.MAX_BYTES + 1)) == (
        "",
        ["The file must be smaller than 10 MB."],
    )

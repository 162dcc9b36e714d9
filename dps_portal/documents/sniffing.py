"""What a file is by its content; its name is only a claim (targets T31)."""

import io
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import PurePath

from PIL import Image

from . import pdf_contents

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_PIXELS = 89_000_000  # just under what Pillow warns of

OFFICE = {
    "docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
# The first member of an OpenDocument file is its media type, not compressed (ODF 1.3, 3.3).
OPEN_TEXT_HEAD = b"mimetype" + OPEN_TEXT.encode()
MEMBER_NAME_AT = 30
MACROS = r"vbaproject\.bin$|/macrosheets/|/activex/|^basic/|^scripts/"
KINDS = "PDF, Word (docx), Excel (xlsx), OpenDocument (odt), PNG or JPEG"
UPLOAD_HELP = f"{KINDS}, smaller than 10 MB."
NOT_AS_NAMED = f"The content of the file is not what its name says. Upload a {KINDS} file."
# What may hide more than pages: without one of these every part of a PDF is in plain sight.
PDF_TO_LOOK_INTO = re.compile(
    rb"/(?:JS|JavaScript|EF|EmbeddedFiles?|Launch|ObjStm|Encrypt)\b|/[^\s/<>\[\]()]*#[0-9A-Fa-f]{2}"
)
PDF_HOLDS = {
    "files": "The PDF has other files inside it. Upload each of them by itself.",
    "password": "The PDF is locked with a password. Upload a copy without one.",
    "scripts": "The PDF runs scripts or programs. Print it as a new PDF and upload that.",
}


def media_type(name: str, content: bytes) -> tuple[str, list[str]]:
    """The media type, and why the file is refused (empty if it is not)."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if not content:
        return "", ["The file is empty."]
    if len(content) > MAX_BYTES:
        return "", ["The file must be smaller than 10 MB."]
    if ending == "pdf":
        kind, objections = "application/pdf", _objections_to_pdf(content)
    elif ending in {"png", "jpg", "jpeg"}:
        kind = "image/png" if ending == "png" else "image/jpeg"
        objections = _objections_to_picture(kind, content)
    elif ending in OFFICE:
        folder, kind = OFFICE[ending]
        objections = _objections_to_office(content, {"[Content_Types].xml"}, folder)
    elif ending == "odt":
        kind, objections = OPEN_TEXT, _objections_to_open_text(content)
    else:
        kind, objections = "", [f"The file must be a {KINDS} file."]
    return ("" if objections else kind), objections


def _objections_to_pdf(content: bytes) -> list[str]:
    """No scripts, no files within, no password. A file that hides nothing is not read further."""
    if not content.startswith(b"%PDF-"):
        return [NOT_AS_NAMED]
    if not PDF_TO_LOOK_INTO.search(content):
        return []
    try:
        looked = subprocess.run(  # noqa: S603 - our own program; the file goes to its input
            [sys.executable, "-I", pdf_contents.__file__],
            input=content,
            capture_output=True,
            check=True,
            timeout=4 * pdf_contents.SECONDS,
        )
    except subprocess.SubprocessError:
        return ["The PDF cannot be read. Save it again, or print it as a new PDF."]
    return [PDF_HOLDS[word] for word in looked.stdout.decode().split()]


def _objections_to_picture(kind: str, content: bytes) -> list[str]:
    """A picture of a size that can be shown; only its head is read."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
            width, height = picture.size
            is_as_named = picture.get_format_mimetype() == kind
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ["The picture is too large. Save it with fewer pixels."]
    except (OSError, ValueError):
        return [NOT_AS_NAMED]
    if not is_as_named:
        return [NOT_AS_NAMED]
    too_large = width * height > MAX_PIXELS
    return ["The picture is too large. Save it with fewer pixels."] if too_large else []


def _objections_to_open_text(content: bytes) -> list[str]:
    if not content[MEMBER_NAME_AT:].startswith(OPEN_TEXT_HEAD):
        return [NOT_AS_NAMED]
    return _objections_to_office(content, {"content.xml"}, "META-INF/")


def _objections_to_office(content: bytes, needed: set[str], folder: str) -> list[str]:
    """An Office file without macros, and small once unpacked; nothing is unpacked here."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return [NOT_AS_NAMED]
    names = [member.filename for member in members]
    paths = [PurePath(name.replace("\\", "/")) for name in names]
    if (
        not needed <= set(names)
        or not any(name.startswith(folder) for name in names)
        or any(path.is_absolute() or ".." in path.parts for path in paths)
    ):
        return [NOT_AS_NAMED]
    if len(members) > MAX_MEMBERS or sum(each.file_size for each in members) > MAX_UNPACKED_BYTES:
        return ["The file is too large once unpacked."]
    if any(re.search(MACROS, name.lower()) for name in names):
        return ["The file has macros. Save it without them and upload it again."]
    return []

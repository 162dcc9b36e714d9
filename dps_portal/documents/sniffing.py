"""What a file is by its content; its name is only a claim (targets T31)."""

import io
import zipfile
from pathlib import PurePath

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_MEMBERS = 2_000

SIGNATURES = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}
OFFICE = {
    "docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
KINDS = "PDF, Word (docx), Excel (xlsx), PNG or JPEG"


def media_type(name: str, content: bytes) -> tuple[str, list[str]]:
    """The media type, and why the file is refused (empty if it is not)."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if not content:
        return "", ["The file is empty."]
    if len(content) > MAX_BYTES:
        return "", ["The file must be smaller than 10 MB."]
    if ending in SIGNATURES:
        start, kind = SIGNATURES[ending]
        if content.startswith(start):
            return kind, []
    elif ending in OFFICE:
        folder, kind = OFFICE[ending]
        if _is_office(content, folder):
            return kind, []
    else:
        return "", [f"The file must be a {KINDS} file."]
    return "", [f"The content of the file is not what its name says. Upload a {KINDS} file."]


def _is_office(content: bytes, folder: str) -> bool:
    """An Office file without macros, and small once unpacked; nothing is unpacked here."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    names = {member.filename for member in members}
    return (
        "[Content_Types].xml" in names
        and any(name.startswith(folder) for name in names)
        and not any(name.lower().endswith("vbaproject.bin") for name in names)
        and len(members) <= MAX_MEMBERS
        and sum(member.file_size for member in members) <= MAX_UNPACKED_BYTES
    )

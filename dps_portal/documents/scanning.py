"""Asking ClamAV about a file: the INSTREAM command of its daemon."""

import socket
import struct
from urllib.parse import urlsplit

TIMEOUT = 20  # seconds for each exchange; ten megabytes take clamd well under one
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class Unscanned(Exception):
    """Nothing is known of the file, which stays held: no scanner, or no answer that can be read."""


def place_of(address: str) -> str | tuple[str, int]:
    """A socket's path of ``unix:/path``, host and port of ``host:port``; else ``ValueError``."""
    if address.startswith("unix:/"):
        return address.removeprefix("unix:")
    parts = urlsplit(f"//{address}")
    if not parts.hostname or not parts.port:
        raise ValueError(f"{address!r} is neither host:port nor unix:/path")
    return parts.hostname, parts.port


def is_clean(content: bytes, *, scanner: str) -> bool:
    try:
        answer = _ask(content, scanner)
    except (OSError, ValueError) as error:
        raise Unscanned(f"the scanner is away ({type(error).__name__})") from error
    if answer == b"stream: OK":
        return True
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return False
    raise Unscanned(f"the scanner answered {answer!r}")


def _connect(place: str | tuple[str, int]) -> socket.socket:
    if isinstance(place, tuple):
        return socket.create_connection(place, TIMEOUT)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(TIMEOUT)
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def _ask(content: bytes, scanner: str) -> bytes:
    with _connect(place_of(scanner)) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            if not (heard := line.recv(LONGEST_ANSWER)):
                raise ConnectionError
            answer += heard
    return answer.rstrip(b"\0")

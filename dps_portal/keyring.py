"""The portal's keys: files of 32 random bytes kept outside the database (design D7, D10)."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 32

# What each key protects.
PURPOSES = (
    "session",  # Django's SECRET_KEY
    "bid",  # wraps each tender's private key until the opening
    "provider",  # wraps each provider's own key, under which it reads its own bid
    "receipt",  # signs bid receipts
    "identity",  # encrypts who a person is, and second-factor secrets
)


class MissingKey(Exception):
    """A key file is absent or malformed; the message names it."""


def read(folder: Path, purpose: str) -> bytes:
    """The key for ``purpose``. Raises ``MissingKey`` unless the file holds 64 hex digits."""
    path = folder / f"{purpose}.key"
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise MissingKey(f"The key file {path} is missing or unreadable.") from error
    if len(key) != KEY_BYTES:
        raise MissingKey(f"The key file {path} does not hold {KEY_BYTES} bytes in hex.")
    return key


def create_missing(folder: Path) -> list[str]:
    """Make the key files that are not there yet, readable by their owner only; return which."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for purpose in PURPOSES:
        path = folder / f"{purpose}.key"
        if path.exists():
            continue
        draft = folder / f".{purpose}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
        try:
            path.hardlink_to(draft)
            made.append(purpose)
        except FileExistsError:
            continue  # another process was first; its key is the one
        finally:
            draft.unlink()
    return made

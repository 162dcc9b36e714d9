"""Envelopes of one size, and receipts that anyone can check (design D7).

Plain functions on bytes and keys: no Django, no settings, no clock.
"""

import hashlib
import json
import os
from typing import Any

import nacl.bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey, VerifyKey


class TooLarge(Exception):
    """The content does not fit into an envelope of the asked size."""


class Tampered(Exception):
    """The ciphertext is not one that was made with this key, or it was altered."""


def canonical(value: Any) -> bytes:
    """JSON in one spelling only: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def new_key_pair() -> tuple[bytes, bytes]:
    """An X25519 pair: the public key, the private key."""
    private = PrivateKey.generate()
    return bytes(private.public_key), bytes(private)


def seal(value: Any, *, public_key: bytes, size: int) -> bytes:
    """Close ``value`` in an envelope that shows nothing of it, not even how long it is.

    Anyone can seal; what is in an envelope proves its origin by its signature only.
    """
    return SealedBox(PublicKey(public_key)).encrypt(_padded(canonical(value), size))


def unseal(envelope: bytes, *, private_key: bytes) -> Any:
    """Open an envelope. Raises ``Tampered``."""
    try:
        return json.loads(_unpadded(SealedBox(PrivateKey(private_key)).decrypt(bytes(envelope))))
    except (CryptoError, ValueError) as error:
        raise Tampered from error


def lock(value: Any, *, key: bytes, size: int) -> bytes:
    """Encrypt ``value`` under a secret key, padded like an envelope."""
    return lock_bytes(canonical(value), key=key, size=size)


def unlock(box: bytes, *, key: bytes) -> Any:
    """Decrypt what ``lock`` made. Raises ``Tampered``."""
    try:
        return json.loads(unlock_bytes(box, key=key))
    except ValueError as error:
        raise Tampered from error


def lock_bytes(plain: bytes, *, key: bytes, size: int) -> bytes:
    """As ``lock``, for a file. The result cannot be told from ``noise`` of the same size."""
    return bytes(SecretBox(key).encrypt(_padded(plain, size)))


def unlock_bytes(box: bytes, *, key: bytes) -> bytes:
    """Decrypt what ``lock_bytes`` made. Raises ``Tampered``."""
    try:
        return _unpadded(SecretBox(key).decrypt(bytes(box)))
    except (CryptoError, ValueError) as error:
        raise Tampered from error


def noise(size: int) -> bytes:
    """Random bytes, as many as ``lock_bytes`` gives for that size."""
    return os.urandom(size + SecretBox.NONCE_SIZE + SecretBox.MACBYTES)


def new_key() -> bytes:
    """A secret key for ``lock``."""
    return os.urandom(SecretBox.KEY_SIZE)


def wrap(secret: bytes, *, key: bytes) -> bytes:
    """Encrypt a key under another one."""
    return bytes(SecretBox(key).encrypt(secret))


def unwrap(wrapped: bytes, *, key: bytes) -> bytes:
    """Raises ``Tampered``."""
    try:
        return SecretBox(key).decrypt(bytes(wrapped))
    except (CryptoError, ValueError) as error:
        raise Tampered from error


def own_key(master: bytes, owner: str) -> bytes:
    """The secret key of one owner, derived from the master key."""
    return hashlib.blake2b(owner.encode(), key=master, digest_size=32, person=b"own key").digest()


def sign(message: bytes, *, seed: bytes) -> str:
    """An Ed25519 signature, in hex."""
    return SigningKey(seed).sign(message).signature.hex()


def verify_key(seed: bytes) -> str:
    """The public half of a signing key, in hex, for whoever checks a signature."""
    return bytes(SigningKey(seed).verify_key).hex()


def is_signed(message: bytes, signature: str, *, verify_with: str) -> bool:
    try:
        VerifyKey(bytes.fromhex(verify_with)).verify(message, bytes.fromhex(signature))
    except (CryptoError, ValueError):
        return False
    return True


def _padded(plain: bytes, size: int) -> bytes:
    if len(plain) >= size:
        raise TooLarge
    return bytes(nacl.bindings.sodium_pad(plain, size))


def _unpadded(padded: bytes) -> bytes:
    """What was padded is one block, so its length says how long that was."""
    return bytes(nacl.bindings.sodium_unpad(padded, len(padded)))

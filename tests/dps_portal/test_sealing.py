"""Envelopes show nothing, alterations are noticed, and receipts can be checked."""

import os

import pytest

from dps_portal import sealing

SIZE = 1024
VALUE = {"b": [1, "two £"], "a": None}


@pytest.fixture
def keys():
    return sealing.new_key_pair()


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_canonical_json_has_one_spelling():
    assert sealing.canonical({"b": 1, "a": "£"}) == '{"a":"£","b":1}'.encode()


def test_a_digest_can_be_recomputed_with_any_tool():
    assert sealing.digest({"a": 1}) == (
        "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    )


def test_an_envelope_opens_to_what_was_put_in(keys):
    public, private = keys
    envelope = sealing.seal(VALUE, public_key=public, size=SIZE)
    assert sealing.unseal(envelope, private_key=private) == VALUE


def test_envelopes_are_of_one_size_and_never_alike(keys):
    public, _ = keys
    blank, again = (sealing.seal(None, public_key=public, size=SIZE) for _ in range(2))
    full = sealing.seal("x" * (SIZE - 3), public_key=public, size=SIZE)
    assert len(blank) == len(full)
    assert blank != again


def test_content_that_does_not_fit_is_refused(keys):
    with pytest.raises(sealing.TooLarge):
        sealing.seal("x" * (SIZE - 2), public_key=keys[0], size=SIZE)


def test_every_altered_byte_of_an_envelope_is_noticed(keys):
    public, private = keys
    envelope = sealing.seal(VALUE, public_key=public, size=SIZE)
    for place in range(len(envelope)):
        with pytest.raises(sealing.Tampered):
            sealing.unseal(flipped(envelope, place), private_key=private)


def test_an_envelope_cut_short_is_noticed(keys):
    with pytest.raises(sealing.Tampered):
        sealing.unseal(b"short", private_key=keys[1])


def test_a_lock_opens_with_its_own_key_only():
    key = os.urandom(32)
    box = sealing.lock(VALUE, key=key, size=SIZE)
    assert sealing.unlock(box, key=key) == VALUE
    with pytest.raises(sealing.Tampered):
        sealing.unlock(box, key=os.urandom(32))


def test_a_wrapped_key_comes_back_and_an_altered_one_does_not():
    key, secret = os.urandom(32), os.urandom(32)
    wrapped = sealing.wrap(secret, key=key)
    assert sealing.unwrap(wrapped, key=key) == secret
    with pytest.raises(sealing.Tampered):
        sealing.unwrap(flipped(wrapped, 30), key=key)


def test_each_owner_has_a_key_of_its_own():
    master = os.urandom(32)
    assert sealing.own_key(master, "PV-1") == sealing.own_key(master, "PV-1")
    assert sealing.own_key(master, "PV-1") != sealing.own_key(master, "PV-2")


def test_a_signature_belongs_to_its_message_and_key():
    seed = os.urandom(32)
    signature = sealing.sign(b"receipt", seed=seed)
    key = sealing.verify_key(seed)
    assert sealing.is_signed(b"receipt", signature, verify_with=key)
    assert not sealing.is_signed(b"another", signature, verify_with=key)
    assert not sealing.is_signed(b"receipt", "no signature", verify_with=key)
    assert not sealing.is_signed(
        b"receipt", signature, verify_with=sealing.verify_key(os.urandom(32))
    )


@pytest.mark.parametrize("plain", [b"", b"\x80", b"x" * (SIZE - 1), bytes(range(256)) * 2])
def test_a_file_comes_out_of_its_box_as_it_went_in(plain):
    key = sealing.new_key()
    box = sealing.lock_bytes(plain, key=key, size=SIZE)

    assert sealing.unlock_bytes(box, key=key) == plain
    assert len(box) == len(sealing.noise(SIZE))
    with pytest.raises(sealing.Tampered):
        sealing.unlock_bytes(flipped(box, 100), key=key)
    with pytest.raises(sealing.Tampered):
        sealing.unlock_bytes(sealing.noise(SIZE), key=key)


def test_a_file_that_fills_its_box_is_refused():
    with pytest.raises(sealing.TooLarge):
        sealing.lock_bytes(b"x" * SIZE, key=sealing.new_key(), size=SIZE)


def test_a_box_that_holds_no_json_is_not_one_of_ours():
    key = sealing.new_key()

    with pytest.raises(sealing.Tampered):
        sealing.unlock(sealing.lock_bytes(b"{", key=key, size=SIZE), key=key)

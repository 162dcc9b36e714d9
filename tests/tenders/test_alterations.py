"""What is scored is what was submitted: no altered byte of a box goes unnoticed (T6)."""

from random import Random

import pytest

from tenders import services
from tenders.services import envelopes
from tests.factories.tenders import Competition

pytestmark = pytest.mark.django_db

FLIPS = 1_000


def flipped(box, random) -> bytes:
    altered = bytearray(box)
    altered[random.randrange(len(altered))] ^= 1 << random.randrange(8)
    return bytes(altered)


def is_noticed(invitation, private_key, price_digest) -> bool:
    is_intact, _ = envelopes.open_quality(invitation, private_key)
    pence = envelopes.open_price(invitation, private_key, price_digest=price_digest)
    return not is_intact or pence is None


def test_t6_each_of_1_000_altered_bits_is_noticed():
    random = Random(6)  # noqa: S311
    one = Competition()
    one.published()
    invitation = one.bid(one.providers[0])
    submitted = services.own_bid(invitation).submitted
    facts = (envelopes.private_key_of(one.tender), submitted["quality"]["content"]["price_digest"])
    assert not is_noticed(invitation, *facts)

    missed = []
    for _ in range(FLIPS):
        name = random.choice(["quality_envelope", "price_envelope", "own_copy"])
        whole = bytes(getattr(invitation, name))
        setattr(invitation, name, flipped(whole, random))
        if not is_noticed(invitation, *facts):
            missed.append(name)
        setattr(invitation, name, whole)

    assert missed == []
    assert not is_noticed(invitation, *facts)


def test_t6_a_box_put_in_the_place_of_another_is_noticed():
    one = Competition()
    one.published()
    first, second = (one.bid(provider) for provider in one.providers)
    private_key = envelopes.private_key_of(one.tender)
    digest = services.own_bid(first).submitted["quality"]["content"]["price_digest"]

    first.quality_envelope, first.price_envelope = second.quality_envelope, second.price_envelope

    assert envelopes.open_quality(first, private_key)[0] is False
    assert envelopes.open_price(first, private_key, price_digest=digest) is None

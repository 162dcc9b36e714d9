"""``verify_receipt``: what a bidder can show with its receipt, away from the portal (T6)."""

import json
import os
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from dps_portal import sealing
from tenders import rules, services
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db
PRICE = 87_654


@pytest.fixture
def invitation():
    one = Competition()
    one.published()
    return one.bid(one.providers[0], answer="We keep\u2028people safe.", pence=PRICE)


@pytest.fixture
def receipt(invitation, tmp_path):
    path = tmp_path / "receipt.txt"
    path.write_bytes(services.receipt_text(invitation).encode())
    return path


def fault(receipt, **options):
    """What the command complains of, after it has been found to fail with exit 1."""
    with pytest.raises(CommandError) as failed:
        call_command("verify_receipt", str(receipt), **options)
    assert failed.value.returncode == 1
    return str(failed.value)


def key():
    return sealing.verify_key(settings.KEYS["receipt"])


def change(receipt, pattern, new):
    text, times = re.subn(pattern, new, receipt.read_text(encoding="utf-8"), count=1)
    assert times == 1
    receipt.write_bytes(text.encode())


def test_t6_a_receipt_is_checked_without_the_database(
    invitation, receipt, capsys, django_assert_num_queries
):
    with django_assert_num_queries(0):
        call_command("verify_receipt", str(receipt), key=key())

    content = services.own_bid(invitation).submitted["quality"]["content"]
    assert capsys.readouterr().out.splitlines() == [
        f"Tender: {invitation.tender}",
        f"Provider: {invitation.provider.reference}",
        f"Submitted by: {owner_of(invitation.provider).ref}",
        f"Received (UTC): {content['submitted_at']}",
        "Weekly price: £876.54",
        f"Digest: {sealing.digest(content)}",
        f"Key: {key()}",
        "The receipt holds: this content was received then, and is unaltered.",
    ]


def test_without_the_published_key_it_is_told_to_compare(receipt, capsys):
    call_command("verify_receipt", str(receipt))

    assert "Compare it with the one on the council's portal" in capsys.readouterr().out


def test_a_receipt_whose_lines_got_other_ends_holds(receipt):
    receipt.write_bytes(b"\xef\xbb\xbf" + receipt.read_bytes().replace(b"\n", b"\r\n"))

    call_command("verify_receipt", str(receipt), key=key())


@pytest.mark.parametrize(
    ("pattern", "new", "words"),
    [
        (r"Signature:( +)[0-9a-f]", r"Signature:\1z", "The signature is not one of the digest"),
        (r"We keep", "We kept", "The digest is not that of the content in the receipt."),
        (r"Provider:( +)PV", r"Provider:\1XX", "“Provider” is not as in the content."),
        (r"UTC\):( +)20", r"UTC):\g<1>19", "“Received (UTC)” is not as in the content."),
        (r'"weekly_pence":87654', '"weekly_pence":87653', "The price is not the one"),
    ],
)
def test_t6_an_altered_receipt_is_found_out(receipt, pattern, new, words):
    change(receipt, pattern, new)

    assert fault(receipt).startswith(words)


def test_t6_a_receipt_signed_by_another_key_is_found_out(receipt):
    """A forger signs its own digest and prints its own key."""
    seed = os.urandom(32)
    digest = rules.read_receipt(receipt.read_text(encoding="utf-8")).digest
    change(receipt, r"Signature:.*", f"Signature: {sealing.sign(digest.encode(), seed=seed)}")
    change(receipt, r"Key:.*", f"Key: {sealing.verify_key(seed)}")

    call_command("verify_receipt", str(receipt))
    assert fault(receipt, key=key()).splitlines() == [
        "The signature is not one of the digest by this key.",
        "The key in the receipt is not the one that was given.",
    ]


def test_t6_each_flipped_bit_of_content_digest_and_signature_is_found_out(receipt):
    whole = rules.read_receipt(receipt.read_text(encoding="utf-8"))
    assert rules.faults_of_receipt(whole, key=key()) == []
    text = receipt.read_text(encoding="utf-8")
    missed = []
    for part in (whole.content, whole.digest, whole.signature):
        for place in range(len(part)):
            other = part[:place] + ("0" if part[place] != "0" else "1") + part[place + 1 :]
            try:
                altered = rules.read_receipt(text.replace(part, other, 1))
            except rules.NoReceipt:
                continue
            if not rules.faults_of_receipt(altered, key=key()):
                missed.append((part, place))

    assert missed == []


def test_the_digest_is_that_of_the_downloaded_content(client, invitation, receipt, tmp_path):
    client.force_login(owner_of(invitation.provider))
    answer = client.get(reverse("tenders:bid_content", args=[invitation.tender]))
    assert answer["Content-Disposition"] == f'attachment; filename="bid-{invitation.tender}.json"'
    content = tmp_path / "content.json"
    content.write_bytes(answer.content)

    call_command("verify_receipt", str(receipt), content=str(content))

    content.write_text(json.dumps(json.loads(answer.content) | {"answers": {}}))
    assert fault(receipt, content=str(content)) == (
        "The digest is not that of the content that was given."
    )


def test_a_file_that_is_not_of_the_bid_is_named(receipt, tmp_path):
    (tmp_path / "other.pdf").write_bytes(b"%PDF-")

    assert fault(receipt, attachment=[str(tmp_path / "other.pdf")]).endswith(
        "other.pdf” is not one of the files of this bid."
    )


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        ("Key:.*", ""),
        ("(?s)Content:.*", "Content:"),
        ("(?s)Content:\n.*", "Content:\n[]\nPrice:\n{}\n"),
        ("(?s)Content:\n.*", "Content:\n{}\nPrice:\n{}\n"),
        ("(?s)Content:\n.*", "Content:\n{{{\nPrice:\n{}\n"),
        ('"answers":', '"attachments":{"1":[1]},"answers":'),
        ("(?s).*", "\0"),
    ],
)
def test_what_is_no_receipt_is_refused_with_exit_2(receipt, pattern, new):
    change(receipt, pattern, new)

    with pytest.raises(CommandError) as failed:
        call_command("verify_receipt", str(receipt))
    assert failed.value.returncode == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_exit_2(tmp_path, content):
    path = tmp_path / "receipt.txt"
    if content:
        path.write_bytes(content)

    with pytest.raises(CommandError) as failed:
        call_command("verify_receipt", str(path))
    assert failed.value.returncode == 2
    assert str(failed.value).startswith(str(path))


def test_the_key_is_published_where_the_receipt_says(client, receipt):
    answer = client.get(reverse("publication:receipt_key"))

    assert key() in answer.content.decode()
    assert settings.PORTAL_ORIGIN + reverse("publication:receipt_key") in receipt.read_text()

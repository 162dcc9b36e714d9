"""Files that come with answers: sealed like the answers, and out with them (T3, T6, T31)."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.documents.models import Document, ScanState
from dps_portal.documents.services import scan
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Attachment, AttachmentCell, Bid, Criterion, Invitation, Tender
from tenders.services.cells import CELL_SIZE, FILE_SIZE
from tests.documents.clamd import EICAR, small_scanner
from tests.factories.accounts import UserFactory
from tests.factories.tenders import CRITERIA, Competition, owner_of, provider_on
from tests.tenders.test_sealed import everything_stored

pytestmark = pytest.mark.django_db

CANARY = b"kingfisher over the water"
PDF = b"%PDF-1.7\n" + CANARY
NAME = "heron-on-the-weir.pdf"
WITH_FILES = [CRITERIA[0] | {"attachments": 2}, CRITERIA[1] | {"attachments": 1}]


class WithFiles(Competition):
    def drafted(self, **facts):
        tender = super().drafted(**facts)
        return services.set_criteria(
            tender=tender, criteria=WITH_FILES, by=self.drafter, at=self.published_at
        )

    def attach(self, provider, *, position=1, name=NAME, content=PDF):
        return services.attach_file(
            invitation=self.invitation(provider),
            criterion=self.tender.criteria.get(position=position),
            name=name,
            content=content,
            by=owner_of(provider),
            at=timezone.now(),
        )

    def write(self, provider):
        """The answers and the price, beside the files that are there."""
        invitation = self.invitation(provider)
        draft = services.own_bid(invitation).draft
        answers = {"1": "We do it well.", "2": "Much."}
        draft |= {"answers": answers, "weekly_pence": 90_000}
        services.own_copies.keep(
            invitation, draft=draft, bid=services.own_bid(invitation).submitted
        )
        return invitation

    def submit(self, provider):
        self.write(provider)
        return services.submit_bid(
            invitation=self.invitation(provider), by=owner_of(provider), at=timezone.now()
        )

    def open(self):
        Tender.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
        self.declare(self.officer, self.commissioner, *self.evaluators)
        for officer in (self.commissioner, self.officer):
            services.open_bids(tender=self.tender, by=officer, at=timezone.now())


@pytest.fixture
def one():
    found = WithFiles(closes_in=timedelta(days=10))
    found.published()
    return found


@pytest.fixture
def provider(one):
    return one.providers[0]


def own(one, provider):
    return services.own_bid(one.invitation(provider))


def names(files):
    return [each["name"] for each in files]


# ── Sealed ───────────────────────────────────────────────────────────────────────────────────


def test_t3_every_invitation_has_cells_of_one_size_whatever_was_uploaded(one):
    first, second = one.providers

    def sizes():
        rows = AttachmentCell.objects.order_by("invitation", "number")
        return [(cell.invitation_id, cell.number, len(cell.content)) for cell in rows]

    before = sizes()
    one.attach(first)
    one.attach(first, content=PDF + b"x" * (FILE_SIZE - len(PDF)))
    one.submit(first)
    one.attach(second, content=PDF[:-1])

    assert sizes() == before
    assert len(before) == 2 * 2 * 3
    assert {size for _, _, size in before} == {CELL_SIZE + 40}


def test_t3_neither_a_file_nor_its_name_is_stored_in_the_clear_before_the_opening(one, provider):
    stored_before = Document.objects.count()
    one.attach(provider)
    one.submit(provider)

    stored = everything_stored()
    clear = [CANARY.decode(), NAME, hashlib.sha256(PDF).hexdigest(), PDF.decode()]
    assert [each for each in clear if each in stored] == []
    assert Document.objects.count() == stored_before
    assert not Attachment.objects.exists()


def test_t3_a_tender_without_files_has_no_cells_and_its_model_no_new_part():
    one = Competition()
    one.published()

    assert not AttachmentCell.objects.exists()
    model = services.evaluation_model(one.tender)
    assert [sorted(each) for each in model["criteria"]] == [
        ["guidance", "minimum_score", "name", "question", "weight", "word_limit"]
    ] * 2


def test_t3_uploading_changes_no_page_of_the_council_and_leaves_no_trail(client, one, provider):
    one.declare(one.officer, one.commissioner)
    council = [one.officer, one.commissioner, UserFactory(roles=[Role.AUDITOR])]

    def everything_shown():
        found = [AuditEvent.objects.count(), Notification.objects.count()]
        for person in council:
            client.force_login(person)
            for name, args in {
                "tender": [one.tender],
                "tender_list": [],
                "open_bids": [one.tender],
            }.items():
                page = client.get(reverse(f"tenders:{name}", args=args)).content.decode()
                found.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page))
        return found

    before = everything_shown()
    one.attach(provider)
    one.submit(provider)
    one.attach(one.providers[1])

    assert everything_shown() == before


def test_what_changes_in_a_cell_between_two_approvals_shows_in_the_trail(one, provider):
    Tender.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    one.declare(one.officer, one.commissioner)
    services.open_bids(tender=one.tender, by=one.commissioner, at=timezone.now())
    AttachmentCell.objects.filter(number=0).update(content=b"another")
    services.open_bids(tender=one.tender, by=one.officer, at=timezone.now())

    first = AuditEvent.objects.get(action="opening.approved").facts["envelopes"]
    assert AuditEvent.objects.get(action="bids.opened").facts["envelopes"] != first


def test_the_author_says_how_many_files_a_question_takes(client):
    one = Competition()
    tender = one.drafted()
    client.force_login(one.drafter)
    address = reverse("tenders:set_criteria", args=[tender])
    rows = {
        "form-TOTAL_FORMS": 6,
        "form-INITIAL_FORMS": 0,
        "form-0-name": "Safety",
        "form-0-weight": 60,
        "form-0-question": "How?",
        "form-0-word_limit": 100,
        **{f"form-{row}-word_limit": 500 for row in range(1, 6)},
    }

    wrong = client.post(address, rows | {"form-0-attachments": 4})
    assert "must be a whole number from 0 to 3" in wrong.text
    assert client.post(address, rows).status_code == 302
    assert tender.criteria.get().attachments == 0
    assert client.post(address, rows | {"form-0-attachments": 3}).status_code == 302
    assert tender.criteria.get().attachments == 3
    assert 'value="3"' in client.get(address).text


def test_files_allowed_are_part_of_the_published_model(one):
    model = services.evaluation_model(one.tender)

    assert [each["attachments"] for each in model["criteria"]] == [2, 1]


def test_lists_of_invitations_read_no_cell(client, one):
    client.force_login(owner_of(one.providers[0]))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("tenders:invitation_list"))
        client.get(reverse("tenders:invitation", args=[one.tender]))
    assert [each for each in asked if "attachmentcell" in each["sql"]] == []


# ── From upload to download ──────────────────────────────────────────────────────────────────


def test_a_file_goes_from_the_draft_to_the_evaluators(client, one, provider):
    owner = owner_of(provider)
    client.force_login(owner)
    address = reverse("tenders:attach_file", args=[one.tender, 1])
    file = SimpleUploadedFile(NAME, PDF, content_type="text/html")
    assert client.post(address, {"file": file}).status_code == 302
    one.submit(provider)
    invitation = client.get(reverse("tenders:invitation", args=[one.tender])).text
    assert NAME in invitation
    [held] = own(one, provider).submitted_files
    copy = client.get(reverse("tenders:own_file", args=[one.tender, held["cell"]]))
    assert b"".join(copy) == PDF
    one.open()

    row = Attachment.objects.get()
    assert (row.response.bid.provider, row.response.criterion.position) == (provider, 1)
    assert row.document.uploaded_by == owner
    where = reverse("tenders:attachment", args=[one.tender, provider.reference, row.document_id])
    for person in (one.officer, one.evaluators[0]):
        client.force_login(person)
        bid = client.get(reverse("tenders:bid", args=[one.tender, provider.reference])).text
        assert where in bid
        answer = client.get(where)
        assert b"".join(answer) == PDF
        assert answer["Content-Disposition"] == f'attachment; filename="{NAME}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    place = [one.tender, provider.reference, 1]
    assert where in client.get(reverse("tenders:score_response", args=place)).text


def test_a_file_is_shown_to_those_alone_who_may_read_the_answer(client, one, provider):
    one.attach(provider)
    one.submit(provider)
    one.open()
    document = Attachment.objects.get().document_id
    where = reverse("tenders:attachment", args=[one.tender, provider.reference, document])
    undeclared, stranger = one.moderator, owner_of(one.providers[1])

    found = {}
    for name, person in {"moderator": undeclared, "rival": stranger}.items():
        client.force_login(person)
        found[name] = client.get(where).status_code

    assert found == {"moderator": 404, "rival": 403}
    other = reverse("tenders:attachment", args=[one.tender, one.providers[1].reference, document])
    client.force_login(one.officer)
    assert client.get(other).status_code == 404


def test_another_provider_reaches_none_of_our_files(client, one, provider):
    one.attach(provider)
    [held] = own(one, provider).files(one.tender.criteria.get(position=1))
    uninvited = owner_of(provider_on(one.lot, name="Stranger"))

    for person in (owner_of(one.providers[1]), uninvited, one.officer):
        client.force_login(person)
        answer = client.get(reverse("tenders:own_file", args=[one.tender, held["cell"]]))
        assert answer.status_code == (403 if person == one.officer else 404)
        client.post(reverse("tenders:remove_file", args=[one.tender, held["cell"]]))
    assert names(own(one, provider).all_files().values()) == [NAME]


def test_t6_the_receipt_covers_each_file(one, provider, tmp_path):
    one.attach(provider)
    one.submit(provider)
    receipt, good, bad = (tmp_path / name for name in ("receipt.txt", "good.pdf", "bad.pdf"))
    receipt.write_text(services.receipt_text(one.invitation(provider)), encoding="utf-8")
    good.write_bytes(PDF)
    bad.write_bytes(PDF + b" ")

    content = json.loads(services.sealed_content(one.invitation(provider)))
    assert content["attachments"] == {
        "1": [
            {
                "name": NAME,
                "media_type": "application/pdf",
                "size": len(PDF),
                "sha256": hashlib.sha256(PDF).hexdigest(),
            }
        ]
    }
    call_command("verify_receipt", str(receipt), attachment=[str(good)])
    with pytest.raises(CommandError, match="is not one of the files of this bid"):
        call_command("verify_receipt", str(receipt), attachment=[str(bad)])


# ── Replacing ────────────────────────────────────────────────────────────────────────────────


def test_the_submitted_bid_keeps_its_files_while_the_draft_changes(one, provider):
    first = one.tender.criteria.get(position=1)
    for name in ("one.pdf", "two.pdf"):
        one.attach(provider, name=name, content=PDF + name.encode())
    one.attach(provider, position=2, name="three.pdf")
    one.submit(provider)
    for held in list(own(one, provider).all_files()):
        services.remove_file(
            invitation=one.invitation(provider),
            number=held,
            by=owner_of(provider),
            at=timezone.now(),
        )
    for name in ("four.pdf", "five.pdf"):
        one.attach(provider, name=name, content=PDF + name.encode())
    one.attach(provider, position=2, name="six.pdf")

    assert names(own(one, provider).files(first)) == ["four.pdf", "five.pdf"]
    assert not own(one, provider).is_draft_submitted
    one.open()
    rows = Attachment.objects.order_by("pk").select_related("document")
    assert [row.document.name for row in rows] == ["one.pdf", "two.pdf", "three.pdf"]
    assert rows[0].document.content() == PDF + b"one.pdf"
    assert [bid.is_intact for bid in Bid.objects.all()] == [True]


def test_a_draft_whose_file_was_removed_is_not_the_submitted_one(one, provider):
    one.attach(provider)
    one.submit(provider)
    assert own(one, provider).is_draft_submitted
    [held] = own(one, provider).submitted_files
    services.remove_file(
        invitation=one.invitation(provider),
        number=held["cell"],
        by=owner_of(provider),
        at=timezone.now(),
    )
    assert not own(one, provider).is_draft_submitted
    one.submit(provider)
    assert own(one, provider).submitted_files == []


@pytest.mark.parametrize("change", ["flip", "noise", "gone", "swap"])
def test_t6_an_altered_cell_makes_the_bid_an_altered_one(client, one, provider, change):
    one.attach(provider)
    one.attach(provider, name="other.pdf", content=PDF + b"2")
    one.submit(provider)
    first, second = (
        AttachmentCell.objects.get(invitation__provider=provider, number=each["cell"])
        for each in own(one, provider).submitted_files
    )
    if change == "gone":
        first.delete()
    elif change == "swap":
        AttachmentCell.objects.filter(pk=first.pk).update(content=second.content)
    else:
        content = bytearray(first.content)
        content[5000:] = bytes(len(content) - 5000) if change == "noise" else content[5000:]
        content[4000] ^= 1
        AttachmentCell.objects.filter(pk=first.pk).update(content=bytes(content))
    client.force_login(owner_of(provider))
    page = client.get(reverse("tenders:own_file", args=[one.tender, first.number]), follow=True)
    assert "The file is not as it was uploaded." in page.text
    one.open()

    assert [bid.is_intact for bid in Bid.objects.all()] == [False]
    assert not Attachment.objects.exists()


# ── What is refused ──────────────────────────────────────────────────────────────────────────


def test_a_question_takes_as_many_files_as_was_published(one, provider):
    one.attach(provider, position=2)

    with pytest.raises(Refused, match="as many files as it takes"):
        one.attach(provider, position=2)
    Criterion.objects.update(attachments=0)
    with pytest.raises(Refused, match="takes no files"):
        one.attach(provider, position=1)


def test_after_the_deadline_no_file_is_taken_or_removed(one, provider):
    one.attach(provider)
    before = [bytes(cell.content) for cell in AttachmentCell.objects.order_by("pk")]
    Tender.objects.update(closes_at=timezone.now())

    with pytest.raises(Refused, match="The deadline for bids has passed"):
        one.attach(provider, name="late.pdf")
    with pytest.raises(Refused, match="The deadline for bids has passed"):
        services.remove_file(
            invitation=one.invitation(provider),
            number=next(iter(own(one, provider).all_files())),
            by=owner_of(provider),
            at=timezone.now(),
        )
    assert [bytes(cell.content) for cell in AttachmentCell.objects.order_by("pk")] == before


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "The file is empty."),
        ("big.pdf", PDF + b"x" * FILE_SIZE, "The file must be 1 MB or smaller."),
        ("page.html", b"<script>", "The file must be a PDF"),
        ("page.pdf", b"<script>", "is not what its name says"),
        ("page.png", PDF, "is not what its name says"),
        ("tool.exe", b"MZ", "The file must be a PDF"),
    ],
)
def test_t31_a_file_of_a_kind_that_is_not_allowed_is_refused(one, provider, name, content, words):
    with pytest.raises(Refused, match=re.escape(words)):
        one.attach(provider, name=name, content=content)

    assert own(one, provider).all_files() == {}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe.pdf", "planfdp.exe.pdf"),
        ("line\r\nX-Header: 1.pdf", "line X-Header: 1.pdf"),
        ('"quoted"; <b>.pdf', '"quoted"; <b>.pdf'),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("😀 plän.pdf", "😀 plän.pdf"),
    ],
)
def test_t31_a_naughty_name_is_made_plain_and_harms_no_page(client, one, provider, name, kept):
    one.attach(provider, name=name)
    [held] = own(one, provider).all_files().values()
    assert held["name"] == kept

    client.force_login(owner_of(provider))
    page = client.get(reverse("tenders:edit_answer", args=[one.tender, 1]))
    assert page.status_code == 200
    assert "<b>" not in page.text
    answer = client.get(reverse("tenders:own_file", args=[one.tender, held["cell"]]))
    assert b"".join(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename")


# ── The virus scan ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scanned(settings):
    with small_scanner() as found:
        settings.CLAMAV = found.address
        yield found


def test_t31_an_infected_file_is_refused_at_once(one, provider, scanned):
    with pytest.raises(Refused, match="The virus scan refused the file"):
        one.attach(provider, content=PDF + EICAR)

    assert own(one, provider).all_files() == {}
    one.attach(provider)
    assert names(own(one, provider).all_files().values()) == [NAME]


def test_t31_with_the_scanner_away_a_file_is_taken_and_held_until_it_is_scanned(
    client, one, provider, settings
):
    settings.CLAMAV = "127.0.0.1:1"
    one.attach(provider, content=PDF + EICAR)
    one.attach(provider, position=2)
    one.submit(provider)
    client.force_login(owner_of(provider))
    cells = [each["cell"] for each in own(one, provider).submitted_files]
    for cell in cells:
        answer = client.get(reverse("tenders:own_file", args=[one.tender, cell]))
        assert answer.status_code == 302
    one.open()
    client.force_login(one.officer)

    def answers():
        return [
            client.get(
                reverse(
                    "tenders:attachment", args=[one.tender, provider.reference, row.document_id]
                )
            ).status_code
            for row in Attachment.objects.order_by("pk")
        ]

    assert answers() == [404, 404]
    with small_scanner() as found:
        settings.CLAMAV = found.address
        for document in Document.objects.filter(scan_state=ScanState.PENDING):
            scan(document, at=timezone.now())
    assert answers() == [404, 200]


def test_files_of_a_bid_are_private_files(one, provider):
    one.attach(provider)
    one.submit(provider)
    one.open()

    document = Attachment.objects.get().document
    assert NAME not in document.file.name
    assert default_storage.exists(document.file.name)
    assert settings.STORAGES["default"]["OPTIONS"]["base_url"] is None


def test_an_invitation_from_before_files_still_opens(one, provider):
    """A tender published without files has no cells, and needs none."""
    AttachmentCell.objects.all().delete()
    one.submit(provider)
    one.open()

    assert [bid.is_intact for bid in Bid.objects.all()] == [True]
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize(("most", "hint"), [(1, "0 of up to 1 file"), (2, "0 of up to 2 files")])
def test_the_task_list_says_how_many_files_may_come(client, most, hint):
    one = WithFiles(closes_in=timedelta(days=2))
    one.published()
    Criterion.objects.filter(position=1).update(attachments=most)
    client.force_login(owner_of(one.providers[0]))

    page = client.get(reverse("tenders:bid_task_list", args=[one.tender]))
    assert page.context["tasks"][0]["hint"] == hint

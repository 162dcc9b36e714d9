"""Public documents: everyone reads every version, for ever (R2.9)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import AgreementDocument, DocumentVersion
from dps_portal.audit.models import AuditEvent
from dps_portal.documents.models import ScanState
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.publication import pdf, published, renewed

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    return AgreementFactory()


@pytest.fixture
def procurement(client):
    user = UserFactory(roles=[Role.PROCUREMENT])
    client.force_login(user)
    return user


def read(client, path) -> tuple[int, bytes]:
    """The answer, read to its end, which closes the file."""
    response = client.get(path)
    return response.status_code, response.getvalue()


def path_of(version) -> str:
    document = version.of
    place = [document.agreement.reference, document.slug, version.number]
    return reverse("publication:document_version", args=place)


def list_of(agreement) -> str:
    return reverse("publication:document_list", args=[agreement.reference])


def sent(name="terms.pdf", content=None, **facts):
    file = SimpleUploadedFile(name, pdf("First") if content is None else content)
    return {"title": "Terms and conditions", "file": file, "note": "", "is_final": "on"} | facts


def publish(client, agreement, **facts):
    page = reverse("publication:publish_document", args=[agreement.reference])
    return client.post(page, sent(**facts))


# ── R2.9 ─────────────────────────────────────────────────────────────────────────────────────
def test_r2_9_anonymous_get_of_every_document_and_every_version_is_answered(client, agreement):
    first = published(agreement)
    second = renewed(first.of)
    other = published(
        agreement, title="Price schedule", words="Prices", lot=LotFactory(agreement=agreement)
    )

    pages = [
        list_of(agreement),
        *(
            reverse("publication:document", args=[agreement.reference, one.slug])
            for one in AgreementDocument.objects.all()
        ),
        *(path_of(version) for version in (first, second, other)),
    ]

    assert [read(client, page)[0] for page in pages] == [200] * 6


def test_r2_9_new_version_keeps_the_old_one_reachable(client, agreement):
    first = published(agreement, words="The first words")
    second = renewed(first.of, words="The second words")

    assert read(client, path_of(first)) == (200, pdf("The first words"))
    assert read(client, path_of(second)) == (200, pdf("The second words"))
    page = client.get(
        reverse("publication:document", args=[agreement.reference, first.of.slug])
    ).text
    assert page.index("Version 2 (newest)") < page.index("Version 1")
    assert [path_of(one) in page for one in (first, second)] == [True, True]
    assert second.file.sha256 in page
    assert "Clause 4 is clearer." in page


def test_version_is_a_download_and_never_shown_inline(client, agreement):
    response = client.get(path_of(published(agreement)))
    response.getvalue()

    assert response["Content-Disposition"] == 'attachment; filename="terms.pdf"'
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("state", "words"),
    [(ScanState.PENDING, "Being checked"), (ScanState.INFECTED, "The virus scan refused")],
)
def test_held_version_is_listed_and_cannot_be_downloaded(client, agreement, state, words):
    version = published(agreement)
    version.file.scan_state = state
    version.file.save()
    page = client.get(
        reverse("publication:document", args=[agreement.reference, version.of.slug])
    ).text

    assert words in page
    assert path_of(version) not in page
    assert client.get(path_of(version)).status_code == 404


def test_documents_of_an_unpublished_agreement_are_not_found(client):
    version = published(AgreementFactory(published=False))

    assert client.get(path_of(version)).status_code == 404
    assert client.get(list_of(version.of.agreement)).status_code == 404


# ── Publishing ───────────────────────────────────────────────────────────────────────────────
def test_document_is_published_with_its_first_version(client, agreement, procurement):
    lot = LotFactory(agreement=agreement)
    response = publish(client, agreement, lot=lot.pk, note="As advertised")
    version = DocumentVersion.objects.get()

    assert response.url == reverse(
        "publication:document", args=[agreement.reference, "terms-and-conditions"]
    )
    assert (version.number, version.note, version.of.lot, version.published_by) == (
        1,
        "As advertised",
        lot,
        procurement,
    )
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.facts) == (
        "document.published",
        {"document": "terms-and-conditions", "version": 1, "sha256": version.file.sha256},
    )


def test_new_version_is_published_beside_the_old_one(client, agreement, procurement):
    first = published(agreement)
    page = reverse("publication:publish_version", args=[agreement.reference, first.of.slug])
    response = client.post(page, sent(content=pdf("Second"), note="Clearer"))

    assert response.status_code == 302
    assert list(first.of.versions.order_by("number").values_list("number", "note")) == [
        (1, ""),
        (2, "Clearer"),
    ]


def test_title_that_is_taken_is_refused_and_nothing_is_stored(client, agreement, procurement):
    published(agreement)
    page = publish(client, agreement, content=pdf("Other"), title="Terms and CONDITIONS").text

    assert "There is a document with this title." in page
    assert "Terms and CONDITIONS" in page
    assert DocumentVersion.objects.count() == 1


def test_same_title_in_another_agreement_is_its_own_document(client, agreement, procurement):
    published(AgreementFactory())
    publish(client, agreement)

    assert AgreementDocument.objects.count() == 2


def test_file_sent_twice_is_one_version(agreement):
    first = published(agreement)

    with pytest.raises(Refused, match="the same file as the newest version"):
        renewed(first.of, words="First")
    assert first.of.versions.count() == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_final": ""}, "Confirm that the file may be public for ever"),
        ({"title": ""}, "Enter title"),
        ({"title": "t" * 121}, "at most 120 characters"),
        ({"note": "n" * 201}, "at most 200 characters"),
        ({"title": "a\0b"}, "Null characters are not allowed"),
        ({"name": "terms.exe"}, "The file must be a PDF"),
        ({"content": b"MZ not a pdf"}, "The content of the file is not what its name says"),
        ({"content": b""}, "The file is empty"),
        ({"file": ""}, "Choose a file smaller than 10 MB"),
        ({"lot": "99999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_published_is_said(client, agreement, procurement, facts, words):
    response = publish(client, agreement, **facts)

    assert (response.status_code, words in response.text) == (200, True)
    assert DocumentVersion.objects.count() == 0


@pytest.mark.parametrize("title", ["价格表", "<script>alert(1)</script>", "🏥", "../../etc/passwd"])
def test_title_in_any_letters_is_shown_as_typed(client, agreement, procurement, title):
    page = client.get(publish(client, agreement, title=title).url)

    assert page.context["document"].title == title
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_only_procurement_sees_the_buttons(client, agreement):
    page = list_of(agreement)
    button = "Publish a document"
    assert button not in client.get(page).text

    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    assert button in client.get(page).text


# ── The list ─────────────────────────────────────────────────────────────────────────────────
def test_list_of_documents_asks_as_few_questions_for_three_as_for_one(client, agreement):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(list_of(agreement))
        return len(asked)

    published(agreement)
    one = questions()
    renewed(published(agreement, title="Two", words="b").of)
    published(agreement, title="Three", words="c")

    assert questions() == one


def test_list_is_searched_and_filtered_by_lot(client, agreement):
    lot, other = LotFactory(agreement=agreement), LotFactory(agreement=agreement)
    published(agreement, title="Terms", words="a")
    published(agreement, title="Specification", words="b", lot=lot)
    published(agreement, title="Specification two", words="c", lot=other)

    def titles(**asked):
        page = client.get(list_of(agreement), asked).context["page"]
        return [document.title for document in page]

    assert titles(q="spec") == ["Specification", "Specification two"]
    assert titles(lot=lot.number) == ["Specification", "Terms"]
    assert titles(q="spec", lot=lot.number) == ["Specification"]
    assert titles(lot="rubbish", q="a\0") == ["Specification", "Specification two", "Terms"]


def test_csv_has_every_document(client, agreement):
    renewed(published(agreement).of)

    assert client.get(list_of(agreement), {"download": "csv"}).text.splitlines() == [
        '"Title","Lot","Version","Published"',
        '"Terms and conditions","All","2","2026-12-01"',
    ]

"""Text fields take any text unchanged, or say why not: never an error, never other text."""

import copy
import csv
import html
import importlib
import io
import json
import pkgutil
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.documents.models import Document
from dps_portal.publication.models import Question
from dps_portal.ui.csv_files import ACTIVE
from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField
from providers import services
from providers.models import Provider
from providers.states import EvidenceKind, ExclusionGround, Outcome
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import (
    AT,
    PDF,
    decided,
    draft,
    owner_of,
    provider_with_owner,
    reviewer,
    submitted,
    whole_draft,
)

STRINGS = Path(__file__).parents[1] / "vectors" / "strings" / "blns.json"
OURS = [
    *("\0", "before\0after", "\u202egnp.exe", "a" + "\u0301" * 5_000, "{{7*7}}", "{% debug %}"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "${7*7}", "%s%n", "line\r\nbreak\r\nend"),
    *(
        "cr\rlf\n",
        "\r\nBcc: all@example.org",
        "👩‍👩‍👧‍👦 🐢 𝔘𝔫𝔦",
        "a\u200db",
        "\ufeffbom",
        "e\u0301 é",
    ),
    *("\u2028line\u2029end", "\x1b[31m", "\x7f\x80\x9f", "\ufffe\uffff", "'; DROP TABLE x;--"),
    *("<b onclick=alert(1)>", "&amp;&lt;", "]]>", "\\", '"', "%00", "../../etc/passwd"),
]
NAUGHTY = sorted({*json.loads(STRINGS.read_text()), *OURS})
LONG = 200_001
APPS = (
    *("providers", "tenders", "placements", "dps_portal.publication", "dps_portal.agreements"),
    *("dps_portal.notifications", "dps_portal.reports", "dps_portal.accounts"),
)


def form_modules():
    for app in APPS:
        try:
            module = importlib.import_module(f"{app}.forms")
        except ModuleNotFoundError as error:
            if error.name != f"{app}.forms":
                raise
            continue
        yield module
        for part in pkgutil.iter_modules(getattr(module, "__path__", ())):
            yield importlib.import_module(f"{module.__name__}.{part.name}")


def text_fields():
    """Every field of every form that takes typed text, once."""
    found = {}
    for module in form_modules():
        for form in vars(module).values():
            if not (isinstance(form, type) and issubclass(form, forms.BaseForm)):
                continue
            for name, field in form.base_fields.items():
                if isinstance(field, forms.CharField):
                    found.setdefault(f"{form.__module__}.{form.__name__}.{name}", (name, field))
    return found


FIELDS = text_fields()
EXACT = (forms.CharField, LongTextField)  # the others tidy what they take: numbers, postcodes, …


def cleaned(name, field, texts):
    """What a form with this one field makes of each text, and what it says of it."""
    probe = type("Probe", (Form,), {name: copy.deepcopy(field)})
    for text in texts:
        form = probe({name: text})
        form.is_valid()
        yield text, form.cleaned_data.get(name), form.errors.get(name)


def test_there_are_strings_and_fields():
    assert len(NAUGHTY) > 500
    assert len(FIELDS) > 40


@pytest.mark.parametrize(("name", "field"), FIELDS.values(), ids=FIELDS)
def test_text_is_taken_as_it_is_or_refused_with_words(name, field):
    for text, value, said in cleaned(name, field, NAUGHTY):
        if said:
            assert all(said), text
            continue
        assert "\0" not in (value or "")
        if type(field) in EXACT:
            stripped = text.strip() if field.strip else text
            breaks = stripped.replace("\r\n", "\n") if type(field) is LongTextField else stripped
            assert value == breaks, text


@pytest.mark.parametrize(("name", "field"), FIELDS.values(), ids=FIELDS)
def test_text_has_a_limit(name, field):
    [(_, _, said)] = cleaned(name, field, ["x" * LONG])
    assert said


@pytest.mark.parametrize("field", [PoundsField(), DateField()], ids=["pounds", "date"])
def test_an_amount_or_a_date_is_one_or_is_refused_with_words(field):
    probe = type("Probe", (Form,), {"given": copy.deepcopy(field)})
    for text in NAUGHTY:
        data = {"given": text, "given_day": text, "given_month": "5", "given_year": "2026"}
        form = probe(data)
        assert form.is_valid() or all(form.errors["given"])


# ── Through the pages ────────────────────────────────────────────────────────────────────────
@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield


def batches(limit):
    """All the strings, many to a text of at most ``limit``; each with a NUL for itself."""
    together = ""
    for text in NAUGHTY:
        if "\0" in text or len(text) > limit:
            yield text
        elif len(longer := f"{together} ¦ {text}") <= limit:
            together = longer
        else:
            yield together
            together = text
    yield together
    yield "🐢" * limit
    yield "x" * (limit + 1)


def words(text):
    return " ".join(text.split())


def words_of(page):
    assert page.status_code == 200
    return words(html.unescape(re.sub(r"<[^>]*>", " ", page.content.decode())))


def typed(client, url, field, texts, *, shown_at=None, **data):
    """Each text is refused with words, or stands on the page that shows it; how many do."""
    taken = 0
    for text in texts:
        answer = client.post(url, data | {field: text})
        if answer.status_code == 200:
            assert field in answer.context["form"].errors, text
            continue
        assert answer.status_code == 302, text
        assert words(text) in words_of(client.get(shown_at or answer["Location"])), text
        taken += 1
    return taken


def boxes(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_names_of_organisations():
    url = reverse("providers:register_provider")
    for number, name in enumerate(batches(200), start=31_000_000):
        facts = {"address": "1 Quay Lane", "company_number": str(number)}
        typed(signed_in(UserFactory()), url, "name", [name], **facts)

    assert Provider.objects.count() > 50


@pytest.mark.django_db
def test_names_of_organisations_as_csv():
    for start in ACTIVE:
        provider_with_owner(name=f"{start}1+1|cmd")
    client = signed_in(UserFactory(roles=[Role.PROCUREMENT]))

    page = client.get(reverse("providers:provider_list"), {"download": "csv"})
    cells = {cell for row in csv.reader(io.StringIO(page.text, newline="")) for cell in row}

    assert {f"'{start}1+1|cmd" for start in ACTIVE} <= cells
    assert not any(cell.startswith(ACTIVE) for cell in cells)


@pytest.mark.django_db
def test_addresses_of_organisations():
    provider = provider_with_owner()
    url = reverse("providers:edit_provider", args=[provider.reference])

    assert typed(signed_in(owner_of(provider)), url, "address", batches(500)) > 20


@pytest.mark.django_db
def test_places_given_by_hand():
    application = draft()
    client = signed_in(owner_of(application.provider))
    url = reverse("providers:save_location", args=[application.reference])
    facts = {"register": "cqc", "cqc_location_id": "1-200300400", "postcode": "PR8 1AA"}

    for name in batches(200):
        typed(client, url, "name", [name], **facts)
        application.held_locations().delete()
    for text in NAUGHTY[::4]:
        client.post(url, facts | {"name": "Haven", "cqc_location_id": text})
        client.post(url, facts | {"name": "Haven", "postcode": text})


@pytest.mark.django_db
def test_declarations_and_grounds():
    application = draft()
    client = signed_in(owner_of(application.provider))
    shown = reverse("providers:submit_application", args=[application.reference])
    ground = next(iter(ExclusionGround))
    url = reverse("providers:save_declaration", args=[application.reference])
    facts = {"has_grounds": "yes", "mandatory": [ground.value]}
    told = {"what_happened": "A fine.", "measures": "New checks."} | boxes("happened_on", AT.date())

    assert typed(client, url, "declared_by_name", batches(120), shown_at=shown, **facts) > 50

    for field in ("has_grounds", "mandatory", "discretionary"):
        for text in NAUGHTY[::11]:
            answer = client.post(url, facts | {"declared_by_name": "Alex", field: [text]})
            assert answer.status_code in (200, 302), (field, text)

    application.refresh_from_db()
    url = reverse("providers:save_ground", args=[application.declaration.pk, ground.value])
    for field, limit in {
        "what_happened": 2_000,
        "compensation": 1_200,
        "cooperation": 1_200,
        "measures": 2_000,
    }.items():
        assert typed(client, url, field, batches(limit), shown_at=shown, **told) > 5


@pytest.mark.django_db
def test_descriptions_of_services():
    application = whole_draft()
    lot = application.lots.get()
    client = signed_in(owner_of(application.provider))
    url = reverse("providers:save_lot", args=[application.reference, lot.lot.number])
    shown = reverse("providers:submit_application", args=[application.reference])
    facts = {"weekly_pence": "845", "locations": [application.held_locations().get().pk]}

    texts = batches(3_000)
    assert typed(client, url, "service_description", texts, shown_at=shown, **facts) > 3


@pytest.mark.django_db
def test_names_of_files():
    application = draft()
    client = signed_in(owner_of(application.provider))
    kind = next(iter(EvidenceKind)).value
    url = reverse("providers:save_evidence", args=[application.reference, kind])
    shown = reverse("providers:evidence_list", args=[application.reference])

    for name in batches(190):
        file = SimpleUploadedFile("x", PDF)
        file.name = f"{name}.pdf"
        answer = client.post(url, {"file": file, **boxes("expires_on", AT.date())})
        if answer.status_code == 200:
            assert answer.context["form"].errors
            continue
        stored = Document.objects.order_by("-uploaded_at", "-pk").values_list("name", flat=True)
        assert answer.status_code == 302
        assert all(each.isprintable() and each.endswith(".pdf") for each in stored)
        page = words_of(client.get(shown))
        assert any(words(each) in page for each in stored)
    assert Document.objects.count() > 20


@pytest.mark.django_db
def test_questions_and_answers_of_an_application():
    application = submitted()
    officer = reviewer(application, Role.PROCUREMENT)
    client = signed_in(owner_of(application.provider))
    due_on = services.usual_answer(application, AT)
    taken = 0
    for text in batches(5_000):
        asked = services.ask_clarification(
            application=application,
            lot_application=None,
            question=text.replace("\0", "?")[:3_000],
            due_on=due_on,
            asks_correction=False,
            by=officer,
            at=AT,
        )
        url = reverse("providers:answer_clarification", args=[asked.pk])
        taken += typed(client, url, "answer", [text], shown_at=application.get_absolute_url())

    assert taken > 2


@pytest.mark.django_db
def test_reasons_given_on_request():
    lot = decided(outcome=Outcome.REFUSED)
    application = lot.application
    owner = signed_in(owner_of(application.provider))
    officer = signed_in(reviewer(application, Role.PROCUREMENT))
    at = [application.reference, lot.lot.number]
    owner.post(reverse("providers:request_reasons", args=at))
    text = max((text for text in batches(5_000) if len(text) <= 5_000), key=lambda t: len(set(t)))

    shown = reverse("providers:decision_letter", args=at)
    url = reverse("providers:answer_reasons", args=at)
    assert typed(officer, url, "answer", [text], shown_at=shown) == 1
    assert words(text) in words_of(owner.get(shown))


@pytest.mark.django_db
def test_addresses_of_people_invited():
    provider = provider_with_owner()
    client = signed_in(owner_of(provider))
    url = reverse("providers:invite_member", args=[provider.reference])
    shown = reverse("providers:member_list", args=[provider.reference])
    real = ["o'neill@example.org", "a+b@example.org", f"{'x' * 64}@{'y' * 60}.example.org"]
    long = "a@" + ".".join(["z" * 60] * 4) + ".example"

    assert typed(client, url, "email", [*real, long, *NAUGHTY[::6]], shown_at=shown) >= 3


@pytest.mark.django_db
def test_prices():
    lot = decided()
    client = signed_in(owner_of(lot.application.provider))
    url = reverse("providers:set_price")
    facts = {"lot": lot.lot_id, **boxes("effective_from", (AT + timedelta(days=60)).date())}

    for text in NAUGHTY[::6]:
        answer = client.post(url, facts | {"weekly_pence": text})
        assert answer.status_code == 302 or answer.context["form"].errors


@pytest.mark.django_db
def test_questions_of_the_public():
    lot = LotFactory()
    officer = signed_in(UserFactory(roles=[Role.PROCUREMENT]))
    url = reverse("publication:ask_question", args=[lot.agreement.reference])
    for text in batches(4_000):
        answer = signed_in(UserFactory()).post(url, {"text": text})
        if answer.status_code == 200:
            assert "text" in answer.context["form"].errors
            continue
        asked = Question.objects.order_by("pk").last()
        page = officer.get(reverse("publication:answer_question", args=[asked.reference]))
        assert words(text) in words_of(page)
    assert Question.objects.count() > 3


@pytest.mark.django_db
def test_addresses_of_subscribers(client):
    lot = LotFactory(agreement__opens_in_rounds=True)
    url = reverse("publication:subscribe", args=[lot.agreement.reference])
    long = "a@" + ".".join(["z" * 60] * 4) + ".example"

    for text in [long, *(text for text in NAUGHTY if "@" in text), *NAUGHTY[::9]]:
        assert client.post(url, {"email": text}).status_code in (200, 302)


@pytest.mark.django_db
def test_searches():
    application = submitted()
    agreement = application.agreement.reference
    officer = signed_in(UserFactory(roles=[Role.PROCUREMENT]))
    owner = signed_in(owner_of(application.provider))
    started = draft()
    searches = [
        *((officer, f"providers:{name}", []) for name in ("provider_list", "application_list")),
        *((officer, f"providers:{name}", []) for name in ("reasons_list", "claim_list")),
        *((officer, f"providers:{name}", []) for name in ("compliance_list", "measure_list")),
        (officer, "publication:question_list", []),
        *((owner, f"publication:{name}", [agreement]) for name in ("answer_list", "document_list")),
        *((owner, f"publication:{name}", [agreement]) for name in ("award_list", "tender_list")),
        (owner, "publication:admitted_providers", [agreement]),
        (owner, "providers:member_list", [application.provider.reference]),
        (
            signed_in(owner_of(started.provider)),
            "providers:location_list",
            [started.reference],
        ),
    ]
    for client, name, facts in searches:
        for text in NAUGHTY[::11]:
            page = client.get(reverse(name, args=facts), {"q": text, "page": text, "lot": text})
            assert page.status_code == 200, (name, text)

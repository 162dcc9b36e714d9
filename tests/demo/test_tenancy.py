"""One organisation never reaches another's rows: by no address, and by nothing it sends.

The addresses are those of the URL conf. A newcomer that names a row must be given one of A's in
``rows_of_a``, or stand in ``NOBODYS``; a new form must be given one of B's in ``rows_of_b``.
"""

import hashlib
import re
import uuid

import pytest
from django import forms
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.forms.widgets import ChoiceWidget, MultiWidget
from django.test import Client
from django.urls import reverse

from dps_portal.accounts.models import RoleGrant, User
from dps_portal.agreements.models import Agreement
from dps_portal.documents.services import keep
from dps_portal.notifications.models import Notification
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import request_statement
from placements.models import FundingRequest, Placement
from placements.states import PlacementState
from providers import services
from providers.models import (
    Clarification,
    Declaration,
    DeclarationRequest,
    DeclaredGround,
    Measure,
    Provider,
    RatingChange,
    ReasonsRequest,
    RegistrationClaim,
)
from tenders.models import (
    Attachment,
    Bid,
    Contract,
    Invitation,
    Letter,
    LowPriceCheck,
    Response,
    SubmissionAttempt,
    Tender,
)
from tenders.services.envelopes import fill_envelopes
from tenders.states import TenderState
from tests.architecture.role_matrix import MATRIX
from tests.crawl import every_page
from tests.factories.accounts import UserFactory
from tests.factories.people import pages_of
from tests.factories.providers import PDF, draft, whole_draft
from tests.factories.tenders import address_of, asked_for_shorter_time

from .conftest import NOW, TODAY

SPACES = ("providers", "tenders", "placements", "reports", "publication", "notifications")
# Addresses whose parameters name what is open to everybody, or a kind of thing.
NOBODYS = frozenset(
    [
        *("publication:agreement", "publication:admitted_providers", "publication:tender_list"),
        *("publication:award_list", "publication:answer_list", "publication:ask_question"),
        *("publication:subscribe", "publication:publish_document", "publication:lot"),
        *("publication:tender", "publication:document_list", "publication:document"),
        *("publication:publish_version", "publication:document_version"),
        *("publication:award_pack", "publication:record"),
        *("publication:answer_question", "publication:confirm_subscription"),
        "publication:unsubscribe",
        *("providers:start_application", "providers:renew_evidence"),
        "tenders:draft_from_template",
        *("placements:budget_year", "placements:confirm_ceiling"),
        *("placements:propose_close", "placements:confirm_close", "placements:year_checklist"),
        "placements:accrual_list",
        *("placements:forecast", "placements:keep_forecast", "placements:forecast_run"),
        *("placements:set_assumptions", "reports:calendar_month"),
        *("reports:duty", "reports:figure_rows", "reports:submit_return"),
    ]
)
MADE_UP = {
    "reference": "XX-22222222",
    "provider": "PV-22222222",
    "member": "U-22222222",
    "token": "made-up",
    "cqc_location_id": "1-999999999",
    "pk": 999_999_999,
    "document": uuid.uuid4(),
}
BY_SECRET = {"providers:accept_invitation"}  # whoever has the link is answered
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
MOST_STEPS = 4
# A button on another page, or a link that only a mail has: what is sent there is smuggled alone.
WITHOUT_A_FORM = {
    *("providers:cancel_invitation", "providers:resend_invitation", "providers:remove_location"),
    *("providers:accept_invitation", "publication:confirm_subscription"),
    *("publication:unsubscribe", "tenders:remove_file"),
    *("reports:make_link", "reports:revoke_link", "reports:request_statement"),
    *("reports:request_letter", "reports:cancel_report", "reports:retry_report"),
}


URLS = {
    name: frozenset(takes)
    for name, _, takes in every_page()
    if takes and name.split(":")[0] in SPACES
}


# ── Two organisations ────────────────────────────────────────────────────────────────────────
def owner_of(provider):
    return provider.owners().get()


def member_of(provider):
    return provider.people().exclude(pk__in=provider.owners()).first()


def draft_of(provider):
    return provider.applications.get(submitted_at=None)


def sent_by(provider):
    return provider.applications.exclude(submitted_at=None).first()


def asked_of(provider, by):
    """A request for a declaration, with the draft of its answer."""
    request = DeclarationRequest.objects.create(
        provider=provider,
        agreement=Agreement.objects.get(),
        requested_by=by,
        requested_at=NOW,
        reason="A year has passed.",
        due_on=TODAY,
    )
    Declaration.objects.create(provider=provider, request=request)
    Clarification.objects.create(
        application=sent_by(provider), question="Why?", asked_by=by, asked_at=NOW, due_on=TODAY
    )


@pytest.fixture
def officer(council):
    return User.objects.filter(grants__role="procurement").first()


@pytest.fixture
def a(officer):
    """An organisation with a row of every kind."""
    stays = Placement.objects.exclude(state=PlacementState.AWAITING_PROVIDER)
    provider = (
        Provider.objects.filter(pk__in=Letter.objects.values("provider"))
        .filter(pk__in=stays.values("provider"))
        .order_by("pk")
        .first()
    )
    asked_of(provider, officer)
    document = keep(name="a.pdf", media_type="application/pdf", content=PDF, by=None, at=NOW)
    response = Response.objects.filter(bid__provider=provider).first()
    held = keep(name="b.pdf", media_type="application/pdf", content=PDF, by=None, at=NOW)
    Attachment.objects.create(response=response, document=held)
    SubmissionAttempt.objects.create(
        tender=response.bid.tender,
        provider=provider,
        at=NOW,
        by_ref="U-22222222",
        reasons=["Late."],
    )
    for declaration in provider.declarations.all():
        DeclaredGround.objects.create(declaration=declaration, ground="tax", document=document)
    ReasonsRequest.objects.create(
        lot_application=sent_by(provider).lots.first(),
        requested_by=owner_of(provider),
        requested_at=NOW,
        due_on=TODAY,
    )
    Measure.objects.create(
        provider=provider,
        kind="suspension",
        from_on=TODAY,
        reason="An incident.",
        recommended_by=officer,
        recommended_at=NOW,
        is_approved=True,
        decided_by=User.objects.filter(grants__role="commissioner").first(),
        decided_at=NOW,
    )
    RatingChange.objects.create(location=provider.locations.first(), after="good", at=NOW)
    services.invite_member(
        provider=provider, email="a@haven.example", by=owner_of(provider), at=NOW
    )
    asked_for_shorter_time(provider, by=officer)
    services.register_provider(
        name="Haven House",
        company_number=provider.company_number,
        charity_number=None,
        cqc_provider_id=None,
        by=UserFactory(),
        at=NOW,
    )
    return provider


@pytest.fixture
def b(officer, a):
    """An organisation that was bidding beside A nowhere, in the middle of acts of its own."""
    invited_with_a = Invitation.objects.filter(provider=a).values("tender")
    provider = (
        Provider.objects.filter(admissions__isnull=False)
        .exclude(invitations__tender__in=invited_with_a)
        .distinct()
        .order_by("pk")
        .first()
    )
    agreement, by = Agreement.objects.get(), {"by": owner_of(provider), "at": NOW}
    held = provider.admissions.values("lot")
    application = services.start_application(
        provider=provider, agreement=agreement, lots=list(agreement.lots.exclude(pk__in=held)), **by
    )
    services.save_location(
        application=application, cqc_location_id="1-777777777", name="Ours", postcode="", **by
    )
    asked_of(provider, officer)
    declaration, _ = Declaration.objects.get_or_create(provider=provider, application=application)
    DeclaredGround.objects.create(declaration=declaration, ground="fraud")
    services.invite_member(provider=provider, email="b@haven.example", **by)
    asked_for_shorter_time(provider, by=officer)
    fill_envelopes(
        Invitation(
            tender=Tender.objects.get(state=TenderState.PUBLISHED),
            provider=provider,
            invited_at=NOW,
        ),
        draft=None,
        bid=None,
    ).save()
    LowPriceCheck.objects.create(
        bid=Bid.objects.create(
            tender=Tender.objects.get(state=TenderState.PUBLISHED),
            provider=provider,
            is_intact=False,
        ),
        question="How?",
        asked_by=officer,
        asked_at=NOW,
        due_at=NOW,
    )
    Letter.objects.create(
        tender=Tender.objects.get(state=TenderState.PUBLISHED),
        provider=provider,
        won=False,
        body="Your bid has not been successful.",
        at=NOW,
    )
    Placement.objects.filter(state=PlacementState.AWAITING_PROVIDER).update(provider=provider)
    return provider


def statement_of(provider):
    return request_statement(
        agreement=provider.applications.first().agreement,
        provider=provider,
        scope=Scope.of_year(2026, TODAY, provider=provider.reference),
        by=owner_of(provider),
        at=NOW,
    )


def rows_of_b(b) -> dict[str, dict]:
    """Where B acts: its own rows for each address that is posted to."""
    application = draft_of(b)
    draft = {"reference": application.reference}
    lot = {**draft, "number": application.lots.first().lot.number}
    provider = {"reference": b.reference}
    member = {**provider, "member": member_of(b).ref}
    invitation = {**provider, "pk": b.member_invitations.get().pk}
    asked = {"pk": b.declaration_requests.latest("pk").pk}
    decided = sent_by(b)
    tender = {"reference": Tender.objects.get(state=TenderState.PUBLISHED).reference}
    return {
        "providers": draft,
        "tenders": tender,
        **{f"tenders:{name}": {**tender, "position": 1} for name in ("edit_answer", "attach_file")},
        "tenders:remove_file": {**tender, "number": 0},
        "placements": {
            "reference": Placement.objects.filter(state=PlacementState.AWAITING_PROVIDER)
            .latest("pk")
            .reference
        },
        "placements:propose_fact": {
            "reference": Placement.objects.filter(provider=b).latest("pk").reference,
            "kind": "exit",
        },
        "publication": {"agreement": application.agreement.reference},
        "reports": {"pk": statement_of(b).pk},
        "reports:request_letter": {"reference": MADE_UP["reference"]},
        "reports:submit_return": {"year": TODAY.year, "month": 7},
        "publication:confirm_subscription": {"token": "made-up"},
        "publication:unsubscribe": {"token": "made-up"},
        "providers:renew_evidence": {"kind": "insurance"},
        "providers:renew_grounds": asked,
        "providers:answer_request": asked,
        "providers:edit_provider": provider,
        "providers:invite_member": provider,
        "providers:cancel_invitation": invitation,
        "providers:resend_invitation": invitation,
        "providers:accept_invitation": {"token": "made-up"},
        "providers:remove_member": member,
        "providers:hand_over_ownership": member,
        "providers:start_application": {"agreement": application.agreement.reference},
        "providers:save_ground": {"pk": application.declaration.pk, "ground": "fraud"},
        "providers:remove_location": {**draft, "cqc_location_id": "1-777777777"},
        "providers:save_evidence": {**draft, "kind": "insurance"},
        "providers:save_lot": lot,
        "providers:answer_clarification": {"pk": Clarification.objects.get(application=decided).pk},
        "tenders:answer_shorter_period": address_of(b.period_answers.get()),
        "providers:request_reasons": {
            "reference": decided.reference,
            "number": decided.lots.first().lot.number,
        },
    }


def rows_of_a(a) -> dict[str, dict]:
    """One row of A for each address that names one; a space's own name is its usual row."""
    application = sent_by(a)
    lot = {"reference": application.reference, "number": application.lots.first().lot.number}
    ground = {"pk": application.declaration.pk, "ground": "tax"}
    asked = {"pk": a.declaration_requests.latest("pk").pk}
    measure = {"reference": a.measures.latest("pk").reference}
    provider = {"reference": a.reference}
    member = {**provider, "member": member_of(a).ref}
    invitation = a.member_invitations.latest("pk")
    claim = {"reference": RegistrationClaim.objects.latest("pk").reference}
    evidence = {"document": a.evidence.first().document_id}
    letter = Letter.objects.filter(provider=a).first()
    bid = {"reference": letter.tender.reference, "provider": a.reference}
    placement = Placement.objects.filter(provider=a).first()
    referral = {"reference": placement.referral.reference}
    funding = {"reference": FundingRequest.objects.first().reference}
    of_provider = ("provider", "edit_provider", "correct_provider", "member_list", "invite_member")
    of_lot = (
        *("save_lot", "decision_letter", "request_reasons", "answer_reasons"),
        *("assess_lot", "recommend_lot", "decide_lot"),
    )
    of_referral = (
        *("referral", "submit_referral", "discard_draft", "allocate_referral"),
        *("unallocate_referral", "record_eligible", "record_not_eligible"),
        *("countersign_referral", "hold_referral", "resume_referral"),
        *("withdraw_referral", "reopen_referral", "start_matching", "match_referral"),
        "start_competition",
    )
    return {
        "providers": {"reference": application.reference},
        "tenders": {"reference": letter.tender.reference},
        "placements": {"reference": placement.reference},
        "reports": {"pk": statement_of(a).pk},
        "reports:request_letter": funding,
        "reports:scorecard": {"reference": a.reference},
        "reports:score_check": {"reference": letter.tender.reference},
        "reports:cost_check": {"reference": placement.reference},
        "notifications:message": {"pk": Notification.objects.filter(to=owner_of(a)).first().pk},
        **{f"providers:{name}": provider for name in of_provider},
        **{f"providers:{name}": lot for name in of_lot},
        **{f"placements:{name}": referral for name in of_referral},
        "providers:recommend_measure": {**provider, "kind": "suspension"},
        "providers:remove_member": member,
        "providers:hand_over_ownership": member,
        "providers:cancel_invitation": {**provider, "pk": invitation.pk},
        "providers:resend_invitation": {**provider, "pk": invitation.pk},
        "providers:accept_invitation": {"token": invitation.token_sha256},  # all there is to read
        "providers:claim": claim,
        "providers:review_claim": claim,
        "providers:evidence_document": evidence,
        "providers:check_evidence": evidence,
        "providers:save_evidence": {"reference": application.reference, "kind": "insurance"},
        "providers:review_rating": {
            "pk": RatingChange.objects.filter(location__provider=a).first().pk
        },
        "providers:declaration_request": asked,
        "providers:renew_grounds": asked,
        "providers:answer_request": asked,
        "providers:measure": measure,
        "providers:decide_measure": measure,
        "providers:ground_list": {"pk": application.declaration.pk},
        "providers:save_ground": ground,
        "providers:ground_document": ground,
        "providers:assess_ground": ground,
        "providers:answer_clarification": {
            "pk": Clarification.objects.get(application=application).pk
        },
        "providers:remove_location": {
            "reference": application.reference,
            "cqc_location_id": a.locations.first().cqc_location_id,
        },
        "tenders:answer_clarification": {"reference": letter.tender.reference, "pk": 1},
        **{
            f"tenders:{name}": {"reference": Contract.objects.order_by("pk").first().reference}
            for name in ("contract", "exercise_contract_option")
        },
        "tenders:answer_debrief": {"reference": letter.tender.reference, "pk": 1},
        "tenders:settle_challenge": {"reference": letter.tender.reference, "pk": 1},
        "tenders:answer_shorter_period": address_of(a.period_answers.get()),
        "tenders:bid": bid,
        "tenders:attachment": {**bid, "document": Attachment.objects.latest("pk").document_id},
        **{
            f"tenders:{name}": {"reference": letter.tender.reference, "position": 1}
            for name in ("edit_answer", "attach_file")
        },
        **{
            f"tenders:{name}": {"reference": letter.tender.reference, "number": 0}
            for name in ("own_file", "remove_file")
        },
        **{f"tenders:{name}": bid for name in ("sent_letter", "ask_explanation", "decide_price")},
        "tenders:sent_letter_pdf": bid,
        "tenders:score_response": {**bid, "position": 1},
        "tenders:moderate_response": {**bid, "position": 1},
        "placements:choose_option": {**referral, "provider": a.reference},
        **pages_of(placement.referral.person, by=placement.proposed_by, at=NOW),
        "placements:save_answers": {**referral, "section": "needs"},
        "placements:caseload": {"reference": placement.referral.worker.ref},
        "placements:transfer_caseload": {"reference": placement.referral.worker.ref},
        "placements:judge_option": {**referral, "provider": a.reference},
        "placements:invoice": {"reference": a.invoices.latest("pk").reference},
        "placements:funding_request": funding,
        "placements:decide_funding": funding,
        "placements:change_request": funding,
        "placements:withdraw_request": funding,
        "placements:discard_request": funding,
        "placements:request_funding": {"reference": placement.reference, "kind": "extension"},
        "placements:propose_fact": {"reference": placement.reference, "kind": "exit"},
        **{
            f"placements:{name}": {"reference": placement.reference, "pk": 1}
            for name in ("correct_absence", "reject_proposal")
        },
    }


# ── What must not change ─────────────────────────────────────────────────────────────────────
def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def digest(rows) -> str:
    found = sorted(repr([plain(value) for value in row]) for row in rows.values_list())
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def everything() -> dict[str, tuple]:
    """Count and hash of every table, apart from sessions."""
    models = [one for one in apps.get_models(include_auto_created=True) if one is not Session]
    return {one._meta.label: (one.objects.count(), digest(one.objects)) for one in models}


def ways_to(model, steps=MOST_STEPS, seen=()):
    """The foreign keys that lead from a row to its organisation."""
    if model is Provider:
        yield ()
    elif steps:
        for field in model._meta.concrete_fields:
            target = field.remote_field and field.remote_field.model
            if target and target not in {User, model, *seen}:
                for way in ways_to(target, steps - 1, (*seen, model)):
                    yield (field.name, *way)


WAYS = [
    (model, "__".join(way) or "pk")
    for model in apps.get_models(include_auto_created=True)
    for way in ways_to(model)
]


def all_of(provider) -> dict[tuple, str]:
    """The hash of everything that points to an organisation, by each way, and of its people."""
    people = set(provider.memberships.values_list("user", flat=True))
    return {
        **{
            (model._meta.label, way): digest(model.objects.filter(**{way: provider.pk}))
            for model, way in WAYS
        },
        ("accounts.User", ""): digest(User.objects.filter(pk__in=people)),
        ("accounts.RoleGrant", ""): digest(RoleGrant.objects.filter(user__in=people)),
    }


# ── By address ───────────────────────────────────────────────────────────────────────────────
def row_for(name, rows):
    return rows[name] if name in rows else rows[name.split(":", maxsplit=1)[0]]


def answer(client, method, name, parameters):
    response = client.generic(method, reverse(name, kwargs=parameters))
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, TOKEN.sub(b"", body)


def promised(name, who, method):
    allowed, methods = MATRIX[name]
    if method not in methods:
        return 405
    if who not in allowed.split():
        return 403
    return 200 if name in BY_SECRET else 404


def made_up(parameters, kept=()):
    """As an address of a row that nobody has; words for kinds and numbers of lots stay."""
    return {
        key: value if key in kept else MADE_UP.get(key, value) for key, value in parameters.items()
    }


def signed_in(provider):
    clients = {"PO": Client(), "PM": Client()}
    clients["PO"].force_login(owner_of(provider))
    clients["PM"].force_login(member_of(provider))
    for client in clients.values():
        client.get(reverse("home"))
    return clients


def test_another_organisation_gets_the_answer_of_a_row_that_is_not_there(a, b):
    rows, clients, wrong = rows_of_a(a), signed_in(b), []
    before = everything()
    named = set(URLS) - NOBODYS
    assert set(URLS) >= NOBODYS
    assert {name for name in named if set(row_for(name, rows)) != URLS[name]} == set()

    for who, client in clients.items():
        for name in sorted(named):
            for method in ("GET", "POST"):
                got = answer(client, method, name, row_for(name, rows))
                missing = answer(client, method, name, made_up(row_for(name, rows)))
                if got != missing or got[0] != promised(name, who, method):
                    wrong.append((name, who, method, got[0], missing[0]))

    assert wrong == []
    assert everything() == before


def test_a_row_of_a_is_not_reached_by_way_of_ones_own(a, b):
    """As in ``/providers/OURS/invitations/THEIRS/cancel/``."""
    theirs, ours, wrong = rows_of_a(a), rows_of_b(b), []
    client = signed_in(b)["PO"]
    before = everything()
    mixed = {
        name: {**theirs[name], "reference": ours[name]["reference"]}
        for name in set(theirs) & set(ours) & set(URLS)
        if "reference" in ours[name] and set(theirs[name]) & (set(MADE_UP) - {"reference"})
    }
    assert set(mixed) == {
        *("providers:remove_member", "providers:hand_over_ownership"),
        *("providers:cancel_invitation", "providers:resend_invitation"),
        *("providers:remove_location", "tenders:answer_shorter_period"),
    }

    for name, parameters in mixed.items():
        for method in ("GET", "POST"):
            got = answer(client, method, name, parameters)
            missing = answer(client, method, name, made_up(parameters, kept=["reference"]))
            if got != missing or got[0] not in (404, 405):
                wrong.append((name, method, got[0], missing[0]))

    assert wrong == []
    assert everything() == before


# ── By what is sent ──────────────────────────────────────────────────────────────────────────
def ids_of(a):
    """Whatever a field could take for one of A's rows."""
    application = sent_by(a)
    return [
        *(a.pk, a.reference, owner_of(a).pk, member_of(a).ref, application.pk),
        *(application.reference, application.lots.first().pk, application.declaration.pk),
        *(a.locations.first().pk, a.locations.first().cqc_location_id),
        *(a.evidence.first().pk, str(a.evidence.first().document_id)),
        *(a.memberships.first().pk, a.member_invitations.latest("pk").pk),
        Placement.objects.filter(provider=a).first().reference,
    ]


def smuggled(a):
    """Fields that no form has, for a form that takes whatever it is sent."""
    application = sent_by(a)
    return {
        **dict.fromkeys(("provider", "provider_id", "organisation"), a.pk),
        **dict.fromkeys(("application", "application_id", "copied_from"), application.pk),
        **{name: owner_of(a).pk for name in ("user", "user_id", "owner", "by")},
        **{name: a.locations.first().pk for name in ("location", "location_id")},
        **{name: str(a.evidence.first().document_id) for name in ("document", "document_id")},
        "membership": a.memberships.first().pk,
        "lot_application": application.lots.first().pk,
        "pk": a.pk,
        "id": a.pk,
    }


def forms_on(response):
    return {
        id(value): value
        for layer in response.context or []
        for value in (layer.flatten() if hasattr(layer, "flatten") else layer).values()
        if isinstance(value, forms.BaseForm)
    }.values()


def filled(form):
    """An answer to each field, as a person would give it."""
    answers = {}
    for bound in form:
        name, field = bound.html_name, bound.field
        if isinstance(field.widget, MultiWidget):
            answers |= {f"{name}_day": 1, f"{name}_month": 2, f"{name}_year": 2028}
        elif isinstance(field, forms.FileField):
            answers[name] = SimpleUploadedFile("a.pdf", PDF, content_type="application/pdf")
        elif isinstance(field.widget, ChoiceWidget):
            values = [str(value) for value, _ in field.choices if str(value)]
            answers[name] = values[:1]
        elif isinstance(field, forms.BooleanField):
            answers[name] = "on"
        elif isinstance(field, forms.EmailField):
            answers[name] = "somebody@haven.example"
        else:
            answers[name] = "900"
    return answers


def bodies(form, a):
    """One body for each field and each of A's ids, the other fields filled."""
    yield smuggled(a) | filled(form)
    for bound in form:
        is_choice = isinstance(bound.field.widget, ChoiceWidget) or bound.is_hidden
        for one in ids_of(a) if is_choice else [a.reference]:
            yield smuggled(a) | filled(form) | {bound.html_name: one}


class Written(list):
    """The statements that wrote, but for the session's: without one, nothing has changed."""

    def __call__(self, execute, sql, params, many, context):
        if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")) and (
            "django_session" not in sql
        ):
            self.append(sql)
        return execute(sql, params, many, context)


POSTED = sorted(
    name
    for name, (allowed, methods) in MATRIX.items()
    if "POST" in methods and "PO" in allowed.split() and name.split(":")[0] in SPACES
)


def test_nothing_that_b_sends_to_its_own_pages_changes_anything_of_a(a, b):
    rows, before, changed, asked, wrote = rows_of_b(b), all_of(a), [], set(), set()
    client = signed_in(b)["PO"]
    for name in POSTED:
        path = reverse(name, kwargs=row_for(name, rows) if name in URLS else None)
        page = client.get(path)
        found = list(forms_on(page)) if page.status_code == 200 else []
        asked |= {name} if found else set()
        for body in [body for form in found for body in bodies(form, a)] or [smuggled(a)]:
            with transaction.atomic(), connection.execute_wrapper(written := Written()):
                client.post(path, body)
                if written:
                    wrote.add(name)
                    if all_of(a) != before:
                        changed.append((name, body))
                transaction.set_rollback(True)

    assert changed == []
    assert wrote >= {"providers:edit_provider", "publication:ask_question"}
    assert set(POSTED) - asked == WITHOUT_A_FORM


@pytest.mark.django_db
def test_what_points_to_a_would_be_seen_to_change():
    """The twin: a place of A in a lot of B is noticed."""
    theirs, ours = whole_draft(at=NOW), draft(at=NOW)
    before = all_of(theirs.provider)

    ours.lots.first().locations.add(theirs.provider.locations.first())

    assert [key for key, value in all_of(theirs.provider).items() if value != before[key]] == [
        ("providers.LotApplication_locations", "location__provider")
    ]

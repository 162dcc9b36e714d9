"""Every page, for every role, by every method, against the matrix of targets §4."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import NoticeTask
from dps_portal.demo.people import sign_ins
from dps_portal.documents.services import keep
from dps_portal.notifications.models import Notification
from dps_portal.publication.ocds import ocid_of
from dps_portal.reports.models import RateImport
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import request_spend_pdf
from placements.models import (
    BudgetYear,
    FundingRequest,
    Invoice,
    InvoiceImport,
    PaymentBatch,
    Placement,
    Referral,
)
from placements.services import keep_forecast
from providers import services
from providers.models import Application, EvidenceDocument, RatingChange
from providers.states import MeasureKind
from tenders.models import (
    Attachment,
    Bid,
    Clarification,
    Contract,
    DebriefRequest,
    Invitation,
    Letter,
    Tender,
)
from tenders.states import TenderState
from tests.architecture.role_matrix import MATRIX, OWN_ACCOUNT, ROLES
from tests.crawl import ask, every_page
from tests.factories import publication as public
from tests.factories.people import pages_of
from tests.factories.providers import PDF
from tests.factories.tenders import address_of, asked_for_shorter_time

from .conftest import TODAY

METHODS = ("GET", "POST")
OTHERS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")


URLS = {name: view for name, view, _ in every_page()}


def test_every_page_is_in_the_matrix_and_nothing_else_is():
    assert set(URLS) == set(MATRIX) | OWN_ACCOUNT


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_every_page_names_the_permission_it_needs_and_its_methods(name):
    assert URLS[name].permission
    assert URLS[name].methods == MATRIX[name][1]


def samples(people) -> dict[str, dict]:
    """One real row for each page that names one, from the demonstration council."""
    owner = people["PO"]
    invitation = Invitation.objects.visible_to(owner).order_by("pk").first()
    application = Application.objects.visible_to(owner).order_by("pk").first()
    bid = Bid.objects.order_by("pk").first()
    placement = Placement.objects.order_by("-pk").first()
    referral = Referral.objects.get(pk=placement.referral_id)
    tender = {"reference": bid.tender.reference}
    year = BudgetYear.objects.order_by("year").first()
    year_of = {"agreement": year.agreement.reference, "year": year.year}
    published = Tender.objects.get(state=TenderState.PUBLISHED)
    question = Clarification.objects.create(
        tender=published, asked_by=owner, asked_at=published.published_at, question="?"
    )
    run = request_spend_pdf(
        agreement=year.agreement,
        scope=Scope.of_year(year.year, TODAY),
        by=people["FI"],
        at=published.published_at,
    )
    kept = keep_forecast(year=year, by=people["CO"], at=published.published_at)
    debrief = DebriefRequest.objects.create(
        letter=Letter.objects.order_by("pk").first(),
        question="?",
        requested_by=owner,
        requested_at=published.published_at,
        due_on=TODAY,
    )
    response = {**tender, "provider": bid.provider.reference, "position": 1}
    version = public.published(year.agreement)
    notice = NoticeTask.objects.create(
        agreement=year.agreement, what="Contract award notice", due_on=TODAY
    )
    shown = {"agreement": year.agreement.reference, "slug": version.of.slug}
    spaces = {
        "providers": {"reference": application.reference},
        "tenders": tender,
        "placements": {"reference": placement.reference},
    }
    invited = {"reference": invitation.tender.reference}
    lot = {"reference": application.reference, "number": application.lots.first().lot.number}
    return spaces | {
        "publication": {"agreement": year.agreement.reference},
        "publication:agreement": {"reference": year.agreement.reference},
        "publication:award_pack": {
            "agreement": year.agreement.reference,
            "year": TODAY.year,
            "quarter": 1,
        },
        "publication:record": {"ocid": ocid_of(year.agreement)},
        "publication:lot": {"agreement": year.agreement.reference, "number": 1},
        "publication:document": shown,
        "publication:publish_version": shown,
        "publication:document_version": {**shown, "number": 1},
        "publication:answer_question": {
            "reference": public.asked(year.agreement, by=owner).reference
        },
        "publication:confirm_subscription": {"token": "none"},
        "publication:unsubscribe": {"token": "none"},
        "publication:tender": tender,
        "notifications:message": {"pk": Notification.objects.filter(to=owner).first().pk},
        "reports:calendar_month": {"year": TODAY.year, "month": TODAY.month},
        **{
            f"reports:{name}": {"pk": run.pk}
            for name in (
                *("report_run", "report_pdf", "report_csv", "report_xlsx"),
                *("cancel_report", "retry_report"),
            )
        },
        "reports:request_letter": {"reference": FundingRequest.objects.first().reference},
        "reports:duty": {"name": "funding"},
        "reports:figure_rows": {"name": "exits"},
        "reports:scorecard": {"reference": placement.provider.reference},
        "reports:submit_return": {"year": TODAY.year, "month": 7},
        "reports:withdraw_rates": {"pk": RateImport.objects.get().pk},
        "reports:score_check": tender,
        "reports:cost_check": {"reference": placement.reference},
        "providers:provider": {"reference": application.provider.reference},
        "providers:evidence_document": {
            "document": EvidenceDocument.objects.filter(provider=application.provider)
            .first()
            .document_id
        },
        **{
            f"providers:{name}": {
                "reference": application.provider.reference,
                **facts,
            }
            for name, facts in {
                "edit_provider": {},
                "correct_provider": {},
                "member_list": {},
                "invite_member": {},
                "cancel_invitation": {"pk": 1},
                "resend_invitation": {"pk": 1},
                "remove_member": {"member": people["PM"].ref},
                "hand_over_ownership": {"member": people["PM"].ref},
            }.items()
        },
        **admission_rows(people, application.provider),
        "providers:accept_invitation": {"token": "not-a-link"},
        "providers:start_application": {"agreement": year.agreement.reference},
        "providers:record_deviation": {"reference": year.agreement.reference},
        "tenders:set_initial_evaluation": {"reference": year.agreement.reference},
        "agreements": {"reference": year.agreement.reference},
        "agreements:agreement_list": {},
        "agreements:notice_list": {},
        "agreements:record_notice": {"pk": notice.pk},
        "agreements:exercise_option": {"reference": year.agreement.reference, "number": 1},
        "agreements:set_lot_criteria": {"reference": year.agreement.reference, "number": 1},
        "agreements:validity_document": {"reference": year.agreement.reference, "pk": 1},
        "providers:remove_location": {
            "reference": application.reference,
            "cqc_location_id": application.provider.locations.first().cqc_location_id,
        },
        "providers:save_evidence": {"reference": application.reference, "kind": "insurance"},
        "providers:save_lot": lot,
        **{
            f"providers:{name}": lot
            for name in ("decision_letter", "request_reasons", "answer_reasons")
        },
        "providers:answer_clarification": {"pk": 1},
        "providers:ground_list": {"pk": application.declaration.pk},
        **{
            f"providers:{name}": {"pk": application.declaration.pk, "ground": "fraud"}
            for name in ("save_ground", "ground_document", "assess_ground")
        },
        "providers:assess_lot": lot,
        "providers:recommend_lot": lot,
        "providers:decide_lot": lot,
        "tenders:answer_shorter_period": address_of(
            asked_for_shorter_time(application.provider, by=people["PR"])
        ),
        "tenders:draft_from_template": {"key": "standard"},
        "tenders:answer_clarification": {"reference": published.reference, "pk": question.pk},
        "tenders:bid": {**tender, "provider": bid.provider.reference},
        **{
            f"tenders:{name}": {**tender, "provider": bid.provider.reference}
            for name in ("sent_letter", "ask_explanation", "decide_price")
        },
        **{
            f"tenders:{name}": {**invited, "position": 1} for name in ("edit_answer", "attach_file")
        },
        **{f"tenders:{name}": {**invited, "number": 0} for name in ("own_file", "remove_file")},
        "tenders:attachment": {
            **tender,
            "provider": bid.provider.reference,
            "document": attachment_of(bid).document_id,
        },
        "tenders:sent_letter_pdf": {**tender, "provider": bid.provider.reference},
        **{
            f"tenders:{name}": {"reference": Contract.objects.order_by("pk").first().reference}
            for name in ("contract", "exercise_contract_option")
        },
        "tenders:answer_debrief": {
            "reference": debrief.letter.tender.reference,
            "pk": debrief.pk,
        },
        "tenders:settle_challenge": {**tender, "pk": 1},
        "tenders:score_response": response,
        "tenders:moderate_response": response,
        **{
            f"tenders:{name}": invited
            for name in (
                *("invitation", "ask_clarification", "bid_task_list", "submit_bid", "edit_price"),
                *("withdraw_bid", "receipt", "bid_content", "letter", "letter_pdf"),
                "request_debrief",
            )
        },
        **{
            f"placements:{name}": {"reference": referral.reference}
            for name in (
                *("referral", "submit_referral", "discard_draft", "allocate_referral"),
                *("unallocate_referral", "record_eligible", "record_not_eligible"),
                *("countersign_referral", "hold_referral", "resume_referral"),
                *("withdraw_referral", "reopen_referral", "start_matching", "match_referral"),
                "start_competition",
            )
        },
        "placements:save_answers": {"reference": referral.reference, "section": "needs"},
        "placements:caseload": {"reference": referral.worker.ref},
        "placements:transfer_caseload": {"reference": referral.worker.ref},
        **{
            f"placements:{name}": {
                "reference": referral.reference,
                "provider": placement.provider.reference,
            }
            for name in ("choose_option", "judge_option")
        },
        **pages_of(referral.person, by=people["AM"], at=timezone.now()),
        "placements:funding_request": {"reference": FundingRequest.objects.first().reference},
        "placements:decide_funding": {"reference": FundingRequest.objects.first().reference},
        "placements:change_request": {"reference": FundingRequest.objects.first().reference},
        "placements:withdraw_request": {"reference": FundingRequest.objects.first().reference},
        "placements:request_funding": {"reference": placement.reference, "kind": "extension"},
        "placements:propose_fact": {"reference": placement.reference, "kind": "exit"},
        **{
            f"placements:{name}": {"reference": placement.reference, "pk": 1}
            for name in ("correct_absence", "reject_proposal")
        },
        **invoice_rows(),
        "placements:year_checklist": year_of,
        "placements:accrual_list": year_of,
        "placements:propose_close": year_of,
        "placements:confirm_close": year_of,
        "placements:budget_year": year_of,
        **{
            f"placements:{name}": year_of
            for name in ("forecast", "keep_forecast", "set_assumptions")
        },
        "placements:forecast_run": {**year_of, "pk": kept.pk},
        "placements:confirm_ceiling": {**year_of, "pk": 1},
    }


def invoice_rows() -> dict[str, dict]:
    """An invoice, a batch and a file of the story."""
    invoice = Invoice.objects.latest("pk")
    file = InvoiceImport.objects.latest("pk")
    of_invoice = (
        *("invoice", "set_invoice_lines", "confirm_service", "match_invoice", "dispute_invoice"),
        *("settle_dispute", "reject_invoice", "approve_invoice", "pay_invoice"),
    )
    of_file = ("invoice_import", "name_supplier", "commit_import", "discard_import")
    return {
        **{f"placements:{name}": {"reference": invoice.reference} for name in of_invoice},
        **{f"placements:{name}": {"reference": file.reference} for name in of_file},
        "placements:enter_invoice": {"reference": invoice.provider.reference},
        "placements:payment_batch": {"reference": PaymentBatch.objects.latest("pk").reference},
    }


def attachment_of(bid) -> Attachment:
    """A file that came with an answer."""
    document = keep(
        name="a.pdf", media_type="application/pdf", content=PDF, by=None, at=timezone.now()
    )
    return Attachment.objects.create(response=bid.responses.first(), document=document)


def admission_rows(people, provider) -> dict[str, dict]:
    """A suspension taken and a declaration asked for, of the owner's organisation."""
    at = timezone.now()
    facts = {"reason": "Why.", "at": at}
    held = provider.admissions.held(timezone.localdate(at))
    measure = services.recommend_measure(
        provider=provider,
        kind=MeasureKind.SUSPENSION,
        admissions=held,
        from_on=timezone.localdate(at),
        until_on=None,
        by=people["PR"],
        **facts,
    )
    services.decide_measure(measure=measure, is_approved=True, by=people["CO"], **facts)
    (asked,) = services.request_declarations(
        agreement=held[0].lot.agreement, provider=provider, by=people["PR"], **facts
    )
    change = RatingChange.objects.create(location=provider.locations.first(), at=at)
    own = {"reference": measure.reference}
    return {
        "providers:check_evidence": {"document": provider.evidence.first().document_id},
        "providers:review_rating": {"pk": change.pk},
        "providers:renew_evidence": {"kind": "insurance"},
        "providers:measure": own,
        "providers:decide_measure": own,
        "providers:recommend_measure": {"reference": provider.reference, "kind": "suspension"},
        **{
            f"providers:{name}": {"pk": asked.pk}
            for name in ("declaration_request", "renew_grounds", "answer_request")
        },
    }


def address(name: str, rows: dict[str, dict]) -> str:
    own = rows.get(name) or rows.get(name.split(":", maxsplit=1)[0], {})
    try:
        return reverse(name)
    except Exception:  # noqa: BLE001 - the page names a row
        return reverse(name, kwargs=own)


def deviation(name, who, method, response) -> str | None:
    """How the answer differs from what the matrix promises, if it does."""
    allowed, methods = MATRIX[name]
    where = response.headers.get("Location", "")
    if who == "AN" and "AN" not in allowed.split():
        wanted = response.status_code == 302 and where.startswith("/account/login/")
    elif method not in methods:
        wanted = response.status_code == 405
    elif who in allowed.split():
        wanted = response.status_code in {200, 302, 404, 503} and "/login/" not in where
        wanted = wanted and (response.status_code != 503 or name == "publication:ready")
    else:
        wanted = response.status_code == 403
    return None if wanted else f"{name} {who} {method}: {response.status_code} {where}"


@pytest.fixture
def people(council):
    found = sign_ins()
    return {code: found[role][0] for code, role in ROLES.items()}


def assert_as_promised(people, who, methods):
    """Every page, asked by each of the methods, answers as the matrix promises."""
    rows = samples(people)
    client = Client()
    if who != "AN":
        client.force_login(people[who])
    paths = {name: address(name, rows) for name in MATRIX}

    found = [
        deviation(name, who, method, ask(client, method, path))
        for name, path in paths.items()
        for method in methods
    ]

    assert [one for one in found if one] == []
    assert len(found) == len(MATRIX) * len(methods)


@pytest.mark.parametrize("who", ["AN", *ROLES])
def test_no_page_deviates_from_the_matrix(people, who):
    assert_as_promised(people, who, METHODS)


@pytest.mark.one_engine  # decided before a row is asked for
@pytest.mark.parametrize("who", ["AN", *ROLES])
def test_no_page_deviates_by_another_method(people, who):
    assert_as_promised(people, who, OTHERS)


def test_another_organisation_finds_nothing_of_ours(people):
    """Provider pages answer 404 to a provider whose row it is not, and 200 to the one it is."""
    rows = samples(people)
    stranger = Client()
    own = Application.objects.visible_to(people["PO"]).first().provider
    stranger.force_login(
        User.objects.filter(grants__role="provider_owner")
        .exclude(memberships__provider=own)
        .exclude(
            memberships__provider__invitations__tender__reference__in=[
                rows["tenders:invitation"]["reference"]
            ]
        )
        .order_by("pk")
        .last()
    )
    ours = Client()
    ours.force_login(people["PO"])
    pages = [
        *("providers:provider", "providers:evidence_document", "providers:application"),
        *("providers:declaration_request", "providers:measure"),
        "tenders:invitation",
    ]

    assert {page: ask(ours, "GET", address(page, rows)).status_code for page in pages} == (
        dict.fromkeys(pages, 200)
    )
    assert {page: ask(stranger, "GET", address(page, rows)).status_code for page in pages} == (
        dict.fromkeys(pages, 404)
    )

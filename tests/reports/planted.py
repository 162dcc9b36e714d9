"""Rows that break the separation of duties, past every service and every constraint."""

from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection

from dps_portal.accounts.models import RoleGrant
from dps_portal.accounts.roles import Role
from placements.models import (
    ApprovalLimit,
    BreakGlass,
    BudgetRevision,
    BudgetYear,
    FactProposal,
    FundingRequest,
    Ineligibility,
    Invoice,
    InvoiceImport,
    SubjectRequest,
)
from providers.models import (
    Application,
    AssessorInterest,
    LotApplication,
    LotAssessment,
    Measure,
    Membership,
    RegistrationClaim,
)
from tenders.models import (
    Award,
    Bid,
    Challenge,
    ConsensusScore,
    DeadlineExtension,
    InterestDeclaration,
    OpeningApproval,
    PanelMember,
    Response,
    Score,
    Tender,
)
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey
from tests.factories.providers import ProviderFactory

DAY = date(2026, 5, 1)
LATER = AT + timedelta(days=1)


@contextmanager
def without_checks():
    """The database's own checks are off until the end of the transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table changes with some to check
            cursor.execute(
                "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint "
                "WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        yield
        if connection.vendor != "postgresql":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def person(*roles):
    return UserFactory(roles=roles)


class Town:
    """Rows that others hang on, each made when it is first asked for."""

    def __init__(self):
        self.journey = Journey()
        self.lot = self.journey.lot
        self.one, self.other = person(), person()

    def tender(self, *, by=None, other=None, **facts):
        return Tender.objects.create(
            **{
                "lot": self.lot,
                "title": "Places",
                "need": "Places.",
                "contract_start": DAY,
                "contract_end": DAY + timedelta(days=100),
                "closes_at": AT,
                "price_weight": 40,
                "drafted_by": by or self.one,
                "drafted_at": AT,
                "published_by": other or self.other,
                "published_at": AT,
                "state": "evaluation",
            }
            | facts
        )

    def response(self, tender=None):
        tender = tender or self.tender()
        criterion = tender.criteria.create(position=1, name="Safety", weight=60, question="How?")
        bid = Bid.objects.create(tender=tender, provider=ProviderFactory(), is_intact=True)
        return Response.objects.create(bid=bid, criterion=criterion, text="Well.")

    def award(self, **facts):
        return Award.objects.create(
            **{
                "tender": self.tender(),
                "ranking": [],
                "recommended_by": self.one,
                "recommended_at": AT,
                "reason": "First.",
            }
            | facts
        )

    def request(self, **facts):
        return FundingRequest.objects.create(
            **{
                "placement": self.placement(),
                "kind": "initial",
                "state": "approved",
                "lot": self.lot,
                "start": DAY,
                "end": DAY + timedelta(days=7),
                "weekly_pence": 1,
                "reason": "Needed.",
                "requested_by": self.one,
                "requested_at": AT,
                "decided_by": self.other,
                "decided_at": AT,
            }
            | facts
        )

    def placement(self):
        return self.journey.offered()

    def lot_application(self, **facts):
        application = Application.objects.create(
            provider=ProviderFactory(),
            agreement=self.lot.agreement,
            started_by=self.one,
            started_at=AT,
        )
        return LotApplication.objects.create(application=application, lot=self.lot, **facts)


def role(town):
    RoleGrant.objects.create(
        user=person(), role=Role.FINANCE, granted_at=AT, proposed_by=town.one, approved_by=town.one
    )


def own_role(town):
    RoleGrant.objects.create(
        user=town.one,
        role=Role.FINANCE,
        granted_at=AT,
        proposed_by=town.other,
        approved_by=town.one,
    )


def roles(town):
    person(Role.AUDITOR, Role.FINANCE)


def two_sides(town):
    user = person(Role.FINANCE)
    Membership.objects.create(provider=ProviderFactory(), user=user, is_owner=True, joined_at=AT)


def admission(town):
    town.lot_application(
        recommended_by=town.one,
        recommended_at=AT,
        decided_by=town.one,
        decided_at=AT,
        outcome="admitted",
    )


def measure(town):
    Measure.objects.create(
        provider=ProviderFactory(),
        kind="suspension",
        from_on=DAY,
        reason="Doubts.",
        recommended_by=town.one,
        recommended_at=AT,
        decided_by=town.one,
        decided_at=AT,
        is_approved=True,
    )


def claim(town):
    RegistrationClaim.objects.create(
        name="Haven",
        claimed_by=town.one,
        claimed_at=AT,
        outcome="dismissed",
        reviewed_by=town.one,
        reviewed_at=AT,
    )


def publication(town):
    town.tender(by=town.one, other=town.one)


def abandonment(town):
    town.tender(abandon_asked_by=town.one, abandoned_by=town.one, abandoned_at=AT)


def deadline(town):
    DeadlineExtension.objects.create(
        tender=town.tender(),
        closed_at=AT,
        closes_at=LATER,
        reason="Asked for.",
        asked_by=town.one,
        asked_at=AT,
        agreed_by=town.one,
        agreed_at=AT,
    )


def award(town):
    town.award(approved_by=town.one, approved_at=AT)


def confirmation(town):
    town.award(approved_by=town.other, approved_at=AT, confirmed_by=town.one, confirmed_at=LATER)


def challenge(town):
    Challenge.objects.create(
        award=town.award(),
        recorded_by=town.one,
        recorded_at=AT,
        settled_by=town.one,
        settled_at=AT,
        settlement="Withdrawn.",
        challenger="Harbour House",
        received_on=DAY,
        grounds="Wrong.",
    )


def funding(town):
    town.request(decided_by=town.one)


def own_referral(town):
    request = town.request()
    request.decided_by = request.placement.referral.created_by
    request.save()


def eligibility(town):
    Ineligibility.objects.create(
        referral=town.journey.assessing(),
        reason="No need.",
        recorded_by=town.one,
        recorded_at=AT,
        is_agreed=True,
        answered_by=town.one,
        ended_at=AT,
    )


def fact(town):
    FactProposal.objects.create(
        placement=town.placement(),
        kind="arrival",
        on=DAY,
        state="confirmed",
        proposed_by=town.one,
        proposed_at=AT,
        decided_by=town.one,
        decided_at=AT,
    )


def ceiling(town):
    BudgetRevision.objects.create(
        agreement=town.lot.agreement,
        year=2026,
        ceiling_pence=1,
        decision_reference="D1",
        proposed_by=town.one,
        proposed_at=AT,
        confirmed_by=town.one,
        confirmed_at=AT,
    )


def year_close(town):
    BudgetYear.objects.create(
        agreement=town.lot.agreement,
        year=2024,
        ceiling_pence=1,
        state="closed",
        closing_proposed_by=town.one,
        closing_proposed_at=AT,
        closed_by=town.one,
        closed_at=AT,
    )


def limit(town):
    ApprovalLimit.objects.create(
        person=town.one, pence=1, reason="More.", set_by=town.one, set_at=AT
    )


def invoice(town, **facts):
    return Invoice.objects.create(
        **{
            "provider": town.journey.provider,
            "number": "1",
            "number_key": "1",
            "kind": "invoice",
            "origin": "entered",
            "state": "approved",
            "dated_on": DAY,
            "received_on": DAY,
            "clock_from": DAY,
            "due_on": DAY,
            "pence": 1,
            "entered_by": town.one,
            "entered_at": AT,
            "matched_by": town.one,
            "matched_at": AT,
            "approved_by": town.other,
            "approved_at": AT,
        }
        | facts
    )


def invoice_entry(town):
    invoice(town, matched_by=town.other, approved_by=town.one, entered_by=town.one)


def invoice_match(town):
    invoice(town, entered_by=town.other, approved_by=town.one)


def payment_history(town):
    InvoiceImport.objects.create(
        kind="history",
        state="committed",
        file_name="paid.csv",
        sha256="0" * 64,
        encoding="utf-8",
        head=[],
        uploaded_by=town.one,
        uploaded_at=AT,
        decided_by=town.one,
        decided_at=AT,
    )


def break_glass(town):
    BreakGlass.objects.create(
        person=town.journey.draft().person,
        user=town.one,
        reason="Ill.",
        at=AT,
        until=LATER,
        reviewed_by=town.one,
        reviewed_at=LATER,
        is_justified=True,
    )


def subject_request(town):
    SubjectRequest.objects.create(
        person=town.journey.draft().person,
        kind="export",
        state="approved",
        reason="Asked.",
        asked_by=town.one,
        asked_at=AT,
        decided_by=town.one,
        decided_at=AT,
    )


def openers(town):
    tender = town.tender(opened_at=AT)
    OpeningApproval.objects.create(tender=tender, officer=town.one, at=AT)


def scored(town, *, declares=True, tender=None):
    response = town.response(tender)
    if declares:
        InterestDeclaration.objects.create(
            tender=response.bid.tender, user=town.one, has_interest=False, at=AT
        )
    Score.objects.create(response=response, evaluator=town.one, points=3, reason="Clear.", at=LATER)
    return response


def moderator(town):
    tender = scored(town).bid.tender
    PanelMember.objects.create(tender=tender, user=town.one, is_moderator=True)


def consensus(town):
    ConsensusScore.objects.create(
        response=scored(town), moderator=town.one, points=3, reason="Agreed.", at=LATER
    )


def price_evaluator(town):
    scored(town, tender=town.tender(quality_locked_by=town.one, quality_locked_at=LATER))


def declared(town):
    scored(town, declares=False)


def interested(tender, user):
    InterestDeclaration.objects.create(
        tender=tender, user=user, has_interest=True, details="A friend.", at=AT
    )


def agreed_declared(town):
    response = town.response()
    interested(response.bid.tender, town.one)
    ConsensusScore.objects.create(
        response=response, moderator=town.one, points=3, reason="Agreed.", at=LATER
    )


def award_interest(town):
    award = town.award(approved_by=town.other, approved_at=LATER)
    interested(award.tender, town.other)


def opening_interest(town):
    tender = town.tender()
    interested(tender, town.one)
    OpeningApproval.objects.create(tender=tender, officer=town.one, at=LATER)


def conflicted(lot_application, user):
    AssessorInterest.objects.create(
        application=lot_application.application,
        person=user,
        has_conflict=True,
        details="A friend.",
        at=AT,
    )


def assessment_conflict(town):
    lot_application = town.lot_application()
    conflicted(lot_application, town.one)
    LotAssessment.objects.create(
        lot_application=lot_application,
        assessor=town.one,
        criterion="service",
        finding="met",
        reason="Checked.",
        at=LATER,
    )


def decision_conflict(town):
    lot_application = town.lot_application(
        recommended_by=town.one,
        recommended_at=AT,
        decided_by=town.other,
        decided_at=LATER,
        outcome="admitted",
    )
    conflicted(lot_application, town.other)


PLANTED = [
    role,
    own_role,
    roles,
    two_sides,
    admission,
    measure,
    claim,
    publication,
    abandonment,
    deadline,
    award,
    confirmation,
    challenge,
    funding,
    own_referral,
    eligibility,
    fact,
    ceiling,
    year_close,
    limit,
    invoice_entry,
    invoice_match,
    payment_history,
    break_glass,
    subject_request,
    openers,
    moderator,
    consensus,
    price_evaluator,
    declared,
    agreed_declared,
    award_interest,
    opening_interest,
    assessment_conflict,
    decision_conflict,
]

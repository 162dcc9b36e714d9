"""Separation of duties, rule by rule: what could have broken it, and what did (targets §4).

There must be no exception: the services refuse each, and constraints refuse most of them again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet

from dps_portal.accounts.models import RoleGrant, User
from dps_portal.accounts.roles import COUNCIL_ROLES, TOXIC_PAIRS, Role
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
from placements.states import ImportKind, ImportState
from providers.models import (
    AssessorInterest,
    LotApplication,
    LotAssessment,
    Measure,
    Membership,
    RegistrationClaim,
)
from tenders.models import (
    Award,
    Challenge,
    ConsensusScore,
    DeadlineExtension,
    InterestDeclaration,
    OpeningApproval,
    PanelMember,
    Score,
    Tender,
)

OPENERS = 2
SCORED = "response__bid__tender"
LIVE_GRANTS = RoleGrant.objects.filter(user=OuterRef("pk"), ended_at=None)


@dataclass(frozen=True)
class Duty:
    """One rule: ``rows`` are all that could break it, and ``breach`` tells those that do.

    ``subject``, ``people`` and ``when`` are the fields by which a row is told.
    """

    name: str
    says: str
    rows: QuerySet
    breach: Q
    subject: str
    people: tuple[str, ...]
    when: str

    def told(self, rows: QuerySet) -> QuerySet:
        """Dicts of ``row_subject``, ``row_first``, ``row_second`` (people) and ``row_when``."""
        people = {
            place: F(f"{name}__ref" if name else "ref")
            for place, name in zip(("first", "second"), self.people, strict=False)
        }
        facts = {"subject": F(self.subject), "when": F(self.when), **people}
        return rows.order_by(f"-{self.when}", "-pk").values(
            **{f"row_{name}": fact for name, fact in facts.items()}
        )

    def exceptions(self) -> QuerySet:
        return self.told(self.rows.filter(self.breach))


@dataclass(frozen=True)
class Finding:
    """What was examined for one rule, and how much of it breaks the rule."""

    duty: Duty
    examined: int
    exceptions: int


@dataclass(frozen=True)
class Pair:
    """Two acts on one row that two people do, in the words of the rule."""

    name: str
    says: str
    model: type[Model]
    first: str
    second: str
    when: str
    subject: str = "reference"
    narrowed: Q = field(default_factory=Q)

    def duty(self) -> Duty:
        done = Q(**{f"{self.first}__isnull": False, f"{self.second}__isnull": False})
        return Duty(
            self.name,
            self.says,
            self.model.objects.filter(done, self.narrowed),
            Q(**{self.first: F(self.second)}),
            self.subject,
            (self.first, self.second),
            self.when,
        )


PAIRS = (
    Pair(
        "role",
        "A role is proposed and approved by two people.",
        *(RoleGrant, "proposed_by", "approved_by", "granted_at", "user__ref"),
    ),
    Pair(
        "admission",
        "An admission is recommended and decided by two people.",
        *(LotApplication, "recommended_by", "decided_by", "decided_at", "application__reference"),
    ),
    Pair(
        "measure",
        "A suspension, reinstatement or exclusion is recommended and decided by two people.",
        *(Measure, "recommended_by", "decided_by", "decided_at"),
    ),
    Pair(
        "claim",
        "A registration whose number is taken is reviewed by somebody else than who registers.",
        *(RegistrationClaim, "claimed_by", "reviewed_by", "reviewed_at"),
    ),
    Pair(
        "publication",
        "A tender is drafted and published by two people.",
        *(Tender, "drafted_by", "published_by", "published_at"),
    ),
    Pair(
        "abandonment",
        "A published tender is abandoned by two people.",
        *(Tender, "abandon_asked_by", "abandoned_by", "abandoned_at"),
        narrowed=Q(published_at__isnull=False),
    ),
    Pair(
        "deadline",
        "A later deadline is asked for and agreed by two people.",
        *(DeadlineExtension, "asked_by", "agreed_by", "agreed_at", "tender__reference"),
    ),
    Pair(
        "award",
        "An award is recommended and approved by two people.",
        *(Award, "recommended_by", "approved_by", "approved_at", "tender__reference"),
    ),
    Pair(
        "confirmation",
        "An award is recommended and confirmed by two people.",
        *(Award, "recommended_by", "confirmed_by", "confirmed_at", "tender__reference"),
    ),
    Pair(
        "challenge",
        "A challenge is recorded and settled by two people.",
        *(Challenge, "recorded_by", "settled_by", "settled_at", "award__tender__reference"),
    ),
    Pair(
        "funding",
        "Funding is asked for and decided by two people.",
        *(FundingRequest, "requested_by", "decided_by", "decided_at"),
    ),
    Pair(
        "own_referral",
        "Nobody decides on the funding of a referral of their own.",
        *(FundingRequest, "placement__referral__created_by", "decided_by", "decided_at"),
    ),
    Pair(
        "eligibility",
        "That a person is not eligible is recorded and countersigned by two people.",
        *(Ineligibility, "recorded_by", "answered_by", "ended_at", "referral__reference"),
    ),
    Pair(
        "fact",
        "A fact of a stay is proposed and recorded by two people.",
        *(FactProposal, "proposed_by", "decided_by", "decided_at", "placement__reference"),
    ),
    Pair(
        "ceiling",
        "A ceiling is proposed and confirmed by two people.",
        *(BudgetRevision, "proposed_by", "confirmed_by", "confirmed_at", "decision_reference"),
    ),
    Pair(
        "year_close",
        "A year is proposed for closing and closed by two people.",
        *(BudgetYear, "closing_proposed_by", "closed_by", "closed_at", "year"),
        narrowed=Q(state="closed"),
    ),
    Pair(
        "limit",
        "Nobody sets their own limit of approval.",
        *(ApprovalLimit, "person", "set_by", "set_at", "person__ref"),
    ),
    Pair(
        "invoice_entry",
        "An invoice is entered and approved by two people.",
        *(Invoice, "entered_by", "approved_by", "approved_at"),
    ),
    Pair(
        "invoice_match",
        "An invoice is matched and approved by two people.",
        *(Invoice, "matched_by", "approved_by", "approved_at"),
    ),
    Pair(
        "payment_history",
        "A file of payments made elsewhere is brought and confirmed by two people.",
        *(InvoiceImport, "uploaded_by", "decided_by", "decided_at"),
        narrowed=Q(kind=ImportKind.HISTORY, state=ImportState.COMMITTED),
    ),
    Pair(
        "break_glass",
        "A break-glass is reviewed by somebody else than who broke it.",
        *(BreakGlass, "user", "reviewed_by", "reviewed_at"),
    ),
    Pair(
        "subject_request",
        "An export or erasure is asked for and decided by two people.",
        *(SubjectRequest, "asked_by", "decided_by", "decided_at"),
    ),
)


def _toxic() -> Q:
    """Holds two roles that one person may never hold together."""
    breach = Q()
    for role in Role:
        others = [other for pair in TOXIC_PAIRS if role in pair for other in pair if other != role]
        if others:
            held, beside = LIVE_GRANTS.filter(role=role), LIVE_GRANTS.filter(role__in=others)
            breach |= Q(Exists(held), Exists(beside))
    return breach


def _scored_by(person: str, tender: str) -> Exists:
    return Exists(Score.objects.filter(evaluator=OuterRef(person), **{SCORED: OuterRef(tender)}))


def _interested(person: str, when: str, tender: str) -> Q:
    """The person had declared an interest in the tender by then; one may be found out later."""
    return Q(
        Exists(
            InterestDeclaration.objects.filter(
                tender=OuterRef(tender),
                user=OuterRef(person),
                has_interest=True,
                at__lt=OuterRef(when),
            )
        )
    )


def _conflicted(person: str, when: str, application: str) -> Q:
    """The same of an application."""
    return Q(
        Exists(
            AssessorInterest.objects.filter(
                application=OuterRef(application),
                person=OuterRef(person),
                has_conflict=True,
                at__lt=OuterRef(when),
            )
        )
    )


def duties() -> list[Duty]:
    """Every rule, in the order in which the page lists them."""
    scored = ("evaluator",)
    return [
        *(pair.duty() for pair in PAIRS),
        Duty(
            "own_role",
            "Nobody proposes or approves a role of their own.",
            RoleGrant.objects.exclude(proposed_by=None),
            Q(user=F("proposed_by")) | Q(user=F("approved_by")),
            *("user__ref", ("proposed_by", "approved_by"), "granted_at"),
        ),
        Duty(
            "roles",
            "Nobody holds two roles that exclude each other.",
            User.objects.all(),
            _toxic(),
            *("ref", ("",), "date_joined"),
        ),
        Duty(
            "two_sides",
            "Nobody who belongs to a provider holds a role of the council.",
            User.objects.filter(
                Exists(Membership.objects.filter(user=OuterRef("pk"), ended_at=None))
            ),
            Q(Exists(LIVE_GRANTS.filter(role__in=COUNCIL_ROLES))),
            *("ref", ("",), "date_joined"),
        ),
        Duty(
            "openers",
            "Bids are opened by two officers.",
            Tender.objects.exclude(opened_at=None).annotate(
                officers=Count("opening_approvals__officer", distinct=True)
            ),
            Q(officers__lt=OPENERS),
            *("reference", ("published_by",), "opened_at"),
        ),
        Duty(
            "moderator",
            "The moderator of a tender scores nothing in it.",
            Score.objects.all(),
            Q(
                Exists(
                    PanelMember.objects.filter(
                        tender=OuterRef(SCORED), user=OuterRef("evaluator"), is_moderator=True
                    )
                )
            ),
            *(f"{SCORED}__reference", scored, "at"),
        ),
        Duty(
            "consensus",
            "Who records what the panel agreed has scored nothing in that tender.",
            ConsensusScore.objects.all(),
            Q(_scored_by("moderator", SCORED)),
            *(f"{SCORED}__reference", ("moderator",), "at"),
        ),
        Duty(
            "price_evaluator",
            "Who locks quality and reveals prices has scored nothing in that tender.",
            Tender.objects.exclude(quality_locked_at=None),
            Q(_scored_by("quality_locked_by", "pk")),
            *("reference", ("quality_locked_by",), "quality_locked_at"),
        ),
        Duty(
            "declared",
            "Nobody scores with an interest, or before declaring that they have none.",
            Score.objects.all(),
            ~Q(
                Exists(
                    InterestDeclaration.objects.filter(
                        tender=OuterRef(SCORED), user=OuterRef("evaluator")
                    )
                )
            )
            | _interested("evaluator", "at", SCORED),
            *(f"{SCORED}__reference", scored, "at"),
        ),
        Duty(
            "agreed_declared",
            "Nobody with an interest records what the panel agreed.",
            ConsensusScore.objects.all(),
            _interested("moderator", "at", SCORED),
            *(f"{SCORED}__reference", ("moderator",), "at"),
        ),
        Duty(
            "award_interest",
            "Nobody with an interest in a tender recommends or approves its award.",
            Award.objects.exclude(approved_at=None),
            _interested("recommended_by", "recommended_at", "tender")
            | _interested("approved_by", "approved_at", "tender"),
            *("tender__reference", ("recommended_by", "approved_by"), "approved_at"),
        ),
        Duty(
            "opening_interest",
            "Nobody with an interest in a tender opens its bids.",
            OpeningApproval.objects.all(),
            _interested("officer", "at", "tender"),
            *("tender__reference", ("officer",), "at"),
        ),
        Duty(
            "assessment_conflict",
            "Nobody with a conflict of interest assesses an application.",
            LotAssessment.objects.all(),
            _conflicted("assessor", "at", "lot_application__application"),
            *("lot_application__application__reference", ("assessor",), "at"),
        ),
        Duty(
            "decision_conflict",
            "Nobody with a conflict of interest recommends or decides an admission.",
            LotApplication.objects.exclude(decided_at=None),
            _conflicted("recommended_by", "recommended_at", "application")
            | _conflicted("decided_by", "decided_at", "application"),
            *("application__reference", ("recommended_by", "decided_by"), "decided_at"),
        ),
    ]


def examine(rules: Iterable[Duty]) -> list[Finding]:
    """One query for each rule."""
    found = []
    for duty in rules:
        counts = duty.rows.aggregate(
            examined=Count("pk", distinct=True),
            exceptions=Count("pk", filter=duty.breach, distinct=True),
        )
        found.append(Finding(duty, counts["examined"], counts["exceptions"]))
    return found

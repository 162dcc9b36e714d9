"""Roles that exclude each other, panels, and interests that were declared."""

from django.db.models import Count, Exists, F, OuterRef, Q

from dps_portal.accounts.models import RoleGrant, User
from dps_portal.accounts.roles import COUNCIL_ROLES, TOXIC_PAIRS, Role
from providers.models import AssessorInterest, LotApplication, LotAssessment, Membership
from tenders.models import (
    Award,
    ConsensusScore,
    InterestDeclaration,
    OpeningApproval,
    PanelMember,
    Score,
    Tender,
)

from .duty import Duty

OPENERS = 2
SCORED = "response__bid__tender"
LIVE_GRANTS = RoleGrant.objects.filter(user=OuterRef("pk"), ended_at=None)


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


def of_roles_and_panels() -> list[Duty]:
    """What more than two acts on one row has to tell."""
    scored = ("evaluator",)
    return [
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

"""The panel after publication: who cannot score or moderate is replaced."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import PanelMember, Tender
from tenders.states import TenderState

from .scores import settle_scoring
from .tenders import interest_of, is_on_panel, lock_tender


def replaceable(tender: Tender):
    """Members with an interest, or without a declaration; once all have scored, the moderator."""
    free = tender.declarations.filter(has_interest=False).values("user")
    members = tender.panel.moderating() if tender.scored_at else tender.panel.serving()
    return members.exclude(user__in=free)


def possible_members(tender: Tender):
    """Who may score or moderate, and has not been on this panel nor an interest."""
    named = tender.panel.values("user")
    conflicted = tender.declarations.filter(has_interest=True).values("user")
    people = User.objects.with_permission(Permission.SCORE_BIDS) | User.objects.with_permission(
        Permission.MODERATE_SCORES
    )
    return people.exclude(pk__in=named).exclude(pk__in=conflicted).distinct()


@transaction.atomic
def replace_member(
    *, tender: Tender, leaving: User, joining: User, reason: str, by: User, at: datetime
) -> PanelMember:
    """The new one declares first; an evaluator then scores every answer and sees no other score
    before, a moderator goes on with what the panel has agreed.
    """
    tender = lock_tender(tender)
    moderates = tender.panel.moderating().filter(user=leaving).exists()
    needed = Permission.MODERATE_SCORES if moderates else Permission.SCORE_BIDS
    refuse_if(
        objections_to_replacement(tender, by)
        + rules.objections_to_exchange(
            has_leaver_declared_none=not replaceable(tender).filter(user=leaving).exists(),
            job=rules.MODERATOR if moderates else rules.EVALUATOR,
            may_joiner_do_it=joining.may(needed),
            was_joiner_named=is_on_panel(tender, joining),
            has_joiner_interest=bool(interest_of(tender, joining)),
        )
    )
    tender.panel.serving().filter(user=leaving).update(left_at=at)
    member = PanelMember.objects.create(tender=tender, user=joining, is_moderator=moderates)
    settle_scoring(tender, at=at)
    if tender.state == TenderState.OPENED:
        path = tender.get_absolute_url()
        notify(joining, "tenders/emails/bids_to_score.txt", at=at, tender=tender, path=path)
    trail.record(
        "panel_member.replaced",
        tender,
        by=by,
        at=at,
        leaving=leaving.ref,
        joining=joining.ref,
        reason=reason,
    )
    return member


def objections_to_replacement(tender: Tender, by: User) -> list[str]:
    return rules.objections_to_replacement(
        state=TenderState(tender.state),
        is_on_panel=is_on_panel(tender, by),
        has_interest=interest_of(tender, by),
        is_complete=tender.scored_at is not None,
        is_anyone_replaceable=replaceable(tender).exists(),
    )

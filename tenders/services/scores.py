"""Individual scores, the panel's agreement, and the lock after which prices are revealed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import ConsensusScore, Invitation, Price, Response, Score, Tender
from tenders.states import TenderState

from .envelopes import open_price, private_key_of
from .model import is_model_intact
from .ranking import keep_evaluation
from .tenders import interest_of, is_on_panel, lock_tender


@transaction.atomic
def score_response(
    *, response: Response, points: int, reason: str, by: User, at: datetime
) -> Score:
    """An evaluator's own score; it can be changed until every evaluator has scored all."""
    tender = lock_tender(response.bid.tender)
    refuse_if(
        objections_to_scoring(tender, by)
        + rules.objections_to_points(points=points, scale_max=tender.score_scale_max)
    )
    score, _ = Score.objects.update_or_create(
        response=response,
        evaluator=by,
        defaults={"points": points, "reason": reason, "at": at},
    )
    settle_scoring(tender, at=at)
    trail.record("response.scored", response, by=by, at=at, points=points)
    return score


def objections_to_scoring(tender: Tender, by: User) -> list[str]:
    return rules.objections_to_scoring(
        state=TenderState(tender.state),
        scores=tender.panel.scoring().filter(user=by).exists(),
        has_interest=interest_of(tender, by),
        is_complete=tender.scored_at is not None,
    )


def settle_scoring(tender: Tender, *, at: datetime, is_voiding: bool = False) -> None:
    """Note the moment when every evaluator without an interest has scored every answer.

    An evaluator who has declared nothing is waited for; one with an interest no longer counts.
    ``is_voiding``: scores have just become void, so what was agreed on them is agreed afresh.
    """
    if tender.state != TenderState.OPENED:
        return
    waited_for = _evaluators(tender)
    responses = Response.objects.filter(bid__tender=tender).count()
    scores = valid_scores(tender).count()
    is_complete = (
        len(waited_for) >= rules.FEWEST_EVALUATORS
        and responses > 0
        and scores == responses * len(waited_for)
    )
    if is_complete == (tender.scored_at is not None) and not (is_complete and is_voiding):
        return
    tender.scored_at = at if is_complete else None
    tender.save(update_fields=["scored_at"])
    if is_complete:
        moderator = tender.panel.moderating().select_related("user").get().user
        notify(
            moderator,
            "tenders/emails/scores_complete.txt",
            at=at,
            tender=tender,
            path=tender.get_absolute_url(),
        )


def valid_scores(tender: Tender):
    return Score.objects.filter(response__bid__tender=tender, evaluator__in=_evaluators(tender))


@transaction.atomic
def moderate_response(
    *, response: Response, points: int, reason: str, by: User, at: datetime
) -> ConsensusScore:
    """Record what the panel agreed; never an average, always with the reason (R7.6)."""
    tender = lock_tender(response.bid.tender)
    refuse_if(
        objections_to_moderation(tender, by, at)
        or rules.objections_to_points(points=points, scale_max=tender.score_scale_max)
        + rules.objections_to_consensus(
            points=valid_scores(tender).filter(response=response).values_list("points", flat=True),
            reason=reason,
        )
    )
    consensus, _ = ConsensusScore.objects.update_or_create(
        response=response,
        defaults={"moderator": by, "points": points, "reason": reason, "at": at},
    )
    trail.record("response.moderated", response, by=by, at=at, points=points)
    return consensus


def objections_to_moderation(tender: Tender, by: User, at: datetime) -> list[str]:
    return rules.objections_to_moderation(
        state=TenderState(tender.state),
        moderates=tender.panel.moderating().filter(user=by).exists(),
        has_interest=interest_of(tender, by),
        is_complete=tender.scored_at is not None,
    )


@transaction.atomic
def lock_quality(*, tender: Tender, by: User, at: datetime) -> Tender:
    """End the scoring for good and reveal the prices.

    A price that is not the one its bid was signed with makes the bid count as altered.
    """
    tender = lock_tender(tender)
    refuse_if(objections_to_lock(tender, by, at))
    private_key = private_key_of(tender)
    altered = []
    for bid in tender.bids.intact().select_related("provider"):
        invitation = Invitation.objects.get(tender=tender, provider=bid.provider)
        quote = open_price(invitation, private_key, price_digest=bid.price_digest)
        if quote is None:
            bid.is_intact = False
            bid.save(update_fields=["is_intact"])
            altered.append(bid.provider.reference)
        else:
            Price.objects.create(bid=bid, **quote.parts)
    tender.state = TenderState.QUALITY_LOCKED
    tender.quality_locked_by, tender.quality_locked_at = by, at
    tender.save()
    keep_evaluation(tender, cause="Quality locked, prices revealed", by=by, at=at)
    for officer in User.objects.with_permission(Permission.RECOMMEND_AWARD):
        notify(
            officer,
            "tenders/emails/quality_locked.txt",
            at=at,
            tender=tender,
            path=tender.get_absolute_url(),
        )
    trail.record("quality.locked", tender, by=by, at=at, altered=altered)
    return tender


def unagreed(tender: Tender):
    """Answers without an agreed score on the scores that count now."""
    stale = Q(consensus__at__lt=tender.scored_at) if tender.scored_at else Q()
    return Response.objects.filter(Q(consensus=None) | stale, bid__tender=tender)


def objections_to_lock(tender: Tender, by: User, at: datetime) -> list[str]:
    return rules.objections_to_lock(
        state=TenderState(tender.state),
        is_on_panel=is_on_panel(tender, by),
        has_interest=interest_of(tender, by),
        is_scored=tender.scored_at is not None,
        missing=unagreed(tender).count(),
        bids=tender.bids.intact().count(),
        is_model_intact=is_model_intact(tender),
    )


def _evaluators(tender: Tender) -> list[int]:
    """The evaluators on the panel who have not declared an interest."""
    conflicted = tender.declarations.filter(has_interest=True).values("user")
    scoring = tender.panel.scoring().filter(~Q(user__in=conflicted))
    return list(scoring.values_list("user", flat=True))

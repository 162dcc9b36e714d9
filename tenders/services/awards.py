"""The ranking, the recommendation, and the decision with all that it makes."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.services import owe_quarterly_notice
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from providers.models import Rate
from providers.services import set_rate
from providers.states import RateSource
from tenders import rules
from tenders.models import Award, Bid, ConsensusScore, Contract, Letter, Tender
from tenders.states import TenderState

from .tenders import interest_of, is_admitted, is_model_intact, is_on_panel, lock_tender

ALTERED = "the envelope was altered"


@dataclass(frozen=True)
class Place:
    """A bid in the ranking; without a price if its envelope was altered."""

    bid: Bid
    weekly_pence: int | None
    result: rules.Result

    @property
    def totals(self) -> dict[str, str]:
        """The scores as they are shown."""
        return {
            "price": rules.two_places(self.result.price_score),
            "quality": rules.two_places(self.result.quality_score),
            "total": rules.two_places(self.result.total),
        }


def ranking(tender: Tender) -> list[Place]:
    """Every bid with its result, best first, the excluded last; for after the quality lock."""
    bids = list(tender.bids.select_related("provider", "price").in_order())
    points = {
        (consensus.response.bid_id, consensus.response.criterion_id): consensus.points
        for consensus in ConsensusScore.objects.filter(response__bid__tender=tender).select_related(
            "response"
        )
    }
    criteria = list(tender.criteria.order_by("position"))
    prices = {bid.pk: bid.price.weekly_pence for bid in bids if bid.is_intact}
    offers = {
        bid.provider.reference: rules.Offer(
            pence=prices[bid.pk],
            scores=tuple(Fraction(points[bid.pk, criterion.pk]) for criterion in criteria),
        )
        for bid in bids
        if bid.is_intact
    }
    results = rules.rank_bids(_model(tender, criteria), offers)
    places = [
        Place(bid, prices.get(bid.pk), results.get(bid.provider.reference, rules.Result(ALTERED)))
        for bid in bids
    ]
    return sorted(places, key=lambda place: place.result.rank or len(places) + 1)


@transaction.atomic
def recommend_award(*, tender: Tender, bid: Bid, reason: str, by: User, at: datetime) -> Award:
    """Recommend the bid ranked first; the ranking as it stands is kept with it."""
    tender = lock_tender(tender)
    refuse_if(objections_to_recommendation(tender, by, at))
    places = ranking(tender)
    ranks = {place.bid.pk: place.result.rank for place in places}
    refuse_if(
        rules.objections_to_winner(
            rank=ranks[bid.pk], is_admitted=is_admitted(tender, bid.provider, at)
        )
    )
    award = Award.objects.create(
        tender=tender,
        bid=bid,
        ranking=[_told(place) for place in places],
        recommended_by=by,
        recommended_at=at,
        reason=reason,
    )
    tender.state = TenderState.RECOMMENDED
    tender.save()
    for decider in User.objects.with_permission(Permission.APPROVE_AWARD):
        notify(
            decider,
            "tenders/emails/award_recommended.txt",
            at=at,
            tender=tender,
            path=tender.get_absolute_url(),
        )
    trail.record("award.recommended", award, by=by, at=at, provider=bid.provider.reference)
    return award


def objections_to_recommendation(tender: Tender, by: User, at: datetime) -> list[str]:
    return rules.objections_to_recommendation(
        state=TenderState(tender.state),
        is_on_panel=is_on_panel(tender, by),
        has_interest=interest_of(tender, by),
        is_model_intact=is_model_intact(tender),
    )


@transaction.atomic
def approve_award(
    *, tender: Tender, consultation: str, consulted_on: date, by: User, at: datetime
) -> Contract:
    """The decision, after consulting the Cabinet Member: contract, price, letters, notice."""
    tender = lock_tender(tender)
    refuse_if(objections_to_approval(tender, by, at, consulted_on=consulted_on))
    award = tender.award
    award.consultation, award.consulted_on = consultation, consulted_on
    award.approved_by, award.approved_at = by, at
    award.save()
    tender.state = TenderState.AWARDED
    tender.save()
    contract = Contract.objects.create(
        award=award,
        provider=award.bid.provider,
        lot=tender.lot,
        start=tender.contract_start,
        end=tender.contract_end,
        weekly_pence=award.bid.price.weekly_pence,
        options=tender.options,
        option_months=tender.option_months,
    )
    _put_price_in_force(contract, by=by, at=at)
    owe_quarterly_notice(agreement=tender.lot.agreement, award_day=timezone.localdate(at))
    _send_letters(tender, award, at=at)
    trail.record(
        "award.approved",
        award,
        by=by,
        at=at,
        provider=contract.provider.reference,
        weekly_pence=contract.weekly_pence,
        consulted_on=consulted_on.isoformat(),
    )
    return contract


def objections_to_approval(
    tender: Tender, by: User, at: datetime, *, consulted_on: date | None = None
) -> list[str]:
    award = getattr(tender, "award", None)
    return rules.objections_to_approval(
        state=TenderState(tender.state),
        is_on_panel=is_on_panel(tender, by),
        is_recommender=award is not None and award.recommended_by_id == by.pk,
        has_interest=interest_of(tender, by),
        is_admitted=award is None or is_admitted(tender, award.bid.provider, at),
        consulted_on=consulted_on,
        today=timezone.localdate(at),
    )


def _model(tender: Tender, criteria) -> rules.Model:
    minimum = tender.minimum_question_score
    return rules.Model(
        price_weight=Fraction(tender.price_weight),
        criteria=tuple((criterion.name, Fraction(criterion.weight)) for criterion in criteria),
        scale_max=Fraction(tender.score_scale_max),
        minimum_score=None if minimum is None else Fraction(minimum),
        ceiling_pence=tender.lot.ceiling_weekly_pence,
        formula=tender.price_formula,
        tie_break=rules.TIE_BREAK,
    )


def _told(place: Place) -> dict:
    """A place as it is kept: exact fractions as text."""
    result = place.result
    return {
        "provider": place.bid.provider.reference,
        "weekly_pence": place.weekly_pence,
        "excluded": result.excluded,
        "price_score": str(result.price_score),
        "quality_score": str(result.quality_score),
        "total": str(result.total),
        "rank": result.rank,
        "steps": list(result.steps),
    }


def _put_price_in_force(contract: Contract, *, by: User, at: datetime) -> None:
    """From the contract's first day the price of the award holds, unless it holds anyway."""
    rates = Rate.objects.filter(provider=contract.provider, lot=contract.lot)
    rate = rates.in_force(contract.start).first()
    if rate is None or rate.weekly_pence != contract.weekly_pence:
        set_rate(
            provider=contract.provider,
            lot=contract.lot,
            effective_from=contract.start,
            weekly_pence=contract.weekly_pence,
            source=RateSource.AWARD,
            by=by,
            at=at,
        )


def _send_letters(tender: Tender, award: Award, *, at: datetime) -> None:
    """Every bidder learns its own scores and reasons, and the winner's scores and name (R4.4)."""
    places = {place.bid.pk: place for place in ranking(tender)}
    agreed = {}
    rows = ConsensusScore.objects.filter(response__bid__tender=tender)
    for consensus in rows.select_related("response__criterion").order_by(
        "response__criterion__position"
    ):
        agreed.setdefault(consensus.response.bid_id, []).append(consensus)
    path = reverse("tenders:letter", args=[tender.reference])
    for place in places.values():
        won = place.bid.pk == award.bid_id
        body = render_to_string(
            "tenders/letters/outcome.txt",
            {
                "tender": tender,
                "provider": place.bid.provider,
                "at": at,
                "won": won,
                "own": place,
                "own_scores": agreed.get(place.bid.pk, []),
                "winner": places[award.bid_id],
                "winner_scores": agreed[award.bid_id],
            },
        )
        Letter.objects.create(tender=tender, provider=place.bid.provider, won=won, body=body, at=at)
        for member in User.objects.filter(
            memberships__ended_at=None, memberships__provider=place.bid.provider
        ):
            notify(member, "tenders/emails/outcome.txt", at=at, tender=tender, path=path)

"""The recommendation, and the decision with all that it makes."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from providers.models import Provider
from providers.services import Standing, ask_if_stale, standing_of
from tenders import rules
from tenders.models import Award, Bid, Contract, Tender
from tenders.states import AwardBasis, TenderState

from .contracts import conclude
from .letters import job_of
from .model import is_model_intact
from .outcomes import send_letters, tell_bidders
from .ranking import expected_winners, ranking, told, unexplained
from .tenders import interest_of, is_admitted, is_on_panel, lock_tender

# Neutral, since a provider reads it before the award is decided.
STALE = "A tender for which you bid is being decided, and your last declaration is a year old."


@transaction.atomic
def recommend_award(
    *,
    tender: Tender,
    bids: Collection[Bid],
    reason: str,
    departure: str = "",
    draw: str = "",
    by: User,
    at: datetime,
) -> Award:
    """Recommend the bids that the published basis names; the ranking is kept as it stands.

    ``departure`` says why it is other bids, ``draw`` how a lot parted equal ones. Whose
    declaration is not fresh is asked to renew it before the decision (R2.13).
    """
    tender = lock_tender(tender)
    refuse_if(objections_to_recommendation(tender, by, at))
    places = ranking(tender)
    expected = expected_winners(tender, places)
    chosen = [place.bid for place in places if place.bid in bids]
    choice = {
        "chosen": _names(chosen),
        "expected": _names(expected),
        "places": None
        if tender.award_basis == AwardBasis.ABOVE_THRESHOLD
        else tender.award_places or 1,
    }
    refuse_if(
        rules.objections_to_winners(
            **choice,
            excluded=_names(place.bid for place in places if place.result.excluded),
            not_admitted=_names(bid for bid in chosen if not is_admitted(tender, bid.provider, at)),
            unexplained=_names(unexplained(tender)),
            departure=departure,
            draw=draw,
        )
        + rules.objections_to_texts([reason, departure, draw])
    )
    is_drawn = rules.is_parted_by_lot(**choice)
    departs = not is_drawn and set(chosen) != set(expected)
    award = Award.objects.create(
        tender=tender,
        ranking=[told(place) for place in places],
        recommended_by=by,
        recommended_at=at,
        reason=reason,
        departure=departure if departs else "",
        draw=draw if is_drawn else "",
    )
    tender.bids.filter(pk__in=[bid.pk for bid in chosen]).update(award=award)
    tender.state = TenderState.RECOMMENDED
    tender.save()
    for bid in chosen:
        ask_if_stale(
            provider=bid.provider, agreement=tender.lot.agreement, reason=STALE, by=by, at=at
        )
    for decider in User.objects.with_permission(Permission.APPROVE_AWARD):
        notify(
            decider,
            "tenders/emails/award_recommended.txt",
            at=at,
            tender=tender,
            path=tender.get_absolute_url(),
        )
    trail.record(
        "award.recommended",
        award,
        by=by,
        at=at,
        providers=[bid.provider.reference for bid in chosen],
        departs=departs,
    )
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
    *,
    tender: Tender,
    consulted_with: str,
    consulted_on: date,
    consultation: str,
    alternatives: str,
    decided_as: str = "",
    departure_agreed: str = "",
    overdue_reason: str = "",
    with_standstill: bool = False,
    by: User,
    at: datetime,
) -> list[Contract]:
    """The decision, after consulting the Cabinet Member, and the letters.

    Contracts, prices and the notice come with it, or after the standstill that was chosen.
    """
    tender = lock_tender(tender)
    refuse_if(
        objections_to_approval(
            tender,
            by,
            at,
            consulted_on=consulted_on,
            departure_agreed=departure_agreed,
            overdue_reason=overdue_reason,
        )
        + rules.objections_to_texts([consulted_with, consultation, alternatives, decided_as])
    )
    award = tender.award
    award.consulted_with, award.consulted_on = consulted_with, consulted_on
    award.consultation, award.alternatives = consultation, alternatives
    award.decided_as = decided_as or job_of(by, Permission.APPROVE_AWARD)
    award.declarations = tender.declarations.count()
    award.interests = tender.declarations.filter(has_interest=True).count()
    award.departure_agreed = departure_agreed if award.departure else ""
    _, overdue = _renewals(tender, at)
    award.overdue_reason = overdue_reason if overdue else ""
    award.approved_by, award.approved_at = by, at
    if with_standstill:
        award.standstill_last_day = standstill_last_day(tender, at)
        tender.state = TenderState.STANDSTILL
        tender.save()
    award.save()
    contracts = [] if with_standstill else conclude(award, by=by, at=at)
    send_letters(award, at=at)
    trail.record(
        "award.approved",
        award,
        by=by,
        at=at,
        contracts=_told(contracts),
        consulted_on=consulted_on.isoformat(),
        standstill_last_day=award.standstill_last_day and award.standstill_last_day.isoformat(),
    )
    return contracts


def standstill_last_day(tender: Tender, at: datetime) -> date:
    """Of letters sent at ``at``; that day itself is not counted (R4.5)."""
    period = tender.lot.agreement.regime.voluntary_standstill
    return period.ends_on(timezone.localdate(at))


def objections_to_approval(
    tender: Tender,
    by: User,
    at: datetime,
    *,
    consulted_on: date | None = None,
    departure_agreed: str | None = None,
    overdue_reason: str | None = None,
) -> list[str]:
    undeclared, overdue = _renewals(tender, at)
    award = getattr(tender, "award", None)
    return rules.objections_to_approval(
        state=TenderState(tender.state),
        is_on_panel=is_on_panel(tender, by),
        is_recommender=award is not None and award.recommended_by_id == by.pk,
        has_interest=interest_of(tender, by),
        not_admitted=_not_admitted(award, at),
        undeclared=undeclared,
        overdue=overdue,
        overdue_reason=overdue_reason,
        consulted_on=consulted_on,
        departure=award.departure if award else "",
        agreed=departure_agreed,
        today=timezone.localdate(at),
    )


def standings(tender: Tender, at: datetime) -> list[Standing]:
    """How each recommended provider stands with its declaration."""
    award = getattr(tender, "award", None)
    bids = award.bids.in_order() if award else []
    return [standing_of(bid.provider, tender.lot.agreement, at) for bid in bids]


def _renewals(tender: Tender, at: datetime) -> tuple[list[str], list[str]]:
    """Who was asked to renew its declaration and still has time, and who is overdue; by name."""
    today = timezone.localdate(at)
    asked = [each for each in standings(tender, at) if each.asked]
    return (
        _named(each.provider for each in asked if each.asked.due_on >= today),
        _named(each.provider for each in asked if each.asked.due_on < today),
    )


@transaction.atomic
def confirm_award(*, tender: Tender, by: User, at: datetime) -> list[Contract]:
    """After the standstill: the contracts, their prices and the notice (R4.5)."""
    tender = lock_tender(tender)
    refuse_if(objections_to_confirmation(tender, by, at))
    award = tender.award
    contracts = conclude(award, by=by, at=at)
    tell_bidders(tender, "award_confirmed", at=at)
    trail.record("award.confirmed", award, by=by, at=at, contracts=_told(contracts))
    return contracts


def objections_to_confirmation(tender: Tender, by: User, at: datetime) -> list[str]:
    award = getattr(tender, "award", None)
    undeclared, overdue = _renewals(tender, at)
    is_accepted = award is not None and bool(award.overdue_reason)
    return rules.objections_to_confirmation(
        state=TenderState(tender.state),
        is_on_panel=is_on_panel(tender, by),
        is_recommender=award is not None and award.recommended_by_id == by.pk,
        has_interest=interest_of(tender, by),
        not_admitted=_not_admitted(award, at),
        undeclared=undeclared,
        overdue=[] if is_accepted else overdue,
        is_in_standstill=award is not None and award.is_in_standstill(at),
        is_challenged=award is not None and award.challenges.unsettled().exists(),
    )


def _not_admitted(award: Award | None, at: datetime) -> list[str]:
    bids = award.bids.select_related("provider") if award else []
    return _names(bid for bid in bids if not is_admitted(award.tender, bid.provider, at))


def _names(bids: Iterable[Bid]) -> list[str]:
    return _named(bid.provider for bid in bids)


def _named(providers: Iterable[Provider]) -> list[str]:
    """Names can be shared; references cannot."""
    return [f"{provider.name} ({provider.reference})" for provider in providers]


def _told(contracts: Iterable[Contract]) -> dict[str, int]:
    return {each.provider.reference: each.weekly_pence for each in contracts}

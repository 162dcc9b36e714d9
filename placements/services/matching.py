"""The choice of a provider, the offer to it, and its answer."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import FitNote, MatchOption, Placement, Referral
from placements.states import DeclineKind, PlacementState, ReferralState
from providers.models import Provider

from .options import Option, cheapest_pence, competition_of, match_options
from .placements import lock_placement, lock_referral, move_referral, tell, tell_provider
from .profiles import AS_REFERRED, Words, objections_to_words, profile_of


@transaction.atomic
def judge_option(
    *, referral: Referral, provider: Provider, is_suitable: bool, note: str, by: User, at: datetime
) -> FitNote:
    """How the provider fits the person, in the assessor's words; the last note counts."""
    referral = lock_referral(referral)
    refuse_if(rules.objections_to_act("choose_option", ReferralState(referral.state)))
    fit, _ = FitNote.objects.update_or_create(
        referral=referral,
        provider=provider,
        defaults={"is_suitable": is_suitable, "note": note, "by": by, "at": at},
    )
    trail.record(
        "option.judged",
        referral,
        by=by,
        at=at,
        provider=provider.reference,
        is_suitable=is_suitable,
    )
    return fit


@transaction.atomic
def choose_option(
    *,
    referral: Referral,
    provider: Provider,
    planned_admission: date,
    person_choice: str,
    why_not_cheapest: str,
    words: Words = AS_REFERRED,
    by: User,
    at: datetime,
) -> Placement:
    """Propose the placement at today's price and offer it to the provider, by reference.

    What was compared is kept with it, and the anonymised profile as it was offered (R8.3). For a
    person in place it is a transfer, prepared beside the placement that goes on (R22).
    """
    leaving = referral.placements.in_place().first()
    leaving = leaving and lock_placement(leaving)
    referral = lock_referral(referral)
    now = referral.placements.in_place().first()
    refuse_if(rules.objections_to_live_placement(is_locked=now == leaving))
    today = timezone.localdate(at)
    options = match_options(referral, planned_admission) if referral.lot else []
    chosen = next((option for option in options if option.provider == provider), None)
    competition = competition_of(referral)
    refuse_if(
        rules.objections_to_option(
            state=ReferralState(referral.state),
            agreement_is_running=referral.agreement.is_running(today),
            is_offered=chosen is not None,
            is_suitable=chosen is None or chosen.is_suitable,
            is_cheapest=chosen is not None
            and chosen.total_pence == cheapest_pence(options, chosen=chosen),
            why_not_cheapest=why_not_cheapest,
            planned_admission=planned_admission,
            today=today,
        )
        + rules.objections_to_preparing(
            is_prepared=leaving is not None and leaving.transfers.live().exists()
        )
        + rules.objections_to_choosing(
            is_asked=referral.agreement.placement_competition,
            is_held=competition is not None,
            is_won=competition is not None and competition.is_won,
        )
        + objections_to_words(
            referral,
            words,
            planned_admission=planned_admission,
            kept=[person_choice, why_not_cheapest],
        )
    )
    placement = Placement.objects.create(
        referral=referral,
        provider=provider,
        lot=referral.lot,
        state=PlacementState.AWAITING_PROVIDER,
        weekly_pence=chosen.weekly_pence,
        planned_admission=planned_admission,
        transferred_from=leaving,
        minimum_nights=referral.agreement.minimum_nights,
        person_choice=person_choice,
        why_not_cheapest=why_not_cheapest,
        profile=profile_of(referral, words, planned_admission=planned_admission),
        reply_due_on=rules.due_on(timezone.localtime(at), referral.agreement.reply_days),
        proposed_by=by,
        proposed_at=at,
    )
    MatchOption.objects.bulk_create(_kept(placement, option, chosen) for option in options)
    move_referral(placement, ReferralState.PLACEMENT_PROPOSED)
    tell_provider("placement_offered", placement, at)
    trail.record(
        "placement.proposed",
        placement,
        by=by,
        at=at,
        referral=referral.reference,
        provider=provider.reference,
        planned_admission=planned_admission.isoformat(),
        transferred_from=leaving and leaving.reference,
        options={option.provider.reference: option.weekly_pence for option in options},
    )
    return placement


def _kept(placement: Placement, option: Option, chosen: Option) -> MatchOption:
    return MatchOption(
        placement=placement,
        provider=option.provider,
        is_chosen=option == chosen,
        is_suitable=option.is_suitable,
        weekly_pence=option.weekly_pence,
        source=option.source,
        total_pence=option.total_pence,
        places=option.vacancy and option.vacancy.places,
        earliest_on=option.earliest_on,
        miles=option.miles,
        planned_exits=option.planned_exits,
        unplanned_exits=option.unplanned_exits,
        unmet=option.unmet,
        fit_note=option.fit.note if option.fit else "",
        why_not="" if option == chosen else option.why_not,
    )


@transaction.atomic
def answer_offer(
    *,
    placement: Placement,
    accepts: bool,
    earliest_admission: date | None,
    decline_kind: DeclineKind | str,
    reason: str,
    by: User,
    at: datetime,
) -> Placement:
    """The provider's answer; a refusal sends the referral back to matching."""
    placement = lock_placement(placement)
    refuse_if(
        rules.objections_to_answer(
            state=PlacementState(placement.state),
            accepts=accepts,
            earliest_admission=earliest_admission,
            decline_kind=decline_kind,
            reason=reason,
            today=timezone.localdate(at),
        )
    )
    placement.answered_by = by
    placement.answered_at = at
    if accepts:
        placement.state = PlacementState.AWAITING_FUNDING
        placement.earliest_admission = earliest_admission
    else:
        placement.state = PlacementState.PROVIDER_DECLINED
        placement.decline_kind = decline_kind
        placement.decline_reason = reason
        move_referral(placement, ReferralState.MATCHING)
    placement.save()
    tell(
        placement.referral.worker, "offer_accepted" if accepts else "offer_declined", placement, at
    )
    trail.record("placement.answered", placement, by=by, at=at, state=placement.state)
    return placement


def remind_of_offers(*, at: datetime) -> int:
    """Once, from the day on which an answer was wanted; how many messages are newly owed."""
    waiting = Placement.objects.unanswered(timezone.localdate(at)).select_related("provider")
    return sum(_remind(placement, at) for placement in waiting)


@transaction.atomic
def _remind(placement: Placement, at: datetime) -> int:
    told = notify_each(
        placement.provider.people(),
        "placements/emails/offer_waiting.txt",
        at=at,
        key=f"offer-waiting:{placement}",
        placement=placement,
        path=placement.get_offer_url(),
    )
    if told:
        trail.record("placement.answer_reminded", placement, by=None, at=at)
    return told

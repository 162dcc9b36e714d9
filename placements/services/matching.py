"""Which providers a person could go to, the choice, and the provider's answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.clock import year_label
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Placement, Referral
from placements.states import ConsentKind, PlacementState, ReferralState
from providers.models import Admission, Provider, Rate

from .placements import lock_placement, lock_referral, move_referral, tell, tell_provider


@dataclass(frozen=True)
class MatchOption:
    """A provider admitted to the lot, and the first funding period there at a locked price."""

    provider: Provider
    weekly_pence: int
    cost_by_year: dict[int, int]
    has_declined: bool

    @property
    def by_label(self) -> list[tuple[str, int]]:
        return [(year_label(year), pence) for year, pence in self.cost_by_year.items()]

    @property
    def total_pence(self) -> int:
        return sum(self.cost_by_year.values())


def match_options(referral: Referral, planned_admission: date) -> list[MatchOption]:
    """Cheapest first. A price in force on the first night holds for every night (R17)."""
    weekly = {
        rate.provider_id: rate.weekly_pence
        for rate in reversed(Rate.objects.in_force(planned_admission).filter(lot=referral.lot))
    }
    end = referral.agreement.first_funding_ends(planned_admission)
    declined = set(
        referral.placements.filter(state=PlacementState.PROVIDER_DECLINED).values_list(
            "provider", flat=True
        )
    )
    admissions = (
        Admission.objects.invitable(planned_admission)
        .filter(lot=referral.lot, provider__in=weekly)
        .select_related("provider")
    )
    options = [
        MatchOption(
            provider=admission.provider,
            weekly_pence=weekly[admission.provider_id],
            cost_by_year=rules.cost_by_year(
                [rules.Term(planned_admission, end, weekly[admission.provider_id])]
            ),
            has_declined=admission.provider_id in declined,
        )
        for admission in admissions
    ]
    return sorted(options, key=lambda option: (option.total_pence, option.provider.name))


@transaction.atomic
def choose_option(
    *,
    referral: Referral,
    provider: Provider,
    planned_admission: date,
    person_choice: str,
    why_not_cheapest: str,
    by: User,
    at: datetime,
) -> Placement:
    """Propose the placement at today's price and offer it to the provider, by reference."""
    referral = lock_referral(referral)
    today = timezone.localdate(at)
    options = match_options(referral, planned_admission) if referral.lot else []
    chosen = next((option for option in options if option.provider == provider), None)
    refuse_if(
        rules.objections_to_option(
            state=ReferralState(referral.state),
            agreement_is_running=referral.agreement.is_running(today),
            is_offered=chosen is not None,
            is_cheapest=bool(chosen) and chosen.total_pence == options[0].total_pence,
            why_not_cheapest=why_not_cheapest,
            planned_admission=planned_admission,
            today=today,
        )
        + rules.objections_to_sharing(
            consent=referral.person.consents.standing(ConsentKind.PLACEMENT)
        )
    )
    placement = Placement.objects.create(
        referral=referral,
        provider=provider,
        lot=referral.lot,
        state=PlacementState.AWAITING_PROVIDER,
        weekly_pence=chosen.weekly_pence,
        planned_admission=planned_admission,
        person_choice=person_choice,
        why_not_cheapest=why_not_cheapest,
        proposed_by=by,
        proposed_at=at,
    )
    referral.state = ReferralState.PLACEMENT_PROPOSED
    referral.save()
    tell_provider("placement_offered", placement, at)
    trail.record(
        "placement.proposed",
        placement,
        by=by,
        at=at,
        referral=referral.reference,
        provider=provider.reference,
        planned_admission=planned_admission.isoformat(),
        options={option.provider.reference: option.weekly_pence for option in options},
    )
    return placement


@transaction.atomic
def answer_offer(
    *, placement: Placement, accepts: bool, reason: str, by: User, at: datetime
) -> Placement:
    """The provider's answer; a refusal sends the referral back to matching."""
    placement = lock_placement(placement)
    refuse_if(
        rules.objections_to_answer(
            state=PlacementState(placement.state), accepts=accepts, reason=reason
        )
    )
    placement.answered_by = by
    placement.answered_at = at
    if accepts:
        placement.state = PlacementState.AWAITING_FUNDING
    else:
        placement.state = PlacementState.PROVIDER_DECLINED
        placement.decline_reason = reason
        move_referral(placement, ReferralState.MATCHING)
    placement.save()
    tell(
        placement.referral.worker, "offer_accepted" if accepts else "offer_declined", placement, at
    )
    trail.record("placement.answered", placement, by=by, at=at, state=placement.state)
    return placement

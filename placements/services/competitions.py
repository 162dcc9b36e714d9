"""A quick tender among all admitted to the lot, for one person's place (R8.3, R10.3)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Competition, Referral
from placements.states import ReferralState
from tenders import services as tenders
from tenders.rules import TEMPLATES

from .options import competition_of
from .placements import lock_referral
from .profiles import Words, objections_to_words, profile_of
from .quotes import first_funding_ends

ONE_PLACE = TEMPLATES["one-place"]


@transaction.atomic
def start_competition(
    *,
    referral: Referral,
    planned_admission: date,
    words: Words,
    closes_at: datetime,
    evaluators: Sequence[User],
    moderator: User,
    by: User,
    at: datetime,
) -> Competition:
    """Draft the tender from its template; procurement looks at it and publishes it.

    Its need is the anonymised profile, and its contract the first funding period.
    """
    referral = lock_referral(referral)
    today = timezone.localdate(at)
    running = competition_of(referral)
    refuse_if(
        rules.objections_to_competition(
            state=ReferralState(referral.state),
            is_running=running is not None and not running.is_won,
            agreement_is_running=referral.agreement.is_running(today),
            is_past=planned_admission < today,
        )
        + objections_to_words(referral, words, planned_admission=planned_admission, kept=[])
    )
    profile = profile_of(referral, words, planned_admission=planned_admission)
    tender = tenders.create_tender(
        template=ONE_PLACE,
        lot=referral.lot,
        title=f"One placement, {referral.lot}",
        need="\n".join(f"{label}: {text}" for label, text in rules.profile_lines(profile)),
        contract_start=planned_admission,
        contract_end=first_funding_ends(
            referral.agreement, planned_admission, leaving=referral.placements.in_place().first()
        ),
        closes_at=closes_at,
        evaluators=evaluators,
        moderator=moderator,
        **ONE_PLACE.terms,
        by=by,
        at=at,
    )
    competition = Competition.objects.create(
        referral=referral, tender=tender, profile=profile, started_by=by, started_at=at
    )
    trail.record("competition.started", referral, by=by, at=at, tender=tender.reference)
    return competition

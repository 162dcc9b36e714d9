"""A tender from its draft to its publication, and its end without an award."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements import services as agreements
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import earliest_first_close
from dps_portal.agreements.rules import objections_to_invitation as objections_to_invite
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from providers.models import Admission, Provider
from tenders import rules
from tenders.models import Invitation, Tender
from tenders.states import TenderState

from .cells import make_cells
from .closing import objections_to_closing
from .envelopes import fill_envelopes
from .model import (
    evaluation_model,
    objections_to_criteria,
    objections_to_terms,
)


def lock_tender(tender: Tender) -> Tender:
    """Every act on a tender queues on its row."""
    rows = Tender.objects.select_for_update(of=("self",)).select_related("lot__agreement")
    return rows.get(pk=tender.pk)


def interest_of(tender: Tender, user: User) -> bool | None:
    """What the person declared; ``None`` for nothing yet."""
    return tender.declarations.filter(user=user).values_list("has_interest", flat=True).first()


def is_on_panel(tender: Tender, user: User) -> bool:
    return tender.panel.filter(user=user).exists()


def is_admitted(tender: Tender, provider, at: datetime) -> bool:
    current = Admission.objects.current(timezone.localdate(at))
    return current.filter(lot=tender.lot, provider=provider).exists()


def objections_to_invitation(tender: Tender, at: datetime) -> list[str]:
    """Whether the system lets anybody be invited now (R1.4, R2.4, R2.6)."""
    agreement = tender.lot.agreement
    notice = agreement.contract_notice()
    return objections_to_invite(
        today=timezone.localdate(at),
        hard_stop=agreement.hard_stop,
        first_requests_until=notice and earliest_first_close(agreement.regime, notice.published_on),
        initial_evaluation_until=agreement.initial_evaluation_until,
    )


def warnings_of(tender: Tender) -> list[str]:
    """What in a draft's words may point to a person (R7.13)."""
    texts = [tender.title, tender.need]
    return [found for text in texts for found in rules.identifiers_in(text) + rules.hints_in(text)]


def objections_to_publication(
    tender: Tender, by: User, at: datetime, invited: Sequence[Provider] | None = None
) -> list[str]:
    """``invited``: everyone who would be, where the caller has looked already."""
    if invited is None:
        invited = [admission.provider for admission in invitees(tender, at)]
    criteria = list(tender.criteria.all())
    panel = list(tender.panel.select_related("user"))
    scorers = [member.user for member in panel if not member.is_moderator]
    moderators = [member.user for member in panel if member.is_moderator]
    others = [
        *objections_to_invitation(tender, at),
        *objections_to_terms(tender),
        *objections_to_criteria(tender, criteria),
        *rules.objections_to_texts([tender.title, tender.need]),
        *objections_to_panel(scorers, moderators[0] if moderators else None),
        *objections_to_closing(tender, at, invited),
    ]
    return rules.objections_to_publication(
        state=TenderState(tender.state),
        is_drafter=tender.drafted_by_id == by.pk,
        invitees=len(invited),
        others=others,
    )


def invitees(tender: Tender, at: datetime):
    """Everyone admitted to the lot at this instant; nobody is left out by hand (R2.10)."""
    invitable = Admission.objects.invitable(timezone.localdate(at))
    return invitable.filter(lot=tender.lot).select_related("provider").order_by("provider__name")


def is_anything_invited(agreement: Agreement) -> bool:
    return Invitation.objects.filter(tender__lot__agreement=agreement).exists()


@transaction.atomic
def set_initial_evaluation(
    *, agreement: Agreement, until: date | None, by: User, at: datetime
) -> Agreement:
    """More time for the first evaluation, until the first invitation goes out (R2.6)."""
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    return agreements.set_initial_evaluation(
        agreement=agreement,
        until=until,
        is_anything_invited=is_anything_invited(agreement),
        by=by,
        at=at,
    )


@transaction.atomic
def publish_tender(*, tender: Tender, by: User, at: datetime) -> Tender:
    """Freeze and hash the model, make the key pair, invite everyone admitted to the lot.

    The agreement is locked, too: its end and its first evaluation stay as they were looked at.
    """
    tender = lock_tender(tender)
    tender.lot.agreement = Agreement.objects.select_for_update().get(pk=tender.lot.agreement_id)
    invited = [admission.provider for admission in invitees(tender, at)]
    refuse_if(objections_to_publication(tender, by, at, invited))
    tender.public_key, private_key = sealing.new_key_pair()
    tender.wrapped_private_key = sealing.wrap(private_key, key=settings.KEYS["bid"])
    tender.model_hash = sealing.digest(evaluation_model(tender))
    tender.state = TenderState.PUBLISHED
    tender.published_by, tender.published_at = by, at
    tender.save()
    Invitation.objects.bulk_create(
        fill_envelopes(
            Invitation(tender=tender, provider=provider, invited_at=at), draft=None, bid=None
        )
        for provider in invited
    )
    make_cells(tender)
    tell_invitees(tender, "invited", at=at)
    trail.record(
        "tender.published",
        tender,
        by=by,
        at=at,
        model_hash=tender.model_hash,
        closes_at=tender.closes_at.isoformat(),
        invited=[provider.reference for provider in invited],
    )
    return tender


@transaction.atomic
def abandon_tender(*, tender: Tender, reason: str, by: User, at: datetime) -> Tender:
    """End a tender without an award. A draft by one person; a published one by two.

    The first person's reason stands; the second agrees to it.
    """
    tender = lock_tender(tender)
    refuse_if(objections_to_abandonment(tender, by, at))
    tender.abandon_reason = tender.abandon_reason or reason
    is_final = tender.state == TenderState.DRAFT or tender.abandon_asked_by is not None
    if is_final:
        tender.state = TenderState.ABANDONED
        tender.abandoned_by, tender.abandoned_at = by, at
        tell_invitees(tender, "abandoned", at=at)
    else:
        tender.abandon_asked_by = by
    tender.save()
    trail.record("tender.abandoned" if is_final else "abandonment.asked", tender, by=by, at=at)
    return tender


def objections_to_abandonment(tender: Tender, by: User, at: datetime) -> list[str]:
    return rules.objections_to_abandonment(
        state=TenderState(tender.state), is_asker=tender.abandon_asked_by_id == by.pk
    )


def tell_invitees(tender: Tender, event: str, *, at: datetime) -> None:
    """Owe every member of every invited provider a message."""
    path = reverse("tenders:invitation", args=[tender.reference])
    for member in User.objects.filter(
        memberships__ended_at=None, memberships__provider__invitations__tender=tender
    ):
        notify(member, f"tenders/emails/{event}.txt", at=at, tender=tender, path=path)


def objections_to_panel(evaluators: Sequence[User], moderator: User | None) -> list[str]:
    return rules.objections_to_panel(
        evaluators=sum(person.may(Permission.SCORE_BIDS) for person in evaluators),
        has_moderator=moderator is not None and moderator.may(Permission.MODERATE_SCORES),
        moderator_scores=moderator in evaluators,
    )

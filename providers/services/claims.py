"""Registering an organisation, and what becomes of it if one of its numbers is taken."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission, Role
from dps_portal.audit import trail
from dps_portal.notifications.services import notify, notify_each
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Provider, RegistrationClaim
from providers.states import ClaimOutcome

from .members import objections_to_membership
from .organisations import create_provider


@transaction.atomic
def register_provider(
    *,
    name: str,
    company_number: str | None,
    charity_number: str | None,
    cqc_provider_id: str | None,
    by: User,
    at: datetime,
    address: str = "",
) -> Provider | RegistrationClaim:
    """``by`` becomes the owner. If a number is taken, a claim is kept for a person to look at:
    the organisation that has the number is neither touched nor named.
    """
    by = User.objects.select_for_update().get(pk=by.pk)
    numbers = rules.tidied(
        company_number=company_number,
        charity_number=charity_number,
        cqc_provider_id=cqc_provider_id,
    )
    refuse_if(
        objections_to_membership(by, Role.PROVIDER_OWNER)
        + rules.objections_to_claim(
            has_open_claim=RegistrationClaim.objects.waiting().filter(claimed_by=by).exists()
        )
        + rules.objections_to_numbers(numbers)
    )
    return create_provider(
        name=name, address=address, numbers=numbers, owner=by, by=by, at=at
    ) or _raise_claim(name=name, address=address, numbers=numbers, by=by, at=at)


def _raise_claim(
    *, name: str, address: str, numbers: Mapping[str, str | None], by: User, at: datetime
) -> RegistrationClaim:
    claim = RegistrationClaim.objects.create(
        name=name,
        address=address,
        claimed_by=by,
        claimed_at=at,
        **{field: number or "" for field, number in numbers.items()},
    )
    path = reverse("providers:review_claim", args=[claim.reference])
    reviewers = User.objects.with_permission(Permission.REVIEW_CLAIM)
    notify_each(reviewers, "providers/emails/claim_raised.txt", at=at, claim=claim, path=path)
    trail.record("claim.raised", claim, by=by, at=at, **numbers)
    return claim


@transaction.atomic
def review_claim(
    *,
    claim: RegistrationClaim,
    outcome: ClaimOutcome,
    provider: Provider | None,
    company_number: str | None,
    charity_number: str | None,
    cqc_provider_id: str | None,
    reason: str,
    by: User,
    at: datetime,
) -> RegistrationClaim:
    """``provider`` is for ``SAME``, the numbers for ``REGISTERED``, the reason for ``REFUSED``."""
    claimant = User.objects.select_for_update().get(pk=claim.claimed_by_id)
    claim = RegistrationClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    objections = rules.objections_to_claim_review(
        is_reviewed=bool(claim.outcome),
        is_own=claimant == by,
        outcome=outcome,
        reason=reason,
        is_match=provider is not None and claim.matches().filter(pk=provider.pk).exists(),
    )
    if outcome == ClaimOutcome.REGISTERED:
        numbers = rules.tidied(
            company_number=company_number,
            charity_number=charity_number,
            cqc_provider_id=cqc_provider_id,
        )
        objections += rules.objections_to_numbers(numbers)
        objections += objections_to_membership(claimant, Role.PROVIDER_OWNER)
        refuse_if(objections)
        provider = create_provider(
            name=claim.name,
            address=claim.address,
            numbers=numbers,
            owner=claimant,
            by=by,
            at=at,
        )
        refuse_if([] if provider else [rules.NUMBER_TAKEN])
    refuse_if(objections)
    claim.outcome, claim.outcome_reason = outcome, reason
    claim.provider = None if outcome == ClaimOutcome.REFUSED else provider
    claim.reviewed_by, claim.reviewed_at = by, at
    claim.save()
    notify(claimant, "providers/emails/claim_reviewed.txt", at=at, claim=claim)
    if outcome == ClaimOutcome.SAME:
        path = reverse("providers:member_list", args=[claim.provider.reference])
        owners = claim.provider.owners()
        notify_each(owners, "providers/emails/registration_tried.txt", at=at, path=path)
    trail.record("claim.reviewed", claim, by=by, at=at, outcome=outcome)
    return claim

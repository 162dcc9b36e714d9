"""What an organisation is called and known by."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Provider

from .members import add_member


def create_provider(
    *,
    name: str,
    address: str,
    numbers: Mapping[str, str | None],
    owner: User,
    by: User,
    at: datetime,
) -> Provider | None:
    """Part of registering. ``None`` if a number is taken: that is for the database to say,
    so that two registrations at once cannot differ.
    """
    new = Provider(name=name, address=address, registered_at=at, **numbers)
    Provider.objects.bulk_create([new], ignore_conflicts=True)
    provider = Provider.objects.filter(reference=new.reference).first()
    if provider:
        add_member(provider=provider, user=owner, is_owner=True, by=by, at=at)
        trail.record("provider.registered", provider, by=by, at=at, **numbers)
    return provider


@transaction.atomic
def edit_provider(*, provider: Provider, address: str, by: User, at: datetime) -> Provider:
    """What the owner changes alone. Name and numbers are for the council to correct."""
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
    if provider.address != address:
        provider.address = address
        provider.save()
        trail.record("provider.address_changed", provider, by=by, at=at)
    return provider


@transaction.atomic
def correct_provider(
    *,
    provider: Provider,
    name: str,
    company_number: str | None,
    charity_number: str | None,
    cqc_provider_id: str | None,
    reason: str,
    by: User,
    at: datetime,
) -> Provider:
    """By the council; what it was before is kept, and its people are told."""
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
    numbers = rules.tidied(
        company_number=company_number,
        charity_number=charity_number,
        cqc_provider_id=cqc_provider_id,
    )
    facts = {"name": name, **numbers}
    before = {field: getattr(provider, field) for field in facts}
    changed = [field for field in facts if facts[field] != before[field]]
    refuse_if(
        [
            *rules.objections_to_numbers(numbers),
            *([] if changed else ["Nothing is different from what is recorded."]),
            *([] if reason.strip() else ["Enter the reason for the correction."]),
        ]
    )
    for field, value in facts.items():
        setattr(provider, field, value)
    try:
        with transaction.atomic():
            provider.save()
    except IntegrityError:  # a registration or another correction may come at the same moment
        refuse_if([rules.NUMBER_TAKEN])
    provider.corrections.create(
        **{field: value or "" for field, value in before.items()},
        reason=reason,
        corrected_by=by,
        corrected_at=at,
    )
    template = "providers/emails/provider_corrected.txt"
    notify_each(provider.people(), template, at=at, provider=provider)
    trail.record("provider.corrected", provider, by=by, at=at, changed=changed, **numbers)
    return provider

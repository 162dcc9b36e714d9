"""How long a record is kept, what holds it, and how it is erased (R8.4)."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import Refused, refuse_if
from placements import rules
from placements.models import Hold, Person, Referral, SubjectRequest

from .identities import refuse_naming
from .people import lock_person
from .records import destroy_words


@transaction.atomic
def hold_record(*, person: Person, reason: str, by: User, at: datetime) -> Hold:
    """Nothing of the record is erased while a court, an ombudsman or an inquiry may need it."""
    person = lock_person(person)
    _refuse_hold(person, should_be=False)
    refuse_naming(person, reason)
    hold = Hold.objects.create(person=person, reason=reason, set_by=by, set_at=at)
    trail.record("person.held", person, by=by, at=at)
    return hold


@transaction.atomic
def release_hold(*, person: Person, reason: str, by: User, at: datetime) -> Person:
    person = lock_person(person)
    _refuse_hold(person, should_be=True)
    refuse_naming(person, reason)
    person.holds.open().update(ended_by=by, ended_at=at, end_reason=reason)
    trail.record("person.hold_released", person, by=by, at=at)
    return person


def _refuse_hold(person: Person, *, should_be: bool) -> None:
    refuse_if(
        rules.objections_to_legal_hold(
            is_held=person.holds.open().exists(),
            should_be=should_be,
            is_erased=person.erased_at is not None,
        )
    )


def objections_to_erasure(person: Person, at: datetime) -> list[str]:
    """For the page and the act alike."""
    if person.erased_at:
        return [rules.ERASED]
    last_contact = Person.objects.with_last_contact().get(pk=person.pk).last_contact_at
    return rules.objections_to_erasure(
        is_erased=False,
        has_open_referral=person.referrals.open().exists(),
        is_held=person.holds.open().exists(),
        due_on=rules.erasure_due_on(timezone.localdate(last_contact)),
        today=timezone.localdate(at),
    )


def erase_person(person: Person, request: SubjectRequest, *, by: User, at: datetime) -> None:
    """Destroy who it was and every word about them; the event of the trail is the certificate.

    References, dates, terms, money, the ledger and the trail stay, so every total still holds.
    """
    refuse_if(objections_to_erasure(person, at))
    rows = destroy_words(person)
    _forget(person, at)
    trail.record(
        "person.erased",
        person,
        by=by,
        at=at,
        request=request.reference,
        asked_by=request.asked_by.ref,
        words_destroyed=rows,
        identity="destroyed",
    )


def _forget(person: Person, at: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(
        identity=b"", number_hash=None, name_hash="", erased_at=at
    )


def delete_stale_drafts(*, at: datetime) -> int:
    """Drafts that nobody handed in for 90 days, and who it was where nothing else is held."""
    made_by = rules.draft_is_stale_if_made_by(at)
    deleted = 0
    for draft in Referral.objects.stale_drafts(made_by).order_by("pk"):
        with suppress(Refused):  # handed in since
            _delete_stale_draft(draft, made_by, at)
            deleted += 1
    return deleted


@transaction.atomic
def _delete_stale_draft(draft: Referral, made_by: datetime, at: datetime) -> None:
    lock_person(draft.person)
    still = Referral.objects.select_for_update().filter(pk=draft.pk).stale_drafts(made_by)
    refuse_if([] if still.exists() else ["The draft is none any more."])
    delete_draft(draft, by=None, at=at)


def delete_draft(draft: Referral, *, by: User | None, at: datetime) -> None:
    """Of a draft that is locked; who it was goes with it where nothing else is held."""
    person = lock_person(draft.person)
    Referral.objects.filter(pk=draft.pk).delete()
    is_forgotten = not person.referrals.exists()
    if is_forgotten:
        _forget(person, at)
        destroy_words(person)
    trail.record(
        "referral.discarded",
        draft,
        by=by,
        at=at,
        person=person.reference,
        identity="destroyed" if is_forgotten else "kept",
    )

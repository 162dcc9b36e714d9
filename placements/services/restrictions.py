"""Restricted records, break-glass, and the record of every look (money.md §8, §11)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import BreakGlass, Person, PersonAccess, Reader, Restriction
from placements.states import AccessKind

from .identities import refuse_naming
from .people import lock_person


def _managers() -> set[int]:
    return set(User.objects.with_permission(Permission.MANAGE_PRIVACY).values_list("pk", flat=True))


@transaction.atomic
def restrict_person(
    *, person: Person, reason: str, readers: Iterable[User], by: User, at: datetime
) -> Restriction:
    """From here on only ``readers`` find the record, managers included."""
    person, readers = lock_person(person), list(readers)
    refuse_if(
        rules.objections_to_restriction(
            is_restricted=person.restrictions.open().exists(),
            should_be=False,
            has_manager=bool(_managers() & {reader.pk for reader in readers}),
        )
    )
    refuse_naming(person, reason)
    restriction = Restriction.objects.create(person=person, reason=reason, set_by=by, set_at=at)
    _name_readers(person, readers, by, at)
    trail.record("person.restricted", person, by=by, at=at, readers=_refs(readers))
    return restriction


@transaction.atomic
def change_readers(*, person: Person, readers: Iterable[User], by: User, at: datetime) -> Person:
    """The list as it is to be; those who are no longer on it lose sight at once."""
    person, readers = lock_person(person), list(readers)
    refuse_if(
        rules.objections_to_restriction(
            is_restricted=person.restrictions.open().exists(),
            should_be=True,
            has_manager=bool(_managers() & {reader.pk for reader in readers}),
        )
    )
    _name_readers(person, readers, by, at)
    trail.record("person.readers_changed", person, by=by, at=at, readers=_refs(readers))
    return person


@transaction.atomic
def lift_restriction(*, person: Person, reason: str, by: User, at: datetime) -> Person:
    person = lock_person(person)
    standing = person.restrictions.open()
    refuse_if(rules.objections_to_restriction(is_restricted=standing.exists(), should_be=True))
    refuse_naming(person, reason)
    standing.update(ended_by=by, ended_at=at, end_reason=reason)
    _name_readers(person, [], by, at)
    trail.record("person.restriction_lifted", person, by=by, at=at)
    return person


def _name_readers(person: Person, readers: list[User], by: User, at: datetime) -> None:
    person.readers.open().exclude(user__in=readers).update(ended_by=by, ended_at=at)
    there = set(person.readers.open().values_list("user", flat=True))
    Reader.objects.bulk_create(
        Reader(person=person, user=reader, set_by=by, set_at=at)
        for reader in readers
        if reader.pk not in there
    )


def _refs(people: Iterable[User]) -> list[str]:
    return sorted(person.ref for person in people)


@transaction.atomic
def break_glass(*, person: Person, reason: str, by: User, at: datetime) -> BreakGlass:
    """Open somebody else's case for some hours. The managers hear of it at once (T20).

    Where no other manager is, the auditors do.
    """
    person = lock_person(person)
    refuse_if(
        rules.objections_to_break_glass(
            is_erased=person.erased_at is not None,
            sees_already=Person.objects.visible_to(by, at).filter(pk=person.pk).exists(),
        )
    )
    refuse_naming(person, reason)
    opened = BreakGlass.objects.create(
        person=person, user=by, reason=reason, at=at, until=rules.break_glass_until(at)
    )
    PersonAccess.objects.create(person=person, user=by, at=at, kind=AccessKind.RECORD)
    others = User.objects.exclude(pk=by.pk)
    notify_each(
        others.with_permission(Permission.MANAGE_PRIVACY)
        or others.with_permission(Permission.VIEW_ACCESSES),
        "placements/emails/glass_broken.txt",
        at=at,
        opened=opened,
    )
    trail.record(
        "person.glass_broken",
        person,
        by=by,
        at=at,
        break_glass=opened.reference,
        until=opened.until.isoformat(),
    )
    return opened


@transaction.atomic
def review_break_glass(
    *, opened: BreakGlass, is_justified: bool, note: str, by: User, at: datetime
) -> BreakGlass:
    """A manager who did not open the case says whether it was right to."""
    opened = BreakGlass.objects.select_for_update(of=("self",)).get(pk=opened.pk)
    refuse_if(
        rules.objections_to_review(
            is_reviewed=opened.reviewed_at is not None, is_own=opened.user_id == by.pk
        )
    )
    refuse_naming(opened.person, note)
    opened.is_justified, opened.review_note = is_justified, note
    opened.reviewed_by, opened.reviewed_at = by, at
    opened.save()
    trail.record("break_glass.reviewed", opened, by=by, at=at, is_justified=is_justified)
    return opened


def record_sight(*, person: Person, by: User, at: datetime) -> bool:
    """Record a look at a page of a restricted record, or of one open by break-glass."""
    is_kept = person.restrictions.open().exists()
    if not (is_kept or person.break_glasses.open_for(by, at).exists()):
        return False  # most looks: to begin a transaction for them would queue all on SQLite
    with transaction.atomic():
        PersonAccess.objects.create(person=person, user=by, at=at, kind=AccessKind.RECORD)
        trail.record("person.record_seen", person, by=by, at=at)
    return True

"""Bringing in the Care Quality Commission's directory of places."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.forms.models import model_to_dict

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.notifications.services import notify_each
from providers import rules
from providers.models import CqcLocation, Location, RatingChange
from providers.states import Register


@transaction.atomic
def import_cqc_locations(
    *, locations: Iterable[CqcLocation], lacking: Collection[str] = (), at: datetime
) -> dict[str, int]:
    """Add or renew the rows; the counts of ``new``, ``changed`` and ``unchanged`` ones.

    Public reference data, so no event is recorded. A place that is no longer listed stays known,
    and so do the fields that this edition is ``lacking``.
    A change of the rating of a provider's place is kept for somebody to look at (R3.4).
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    known = {each.location_id: each for each in CqcLocation.objects.select_for_update()}
    for location in locations:
        before = known.get(location.location_id)
        if before is None:
            location.save(force_insert=True)
            _note_activity(location)
            counts["new"] += 1
            continue
        location.pk = before.pk
        for field in lacking:
            setattr(location, field, getattr(before, field))
        if model_to_dict(before) == model_to_dict(location):
            counts["unchanged"] += 1
        else:
            location.save(force_update=True)
            _note_activity(location)
            if location.rating != before.rating:
                _note_rating(before, location, at)
            counts["changed"] += 1
    return counts


def _note_activity(listed: CqcLocation) -> None:
    """The directory settles what a place is registered for, one added by hand as well (R3.4)."""
    places = Location.objects.held_at(None).filter(
        register=Register.CQC, cqc_location_id=listed.location_id
    )
    places.update(in_directory=True, has_activity=listed.has_activity)


def _note_rating(before: CqcLocation, after: CqcLocation, at: datetime) -> None:
    places = Location.objects.held_at(None).filter(cqc_location_id=after.location_id)
    for place in places.select_related("provider"):
        RatingChange.objects.create(location=place, before=before.rating, after=after.rating, at=at)
        if rules.is_drop(before.rating, after.rating):
            notify_each(
                User.objects.with_permission(Permission.CHECK_COMPLIANCE),
                "providers/emails/rating_dropped.txt",
                at=at,
                provider=place.provider,
            )

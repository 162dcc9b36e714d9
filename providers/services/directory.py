"""Bringing in the Care Quality Commission's directory of places."""

from collections.abc import Iterable

from django.db import transaction
from django.forms.models import model_to_dict

from providers.models import CqcLocation


@transaction.atomic
def import_cqc_locations(*, locations: Iterable[CqcLocation]) -> dict[str, int]:
    """Add or renew the rows; the counts of ``new``, ``changed`` and ``unchanged`` ones.

    Public reference data, so no event is recorded. A place that is no longer listed stays known.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    known = {each.location_id: each for each in CqcLocation.objects.select_for_update()}
    for location in locations:
        before = known.get(location.location_id)
        if before is None:
            location.save(force_insert=True)
            counts["new"] += 1
            continue
        location.pk = before.pk
        if model_to_dict(before) == model_to_dict(location):
            counts["unchanged"] += 1
        else:
            location.save(force_update=True)
            counts["changed"] += 1
    return counts

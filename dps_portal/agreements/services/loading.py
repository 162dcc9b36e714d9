"""Taking in a published agreement."""

from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.agreements.models import (
    Agreement,
    AwardCriterion,
    ExtensionOption,
    Lot,
    NoticeTask,
    Round,
)
from dps_portal.audit import trail

PARTS = ("lots", "award_criteria", "rounds", "options", "notices")


@transaction.atomic
def load_agreement(*, data: dict, by: User | None, at: datetime) -> Agreement:
    """The agreement as ``data/*.json`` tells it; one that is there already is left as it is."""
    there = Agreement.objects.filter(reference=data["reference"]).first()
    if there:
        return there
    parts = {name: data[name] for name in PARTS}
    agreement = Agreement.objects.create(
        **{name: value for name, value in data.items() if name not in parts}
    )
    agreement.refresh_from_db()
    Lot.objects.bulk_create(Lot(agreement=agreement, **lot) for lot in parts["lots"])
    AwardCriterion.objects.bulk_create(
        AwardCriterion(agreement=agreement, position=position, **criterion)
        for position, criterion in enumerate(parts["award_criteria"], start=1)
    )
    Round.objects.bulk_create(Round(agreement=agreement, **one) for one in parts["rounds"])
    ExtensionOption.objects.bulk_create(
        ExtensionOption(agreement=agreement, **option) for option in parts["options"]
    )
    NoticeTask.objects.bulk_create(NoticeTask(agreement=agreement, **n) for n in parts["notices"])
    trail.record("agreement.loaded", agreement, by=by, at=at)
    return agreement

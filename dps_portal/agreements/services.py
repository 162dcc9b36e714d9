"""Taking in a published agreement, and exercising its options."""

from datetime import date, datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if

from .models import Agreement, ExtensionOption, Lot, NoticeTask, Round
from .rules import objections_to_option


@transaction.atomic
def load_agreement(*, data: dict, by: User | None, at: datetime) -> Agreement:
    """The agreement as ``data/*.json`` tells it; one that is there already is left as it is."""
    there = Agreement.objects.filter(reference=data["reference"]).first()
    if there:
        return there
    parts = {name: data[name] for name in ("lots", "rounds", "options", "notices")}
    agreement = Agreement.objects.create(
        **{name: value for name, value in data.items() if name not in parts}
    )
    agreement.refresh_from_db()
    Lot.objects.bulk_create(Lot(agreement=agreement, **lot) for lot in parts["lots"])
    Round.objects.bulk_create(Round(agreement=agreement, **one) for one in parts["rounds"])
    ExtensionOption.objects.bulk_create(
        ExtensionOption(agreement=agreement, **option) for option in parts["options"]
    )
    NoticeTask.objects.bulk_create(NoticeTask(agreement=agreement, **n) for n in parts["notices"])
    trail.record("agreement.loaded", agreement, by=by, at=at)
    return agreement


@transaction.atomic
def exercise_option(
    *, option: ExtensionOption, evidence: str, on: date, by: User | None, at: datetime
) -> Agreement:
    """Lengthen the term by an advertised option, on the day it was exercised (R6.2)."""
    agreement = Agreement.objects.select_for_update().get(pk=option.agreement_id)
    option = ExtensionOption.objects.get(pk=option.pk)
    refuse_if(
        objections_to_option(
            is_exercised=option.exercised_on is not None,
            on=on,
            exercise_by=option.exercise_by,
            continues_term=option.start == agreement.end,
            evidence=evidence,
        )
    )
    option.exercised_on, option.exercised_by, option.evidence = on, by, evidence
    option.save()
    agreement.end = option.end
    agreement.save()
    trail.record(
        "option.exercised", agreement, by=by, at=at, option=option.number, end=str(option.end)
    )
    return agreement

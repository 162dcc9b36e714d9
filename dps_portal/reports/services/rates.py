"""Rates of other authorities."""

from datetime import date, datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.refusals import Refused, refuse_if
from dps_portal.reports import rules
from dps_portal.reports.models import OutsideRate, RateImport, hash_of


@transaction.atomic
def import_rates(
    *, agreement: Agreement, text: str, source: str, obtained_on: date, by: User, at: datetime
) -> RateImport:
    """Keep the good rows of a file of other authorities' rates; the others are left out."""
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    rows = read_rates_of(agreement, text)
    good = [row for row in rows if row.is_good]
    refuse_if([] if good else ["No row of the file can be imported."])
    made = RateImport.objects.create(
        agreement=agreement,
        source=source,
        obtained_on=obtained_on,
        sha256=hash_of(text),
        left_out=len(rows) - len(good),
        by=by,
        at=at,
    )
    lots = {lot.number: lot for lot in agreement.lots.all()}
    OutsideRate.objects.bulk_create(
        OutsideRate(
            of=made,
            authority=row.authority,
            lot=lots[row.lot],
            weekly_pence=row.weekly_pence,
            start=row.start,
        )
        for row in good
    )
    trail.record("rates.imported", made, by=by, at=at, rows=len(good), sha256=made.sha256)
    return made


def read_rates_of(agreement: Agreement, text: str) -> list[rules.ReadRate]:
    """The rows of a file against the lots of the agreement and the rates that stand."""
    held = OutsideRate.objects.standing().filter(lot__agreement=agreement)
    known = {
        (authority.casefold(), lot, start)
        for authority, lot, start in held.values_list("authority", "lot__number", "start")
    }
    lots = set(agreement.lots.values_list("number", flat=True))
    try:
        return rules.read_rates(text, lots=lots, known=known)
    except rules.Unreadable as fault:
        raise Refused([str(fault)]) from fault


@transaction.atomic
def withdraw_rates(*, made: RateImport, reason: str, by: User, at: datetime) -> RateImport:
    """The rows of a wrong file count no more; the same file may then be imported again."""
    made = RateImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
    refuse_if(["These rates are withdrawn already."] if made.withdrawn_at else [])
    made.withdrawn_by, made.withdrawn_at, made.withdrawn_for = by, at, reason
    made.save()
    trail.record("rates.withdrawn", made, by=by, at=at)
    return made

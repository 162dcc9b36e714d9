"""The dynamic purchasing system itself, as it stood at an instant."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from dps_portal.agreements.models import Agreement, NoticeKind

from .parts import (
    address,
    buyer_of,
    item_of,
    last_second,
    lot_of,
    midnight,
    notice,
    parties,
    term,
    until,
    value,
)


def opened_at(agreement: Agreement) -> datetime:
    """The day of the contract notice; the first day of the term where none is recorded."""
    days = [
        each.published_on
        for each in agreement.notice_tasks.all()
        if each.kind == NoticeKind.CONTRACT and each.published_on
    ]
    return midnight(min(days, default=agreement.start))


def end_at(agreement: Agreement, at: datetime) -> date:
    """The day after the last one, as it stood at ``at``."""
    changes = sorted(agreement.validity_changes.all(), key=lambda each: (each.at, each.pk))
    later = [each.end_before for each in changes if each.at > at]
    return later[0] if later else agreement.end


def requests_period(agreement: Agreement, at: datetime) -> dict:
    """When requests to join are taken: the latest round that has opened, or the whole term."""
    rounds = [each for each in agreement.rounds.all() if each.opens_at <= at]
    if agreement.regime.has_rounds and rounds:
        last = max(rounds, key=lambda each: each.opens_at)
        return until(last.opens_at, last.closes_at)
    return term(timezone.localdate(opened_at(agreement)), end_at(agreement, at))


def techniques(agreement: Agreement, at: datetime) -> dict:
    today = timezone.localdate(at)
    status = "pending" if today < agreement.start else "active"
    over = midnight(end_at(agreement, at)) <= at
    return {
        "hasFrameworkAgreement": False,
        "hasDynamicPurchasingSystem": True,
        "dynamicPurchasingSystem": {
            "type": "closed",  # the council alone buys under it
            "status": "terminated" if over else status,
        },
    }


def agreement_at(agreement: Agreement, at: datetime) -> dict:
    end = end_at(agreement, at)
    status = "complete" if midnight(end) <= at else "active"
    lots = sorted(agreement.lots.all(), key=lambda lot: lot.number)
    longest = max([end, *(option.end for option in agreement.options.all())])
    return {
        "tender": {
            "id": agreement.reference,
            "title": agreement.title,
            "description": agreement.description,
            "status": status,
            "procuringEntity": buyer_of(agreement),
            "value": value(agreement.published_value_pence),
            "procurementMethod": "open",
            "procurementMethodDetails": f"Dynamic purchasing system: {agreement.regime.name}",
            "mainProcurementCategory": "services",
            "awardCriteria": "ratedCriteria",
            "awardCriteriaDetails": (
                f"Each tender under it: price {agreement.price_weight_min} to "
                f"{agreement.price_weight_max} of 100, quality the rest."
            ),
            "submissionMethod": ["electronicSubmission"],
            "submissionMethodDetails": address("agreement", agreement.reference),
            "eligibilityCriteria": (
                "Every provider that meets the published criteria of a lot is admitted to it. "
                "There is no limit on numbers."
            ),
            "tenderPeriod": requests_period(agreement, at),
            "contractPeriod": {
                **term(agreement.start, end),
                "maxExtentDate": last_second(longest),
            },
            "techniques": techniques(agreement, at),
            "lots": [lot_of(lot, status) for lot in lots],
            "items": [item_of(lot) for lot in lots],
            "documents": [
                notice("agreement", agreement.reference),
                {
                    "id": "providers",
                    "documentType": "shortlistedFirms",
                    "title": "Register of admitted providers",
                    "url": address("admitted_providers", agreement.reference),
                    "format": "text/html",
                    "language": "en",
                },
            ],
        },
        "parties": parties(agreement, []),
    }


def events_of_agreement(agreement: Agreement) -> Iterator[tuple[datetime, str]]:
    opened = opened_at(agreement)
    yield opened, "tender"
    updates = [midnight(agreement.start), midnight(agreement.end)]
    updates += [each.at for each in agreement.validity_changes.all()]
    if agreement.regime.has_rounds:
        updates += [each.opens_at for each in agreement.rounds.all()]
    for at in updates:
        if at > opened:
            yield at, "tenderUpdate"

"""A tender under the system, with its award and contracts, as the public knew it at an instant."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from dps_portal.clock import add_months
from dps_portal.publication.registers import value_of
from tenders.models import Contract, Tender
from tenders.rules import contract_value
from tenders.states import PriceFormula

from .agreements import techniques
from .parts import (
    address,
    buyer_of,
    item_of,
    last_second,
    lot_of,
    midnight,
    notice,
    ocid_of,
    parties,
    stamp,
    supplier,
    term,
    until,
    value,
)


def closes_at(tender: Tender, at: datetime) -> datetime:
    """The deadline as it stood at ``at``; only what was agreed counts."""
    later = [each.closed_at for each in tender.extensions.all() if each.agreed_at > at]
    return min(later, default=tender.closes_at)


def contracts_of(tender: Tender, at: datetime) -> list[Contract]:
    """Of an award that is confirmed; until then nobody may know of it."""
    award = getattr(tender, "award", None)
    if award is None or award.confirmed_at is None or award.confirmed_at > at:
        return []
    return sorted(award.contracts.all(), key=lambda each: each.reference)


def status_of(tender: Tender, at: datetime) -> str:
    if tender.abandoned_at and tender.abandoned_at <= at:
        return "cancelled"
    return "complete" if contracts_of(tender, at) else "active"


def criteria_in_words(tender: Tender) -> str:
    criteria = sorted(tender.criteria.all(), key=lambda each: each.position)
    parts = [f"{each.name} {each.weight}%" for each in criteria]
    return ", ".join([f"Price {tender.price_weight}%", *parts])


def award_of(contract: Contract) -> dict:
    return {
        "id": f"{contract.reference}-award",
        "title": contract.tender.title,
        "status": "active",
        "date": stamp(contract.award.confirmed_at),
        "value": value(value_of(contract)),
        "suppliers": [supplier(contract.provider)],
        "contractPeriod": term(contract.start, contract.awarded_end),
        "relatedLots": [str(contract.tender.lot.number)],
    }


def contract_end(contract: Contract, at: datetime) -> date:
    """The day after the last one, with the options that were taken by ``at``."""
    changes = sorted(contract.extensions.all(), key=lambda each: (each.at, each.pk))
    later = [each.end_before for each in changes if each.at > at]
    return later[0] if later else contract.end


def contract_at(contract: Contract, at: datetime) -> dict:
    end, today = contract_end(contract, at), timezone.localdate(at)
    status = "active" if contract.start <= today else "pending"
    months = contract.option_months * contract.options
    longest = max(end, add_months(contract.awarded_end, months))
    return {
        "id": contract.reference,
        "awardID": f"{contract.reference}-award",
        "title": contract.tender.title,
        "status": "terminated" if end <= today else status,
        "period": {
            **term(contract.start, end),
            "maxExtentDate": last_second(longest),
        },
        "value": value(contract_value(contract.weekly_pence, start=contract.start, end=end)),
    }


def tender_at(tender: Tender, at: datetime) -> dict:
    agreement, lot = tender.lot.agreement, tender.lot
    status, contracts = status_of(tender, at), contracts_of(tender, at)
    is_quality = tender.price_formula == PriceFormula.QUALITY_ONLY
    return {
        "tender": {
            "id": tender.reference,
            "title": tender.title,
            "description": tender.need,
            "status": status,
            "procuringEntity": buyer_of(agreement),
            "procurementMethod": "selective",
            "procurementMethodDetails": "Mini-competition under a dynamic purchasing system",
            "mainProcurementCategory": "services",
            "awardCriteria": "qualityOnly" if is_quality else "ratedCriteria",
            "awardCriteriaDetails": criteria_in_words(tender),
            "submissionMethod": ["electronicSubmission"],
            "submissionMethodDetails": address("tender", tender.reference),
            "tenderPeriod": until(tender.published_at, closes_at(tender, at)),
            "contractPeriod": term(tender.contract_start, tender.contract_end),
            "techniques": techniques(agreement, at),
            "lots": [lot_of(lot, status)],
            "items": [item_of(lot)],
            "documents": [notice("tender", tender.reference)],
        },
        "awards": [award_of(each) for each in contracts],
        "contracts": [contract_at(each, at) for each in contracts],
        "parties": parties(agreement, [each.provider for each in contracts]),
        "relatedProcesses": [
            {
                "id": "1",
                "relationship": ["framework"],
                "title": agreement.title,
                "scheme": "ocid",
                "identifier": ocid_of(agreement),
                "uri": address("record", ocid_of(agreement)),
            }
        ],
    }


def events_of_tender(tender: Tender) -> Iterator[tuple[datetime, str]]:
    yield tender.published_at, "tender"
    for extension in tender.extensions.all():
        yield extension.agreed_at, "tenderUpdate"
    if tender.abandoned_at:
        yield tender.abandoned_at, "tenderCancellation"
    award = getattr(tender, "award", None)
    if award is None or award.confirmed_at is None:
        return
    yield award.confirmed_at, "award"
    yield award.confirmed_at, "contract"
    for contract in award.contracts.all():
        for extension in contract.extensions.all():
            yield extension.at, "contractAmendment"
        for at, tag in (
            (midnight(contract.start), "contractUpdate"),
            (midnight(contract.end), "contractTermination"),
        ):
            if at > award.confirmed_at:
                yield at, tag

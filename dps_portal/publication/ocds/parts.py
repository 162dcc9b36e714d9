"""What every release is made of: dates, money, names, and what is left out."""

import re
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.forms.utils import from_current_timezone
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from dps_portal.agreements.models import Agreement, Lot
from providers.models import Provider
from tenders.models import Tender

OCID = re.compile(r"ocds-[a-z0-9]{6}-[A-Za-z0-9._-]+")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML, as the feed is
SECOND = timedelta(seconds=1)


# ── Values ───────────────────────────────────────────────────────────────────────────────────
def midnight(day: date) -> datetime:
    return from_current_timezone(datetime.combine(day, time()))


def stamp(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def last_second(end: date) -> str:
    """``end`` is the day after the last one; OCDS names the last instant."""
    return stamp(midnight(end) - SECOND)


def term(start: date, end: date) -> dict:
    return {"startDate": stamp(midnight(start)), "endDate": last_second(end)}


def until(start: datetime, deadline: datetime) -> dict:
    return {"startDate": stamp(start), "endDate": stamp(deadline)}


def value(pence: int) -> dict:
    """JSON has no decimals; a number of hundredths is written and read back exactly."""
    return {"amount": pence / 100 if pence % 100 else pence // 100, "currency": "GBP"}


def filled(part):
    """Without what is empty: OCDS leaves out what is not known."""
    if isinstance(part, dict):
        kept = {name: filled(value) for name, value in part.items()}
        return {name: value for name, value in kept.items() if value not in (None, "", [], {})}
    if isinstance(part, list):
        return [filled(each) for each in part]
    return UNWRITABLE.sub("", part).strip() if isinstance(part, str) else part


def address(name: str, *args) -> str:
    return settings.PORTAL_ORIGIN + reverse(f"publication:{name}", args=args)


# ── Names ────────────────────────────────────────────────────────────────────────────────────
def prefixed(reference: str) -> str:
    return f"{settings.OCDS_PREFIX}-{reference}"


def ocid_of(process: Agreement | Tender) -> str:
    """That of the notice where an agreement has one: it is the same process there and here."""
    if isinstance(process, Agreement) and OCID.fullmatch(process.ocid):
        return process.ocid
    return prefixed(process.reference)


def buyer_of(agreement: Agreement) -> dict:
    return {"id": slugify(agreement.authority), "name": agreement.authority}


def identifiers(provider: Provider) -> list[dict]:
    """By the schemes of org-id.guide; a charity's number tells its register."""
    charity = provider.charity_number or ""
    scheme = {"SC": "GB-SC", "NI": "GB-NIC"}.get(charity[:2].upper(), "GB-CHC")
    numbers = [
        ("GB-COH", provider.company_number),
        (scheme, provider.charity_number),
        ("CQC", provider.cqc_provider_id),
    ]
    return [{"scheme": scheme, "id": number} for scheme, number in numbers if number]


def supplier(provider: Provider) -> dict:
    first = identifiers(provider)[0]
    return {"id": f"{first['scheme']}-{first['id']}", "name": provider.name}


def party(provider: Provider) -> dict:
    first, *others = identifiers(provider)
    return {
        **supplier(provider),
        "identifier": {**first, "legalName": provider.name},
        "additionalIdentifiers": others,
        "roles": ["supplier"],
    }


def parties(agreement: Agreement, suppliers: list[Provider]) -> list[dict]:
    council = {
        **buyer_of(agreement),
        "identifier": {"legalName": agreement.authority, "uri": settings.COUNCIL_URI},
        "roles": ["buyer", "procuringEntity"],
    }
    return [council, *(party(each) for each in dict.fromkeys(suppliers))]


def lot_of(lot: Lot, status: str) -> dict:
    return {
        "id": str(lot.number),
        "title": lot.title,
        "description": lot.specification,
        "status": status,
    }


def item_of(lot: Lot) -> dict:
    return {
        "id": str(lot.number),
        "description": str(lot),
        "classification": {"scheme": "CPV", "id": lot.agreement.cpv},
        "relatedLot": str(lot.number),
    }


def notice(name: str, *args) -> dict:
    return {
        "id": "notice",
        "documentType": "tenderNotice",
        "title": "Public page",
        "url": address(name, *args),
        "format": "text/html",
        "language": "en",
    }

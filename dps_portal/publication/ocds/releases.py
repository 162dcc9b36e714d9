"""Releases, the records that they come to, and the packages that both are handed out in."""

import hashlib
import json
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from dps_portal.agreements.models import Agreement
from dps_portal.publication import registers
from tenders.models import DeadlineExtension, Tender

from .agreements import agreement_at, events_of_agreement
from .parts import address, buyer_of, filled, ocid_of, prefixed, stamp
from .tenders import events_of_tender, tender_at

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
VERSION = "1.1"
# Those parts of the official extensions that are used, served by the portal itself: a file can be
# checked without a third host, and means the same when that host's branch moves on.
EXTENSIONS = ("lots", "techniques")
Process = Agreement | Tender


def extensions() -> list[str]:
    base = f"{settings.PORTAL_ORIGIN}{settings.STATIC_URL}ocds"
    return [f"{base}/{name}/extension.json" for name in EXTENSIONS]


def release(process: Process, at: datetime, tags: list[str]) -> dict:
    """Its ``id`` is that of its content: the same as long as it says the same."""
    is_agreement = isinstance(process, Agreement)
    ocid = ocid_of(process)
    told = filled(
        {
            "ocid": ocid,
            "date": stamp(at),
            "tag": tags,
            "initiationType": "tender",
            "language": "en",
            "buyer": buyer_of(process if is_agreement else process.lot.agreement),
            **(agreement_at(process, at) if is_agreement else tender_at(process, at)),
        }
    )
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return {"id": f"{ocid}-{'-'.join(tags)}-{digest[:12]}", **told}


def tags_of(process: Process, at: datetime) -> dict[datetime, list[str]]:
    """By the instant of each release that is out by ``at``."""
    events = events_of_agreement if isinstance(process, Agreement) else events_of_tender
    tags: dict[datetime, list[str]] = {}
    for when, tag in events(process):
        if when <= at and tag not in tags.setdefault(when, []):
            tags[when].append(tag)
    return tags


def releases_of(process: Process, at: datetime) -> list[dict]:
    """Every one that is out by ``at``, the oldest first; one for each instant."""
    return [release(process, when, tags) for when, tags in sorted(tags_of(process, at).items())]


def record_of(process: Process, at: datetime) -> dict | None:
    """All releases and what they come to; nothing while none is out.

    Each release tells the whole state, so they are merged to what the last one tells.
    """
    releases = releases_of(process, at)
    if not releases:
        return None
    last = releases[-1]
    compiled = {**last, "id": f"{last['id']}-compiled", "tag": ["compiled"]}
    return {"ocid": last["ocid"], "releases": releases, "compiledRelease": compiled}


def package(uri: str, kind: str, parts: list[dict]) -> dict:
    """``kind`` is releases or records. Dated by its last change, so it is the same till then.

    Raises ``Http404`` where there is nothing yet: the standard knows no empty package.
    """
    if not parts:
        raise Http404
    dates = [each.get("compiledRelease", each)["date"] for each in parts]
    return {
        "uri": uri,
        "version": VERSION,
        "extensions": extensions(),
        "publishedDate": max(dates, key=datetime.fromisoformat),
        "publisher": {"name": settings.COUNCIL_NAME, "uri": settings.PORTAL_ORIGIN},
        "license": LICENCE,
        "publicationPolicy": address("open_data"),
        kind: parts,
    }


def latest_releases(at: datetime, most: int) -> list[dict]:
    """The newest first. Of the tenders, only those are read of which something was told lately."""
    tenders = public_tenders(at)
    instants = ("published_at", "award__confirmed_at", "abandoned_at", "extensions__agreed_at")
    recent = {
        pk
        for field in instants
        for pk in tenders.filter(**{f"{field}__isnull": False})
        .order_by(f"-{field}", "-pk")
        .values_list("pk", flat=True)[:most]
    }
    processes = [*public_agreements(), *tenders.filter(pk__in=recent)]
    told = [(when, one, tags) for one in processes for when, tags in tags_of(one, at).items()]
    newest = sorted((when for when, _, _ in told), reverse=True)[:most]
    since = min(newest, default=at).replace(microsecond=0)  # a release is dated to the second
    releases = [release(one, when, tags) for when, one, tags in told if when >= since]
    releases.sort(key=lambda each: (datetime.fromisoformat(each["date"]), each["id"]), reverse=True)
    return releases[:most]


# ── Which ────────────────────────────────────────────────────────────────────────────────────
def public_agreements() -> QuerySet:
    parts = ("lots", "options", "rounds", "notice_tasks", "validity_changes")
    return Agreement.objects.public().prefetch_related(*parts).order_by("start", "pk")


def public_tenders(at: datetime) -> QuerySet:
    """In the order of their publication, so that a page once full stays as it is."""
    agreed = DeadlineExtension.objects.exclude(agreed_at=None).order_by("agreed_at", "pk")
    return (
        registers.published_tenders(at)
        .filter(published_at__lte=at)
        .select_related("award")
        .prefetch_related(
            "criteria",
            "lot__agreement__validity_changes",
            "award__contracts__extensions",
            Prefetch("extensions", queryset=agreed),
        )
        .order_by("published_at", "pk")
    )


def find_process(ocid: str, at: datetime) -> Process | None:
    reference = ocid.removeprefix(prefixed(""))
    for agreement in public_agreements().filter(Q(ocid=ocid) | Q(reference=reference)):
        if ocid_of(agreement) == ocid:
            return agreement
    return public_tenders(at).filter(reference=reference).first() if reference != ocid else None

"""Open data: what there is, the files themselves, and a feed of what was published last."""

from datetime import date, datetime

from django.conf import settings
from django.core.paginator import EmptyPage, InvalidPage, Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import MONTHS_IN_QUARTER, Quarter
from dps_portal.publication import award_packs, catalogue, ocds, rules, transparency
from dps_portal.ui import csv_files
from dps_portal.ui.acts import READ

from .acts import find_agreement, found_at

PROCESSES_A_PAGE = 100
IN_THE_FEED = 50
YEARS, QUARTERS = range(2000, 2100), range(1, 5)


@requires(Permission.PUBLIC, methods=READ)
def open_data(request):
    now = timezone.now()
    return render(
        request,
        "publication/open_data.html",
        {
            "licence": ocds.LICENCE,
            "prefix": settings.OCDS_PREFIX,
            "few": rules.FEWEST,
            "agreements": Agreement.objects.public().order_by("start", "pk"),
            "quarters": transparency.spend_quarters(timezone.localdate(now)),
            "spend_columns": transparency.SPEND_COLUMNS,
            "contract_columns": transparency.CONTRACT_COLUMNS,
            "catalogue": catalogue.script(),
            **found_at(request.path, catalogue.DESCRIPTION),
        },
    )


# ── Open Contracting ─────────────────────────────────────────────────────────────────────────
@requires(Permission.PUBLIC, methods=READ)
def release_package(request):
    now = timezone.now()
    return of_page(
        request,
        "releases",
        lambda process: ocds.releases_of(process, now),
    )


@requires(Permission.PUBLIC, methods=READ)
def record_package(request):
    now = timezone.now()
    return of_page(request, "records", lambda process: filter(None, [ocds.record_of(process, now)]))


def of_page(request, kind, parts_of):
    """The agreements, and a hundred tenders a page in the order of their publication.

    The header ``Link`` leads to the next page; there is no field for it in a package.
    """
    tenders = Paginator(ocds.public_tenders(timezone.now()), PROCESSES_A_PAGE)
    try:
        page = tenders.page(request.GET.get("page", 1))
    except (EmptyPage, InvalidPage) as wrong:
        raise Http404 from wrong
    processes = [*(ocds.public_agreements() if page.number == 1 else ()), *page.object_list]
    parts = [part for process in processes for part in parts_of(process)]
    base = settings.PORTAL_ORIGIN + request.path
    response = JsonResponse(ocds.package(f"{base}?page={page.number}", kind, parts))
    if page.has_next():
        response["Link"] = f'<{base}?page={page.next_page_number()}>; rel="next"'
    return response


@requires(Permission.PUBLIC, methods=READ)
def record(request, ocid):
    now = timezone.now()
    process = ocds.find_process(ocid, now)
    found = ocds.record_of(process, now) if process else None
    uri = settings.PORTAL_ORIGIN + request.path
    return JsonResponse(ocds.package(uri, "records", [found] if found else []))


@requires(Permission.PUBLIC, methods=READ)
def release_feed(request):
    now = timezone.now()
    home = settings.PORTAL_ORIGIN + reverse("publication:open_data")
    feed = Atom1Feed(
        title=f"{settings.COUNCIL_NAME}: contracting releases",
        link=home,
        description=catalogue.DESCRIPTION,
        language="en-GB",
        feed_url=settings.PORTAL_ORIGIN + request.path,
        feed_copyright="Open Government Licence v3.0",
    )
    for one in ocds.latest_releases(now, IN_THE_FEED):
        at = datetime.fromisoformat(one["date"])
        feed.add_item(
            title=f"{one['tender']['title']}: {', '.join(one['tag'])}",
            link=one["tender"]["submissionMethodDetails"],
            description=escape(one["tender"].get("description", "")),
            unique_id=f"{settings.PORTAL_ORIGIN}/{one['id']}",
            pubdate=at,
            updateddate=at,
            categories=one["tag"],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


# ── Transparency Code ────────────────────────────────────────────────────────────────────────
@requires(Permission.PUBLIC, methods=READ)
def contracts_csv(request):
    rows = transparency.contract_rows(timezone.localdate())
    return csv_files.download("contracts-register.csv", transparency.CONTRACT_COLUMNS, rows)


@requires(Permission.PUBLIC, methods=READ)
def spend_csv(request):
    """``?period=`` a month or a quarter; everything without it."""
    asked = request.GET.get("period", "")
    period = transparency.period_of(asked)
    if period is None:
        raise Http404
    rows = transparency.spend_rows(*period, timezone.localdate())
    name = f"spend-over-500-{asked}.csv" if asked else "spend-over-500.csv"
    return csv_files.download(name, transparency.SPEND_COLUMNS, rows)


# ── Awards of a quarter ──────────────────────────────────────────────────────────────────────
@requires(Permission.PUBLIC, methods=READ)
def award_pack(request, agreement, year, quarter):
    """What the notice of the quarter says; procurement records the notice from here."""
    one = find_agreement(agreement)
    today = timezone.localdate()
    if year not in YEARS or quarter not in QUARTERS:
        raise Http404
    asked = Quarter.of(date(year, MONTHS_IN_QUARTER * quarter, 1))
    pack = award_packs.pack_of(one, asked, today)
    name = f"{one.reference}-awards-{year}-Q{quarter}"
    match request.GET.get("download"):
        case "csv":
            rows = award_packs.rows_of(pack)
            return csv_files.download(f"{name}.csv", award_packs.COLUMNS, rows)
        case "json":
            return JsonResponse(award_packs.as_json(pack))
    signed_in = request.user.is_authenticated
    return render(
        request,
        "publication/award_pack.html",
        {
            "agreement": one,
            "pack": pack,
            "licence": ocds.LICENCE,
            "few": rules.FEWEST,
            "may_record": signed_in and request.user.may(Permission.RECORD_NOTICE),
            "is_over": today > asked.last_day,
            **found_at(request.path, f"{one.title}: awards of {asked}."),
        },
    )

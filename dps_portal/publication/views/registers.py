"""Public registers: who is admitted, what is tendered and what was awarded (R2.16)."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.publication import registers
from dps_portal.publication.forms import AwardFilterForm, LotFilterForm, TenderFilterForm
from dps_portal.ui.acts import READ, list_page
from dps_portal.ui.templatetags.portal import gbp
from tenders import rules, services
from tenders.models import Award

from .acts import find_agreement, found_at


@requires(Permission.PUBLIC, methods=READ)
def admitted_providers(request, agreement):
    one = find_agreement(agreement)
    form = LotFilterForm(request.GET, lots=one.lots.order_by("number"))
    wanted = form.asked()
    rows = registers.admitted_to(one, timezone.localdate())
    if wanted["q"]:
        rows = rows.filter(provider__name__icontains=wanted["q"])
    if wanted["lot"]:
        rows = rows.filter(lot__number=wanted["lot"])
    return list_page(
        request,
        "publication/admitted_providers.html",
        rows=rows,
        form=form,
        columns={
            "Provider": lambda row: row.provider.name,
            "Lot": lambda row: str(row.lot),
            "Admitted since": lambda row: row.admitted_on,
        },
        name=f"{one.reference}-admitted-providers",
        agreement=one,
        **found_at(request.path, f"{one.title}: the providers admitted today, by lot."),
    )


def name_winners(tenders):
    for one in tenders:
        one.winner = registers.winners_of(one)


@requires(Permission.PUBLIC, methods=READ)
def tender_list(request, agreement):
    one = find_agreement(agreement)
    form = TenderFilterForm(request.GET, lots=one.lots.order_by("number"), stages=registers.STAGES)
    wanted = form.asked()
    rows = registers.published_tenders(timezone.now()).filter(lot__agreement=one)
    if wanted["q"]:
        rows = registers.matching_tenders(rows, wanted["q"])
    if wanted["lot"]:
        rows = rows.filter(lot__number=wanted["lot"])
    if wanted["stage"]:
        rows = rows.filter(stage=wanted["stage"])
    return list_page(
        request,
        "publication/tender_list.html",
        rows=rows,
        form=form,
        columns={
            "Reference": lambda row: row.reference,
            "Title": lambda row: row.title,
            "Lot": lambda row: str(row.lot),
            "Published": lambda row: timezone.localdate(row.published_at),
            "Closes": lambda row: timezone.localtime(row.closes_at).isoformat(),
            "Stage": lambda row: row.stage,
            "Awarded to": registers.winners_of,
        },
        name=f"{one.reference}-tenders",
        prepare=name_winners,
        agreement=one,
        **found_at(request.path, f"{one.title}: tenders, open and past."),
    )


@requires(Permission.PUBLIC, methods=READ)
def tender(request, reference):
    one = get_object_or_404(registers.published_tenders(timezone.now()), reference=reference)
    award = Award.objects.filter(tender=one).exclude(confirmed_at=None).first()
    return render(
        request,
        "publication/tender.html",
        {
            "tender": one,
            "is_open": one.stage == registers.OPEN,
            "last_day": rules.last_day_of(one.contract_end),
            "criteria": one.criteria.order_by("position"),
            "words": services.model_in_words(one),
            "award": award,
            "bids": award and award.bids.in_order(),
            "contracts": award
            and award.contracts.select_related("provider", "award__tender").order_by("pk"),
            **found_at(request.path, f"{one.lot.agreement.title}: tender {one.reference}."),
        },
    )


@requires(Permission.PUBLIC, methods=READ)
def award_list(request, agreement):
    one = find_agreement(agreement)
    lines = registers.awards_by_quarter(registers.contracts_of(one))
    quarters = sorted({line.quarter for line in lines}, reverse=True)
    form = AwardFilterForm(request.GET, lots=one.lots.order_by("number"), quarters=quarters)
    wanted = form.asked()
    shown = [
        line
        for line in lines
        if wanted["q"].lower() in line.provider.name.lower()
        and wanted["lot"] in {"", str(line.lot.number)}
        and wanted["quarter"] in {"", str(line.quarter.start)}
    ]
    return list_page(
        request,
        "publication/award_list.html",
        rows=shown,
        form=form,
        columns={
            "Quarter": lambda line: str(line.quarter),
            "Lot": lambda line: str(line.lot),
            "Provider": lambda line: line.provider.name,
            "Awards": lambda line: line.awards,
            "Total value": lambda line: gbp(line.value_pence),
            "Latest award": lambda line: line.last_on,
        },
        name=f"{one.reference}-awards",
        agreement=one,
        packs=registers.told_quarters(one, quarters, timezone.localdate()),
        **found_at(request.path, f"{one.title}: contracts awarded, by quarter."),
    )

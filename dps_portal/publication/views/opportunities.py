"""The opportunity: an agreement and its lots (R2.9)."""

from collections import defaultdict
from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.documents.sniffing import KINDS
from dps_portal.publication import registers
from dps_portal.publication.forms import SearchForm
from dps_portal.publication.models import Question
from dps_portal.ui.acts import READ, list_page
from dps_portal.ui.templatetags.portal import day, moment
from providers.states import Criterion

from .acts import find_agreement, found_at

LATEST = 5
MOST_SHOWN = 10


@requires(Permission.PUBLIC, methods=READ)
def opportunity(request):
    """The agreement, or where there are several a list of them."""
    agreements = list(Agreement.objects.public().order_by("-start", "pk"))
    if not agreements:
        raise Http404
    if len(agreements) == 1:
        return page_of_agreement(request, agreements[0])
    return render(
        request,
        "publication/opportunity.html",
        {
            "agreements": [(one, one.end - timedelta(days=1)) for one in agreements],
            **found_at(request.path, "Dynamic purchasing systems that providers can join."),
        },
    )


@requires(Permission.PUBLIC, methods=READ)
def agreement(request, reference):
    return page_of_agreement(request, find_agreement(reference))


def page_of_agreement(request, one: Agreement):
    now = timezone.now()
    rounds = list(one.rounds.order_by("opens_at", "pk"))
    lots = list(one.lots.order_by("number"))
    admitted = defaultdict(list)
    for admission in registers.admitted_to(one, timezone.localdate(now)):
        admitted[admission.lot_id].append(admission)
    notices = one.notice_tasks.exclude(published_on=None).order_by("published_on", "pk")
    path = reverse("publication:agreement", args=[one.reference])
    return render(
        request,
        "publication/agreement.html",
        {
            "agreement": one,
            "last_day": one.end - timedelta(days=1),
            "joining": registers.joining(one, rounds, now),
            "lots": [(lot, admitted[lot.pk][:MOST_SHOWN], len(admitted[lot.pk])) for lot in lots],
            "criteria": Criterion.labels,
            "award_criteria": one.award_criteria.order_by("position"),
            "profile": [
                {"key": rule, "value": value} for rule, value in registers.rule_profile(one)
            ],
            "decide_days": registers.days(one.regime.decide_application),
            "extended_days": registers.days(one.regime.decide_application_extended),
            "options": [
                (option, option.end - timedelta(days=1))
                for option in one.options.order_by("number")
            ],
            "rounds_head": ["Opens", "Closes", "Notice"],
            "rounds": [
                [
                    moment(each.opens_at),
                    moment(each.closes_at),
                    each.notice_reference or "Not recorded",
                ]
                for each in rounds
                if one.regime.has_rounds
            ],
            "notices_head": ["Notice", "Published", "Reference"],
            "notices": [[each.what, day(each.published_on), each.reference] for each in notices],
            "file_kinds": KINDS,
            "documents": registers.documents_of(one),
            "tenders": registers.published_tenders(now).filter(lot__agreement=one)[:LATEST],
            "contracts": registers.contracts_of(one)[:LATEST],
            "questions": Question.objects.public().filter(agreement=one)[:LATEST],
            **may(request.user),
            **found_at(
                path,
                f"{one.authority}: {one.title}. A dynamic purchasing system: lots, ceilings, how "
                "to join, documents, admitted providers and awards.",
            ),
        },
    )


def may(user) -> dict[str, bool]:
    """What the council may do from a public page."""
    signed_in = user.is_authenticated
    return {
        "may_publish": signed_in and user.may(Permission.RECORD_NOTICE),
        "may_answer": signed_in and user.may(Permission.ANSWER_QUESTION),
    }


@requires(Permission.PUBLIC, methods=READ)
def lot(request, agreement, number):
    one = get_object_or_404(
        Lot.objects.filter(agreement__in=Agreement.objects.public()).select_related("agreement"),
        agreement__reference=agreement,
        number=number,
    )
    form = SearchForm(request.GET)
    rows = registers.admitted_to(one.agreement, timezone.localdate()).filter(lot=one)
    if text := form.asked()["q"]:
        rows = rows.filter(provider__name__icontains=text)
    return list_page(
        request,
        "publication/lot.html",
        rows=rows,
        form=form,
        columns={
            "Provider": lambda row: row.provider.name,
            "Admitted since": lambda row: row.admitted_on,
        },
        name=f"{one.agreement.reference}-lot-{one.number}-providers",
        lot=one,
        criteria=Criterion.labels,
        documents=registers.documents_of(one.agreement).filter(lot=one),
        **found_at(
            request.path,
            f"{one.agreement.title}, {one}: specification, highest weekly price, criteria and "
            "admitted providers.",
        ),
    )

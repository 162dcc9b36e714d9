"""What the pages share: finding a tender, trying an act, and what comes next."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.urls import reverse

from tenders.forms import ConfirmForm
from tenders.models import Tender
from tenders.states import TenderState

COLOURS = {
    TenderState.DRAFT: "grey",
    TenderState.PUBLISHED: "blue",
    TenderState.OPENED: "purple",
    TenderState.QUALITY_LOCKED: "purple",
    TenderState.RECOMMENDED: "yellow",
    TenderState.STANDSTILL: "yellow",
    TenderState.AWARDED: "green",
    TenderState.ABANDONED: "red",
}


def find_tender(request, reference) -> Tender:
    rows = Tender.objects.visible_to(request.user).select_related("lot__agreement", "drafted_by")
    return get_object_or_404(rows, reference=reference)


def confirmation(request, submit: str, *, is_destructive=False) -> ConfirmForm:
    """A form of one button; being sent at all is the answer."""
    data = request.POST if request.method == "POST" else None
    return ConfirmForm(data, submit=submit, is_destructive=is_destructive)


@dataclass(frozen=True)
class Act:
    """An act offered on a page, greyed out where there are objections."""

    label: str
    url: str
    objections: list[str]
    style: str = ""


def act_on(tender: Tender, name: str, label: str, objections=(), *, style="") -> Act:
    return Act(label, reverse(f"tenders:{name}", args=[tender.reference]), list(objections), style)

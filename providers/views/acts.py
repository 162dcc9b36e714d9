"""What the pages share: trying an act, finding an application, and lists."""

from collections.abc import Callable
from typing import TypeVar

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404

from dps_portal.refusals import Refused
from providers.models import Application, LotApplication

READ = ("GET", "HEAD")
PER_PAGE = 25
T = TypeVar("T")


def attempt(form, act: Callable[[], T]) -> T | None:
    """Do the act of a valid form; a refusal goes onto the form with every reason."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refusal:
        form.add_error(None, list(refusal.reasons))
        return None


def find(request, reference) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("provider", "agreement")
    return get_object_or_404(rows, reference=reference)


def find_lot(application: Application, number: int) -> LotApplication:
    """The lot of an application that the reader may see."""
    lot_application = get_object_or_404(application.lots_in_order(), lot__number=number)
    lot_application.application = application
    return lot_application


def page_of(request, rows):
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def answers_of(application: Application) -> dict:
    """What ``providers/_answers.html`` draws."""
    return {
        "application": application,
        "locations": application.held_locations(),
        "evidence": application.held_evidence(),
        "lots": application.lots_in_order(),
    }

"""What the pages share: trying an act, finding an application, and lists."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from providers.models import Application, LotApplication


def find(request, reference) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("provider", "agreement")
    return get_object_or_404(rows, reference=reference)


def find_lot(application: Application, number: int) -> LotApplication:
    """The lot of an application that the reader may see."""
    lot_application = get_object_or_404(application.lots_in_order(), lot__number=number)
    lot_application.application = application
    return lot_application


def grounds_of(application: Application) -> list[dict]:
    """Each declared ground, and whether it still counts (R3.1)."""
    if not hasattr(application, "declaration"):
        return []
    day = timezone.localdate()
    return [
        {"row": each, "is_live": each.rule().is_live(day), "until": each.rule().counts_until}
        for each in application.declaration.grounds_in_order()
    ]


def answers_of(application: Application) -> dict:
    """What ``providers/_answers.html`` draws."""
    return {
        "application": application,
        "locations": application.held_locations(),
        "grounds": grounds_of(application),
        "evidence": application.held_evidence(),
        "lots": application.lots_in_order(),
    }

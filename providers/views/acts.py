"""What the pages share: trying an act, finding an application, and lists."""

from django.shortcuts import get_object_or_404

from providers.models import Application, LotApplication


def find(request, reference) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("provider", "agreement")
    return get_object_or_404(rows, reference=reference)


def find_lot(application: Application, number: int) -> LotApplication:
    """The lot of an application that the reader may see."""
    lot_application = get_object_or_404(application.lots_in_order(), lot__number=number)
    lot_application.application = application
    return lot_application


def answers_of(application: Application) -> dict:
    """What ``providers/_answers.html`` draws."""
    return {
        "application": application,
        "locations": application.held_locations(),
        "evidence": application.held_evidence(),
        "lots": application.lots_in_order(),
    }

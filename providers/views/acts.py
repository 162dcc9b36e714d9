"""What the pages share: trying an act, finding an application, and lists."""

from functools import wraps

from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from dps_portal.accounts.roles import Permission
from providers.models import Application, LotApplication


def find(request, reference) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("provider", "agreement")
    return get_object_or_404(rows, reference=reference)


def for_review(view):
    """Hands the view the application, once its reader has declared their interests (R4.2).

    Who only reads, like an auditor, declares nothing.
    """

    @wraps(view)
    def declared(request, reference, **kwargs):
        one = find(request, reference)
        acts = request.user.may(Permission.ASSESS_APPLICATION) or request.user.may(
            Permission.DECIDE_APPLICATION
        )
        if acts and not one.interests.filter(person=request.user).exists():
            return redirect("providers:declare_interest", one.reference)
        return view(request, one, **kwargs)

    return declared


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

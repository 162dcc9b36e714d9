"""What the pages share: trying an act, what comes next, and lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse

from dps_portal.accounts.roles import Permission
from dps_portal.refusals import Refused

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


def attempt_at_once(request, act: Callable[[], object]) -> None:
    """Do an act that has a button and no form; a refusal is shown on the next page."""
    try:
        act()
    except Refused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)


@dataclass(frozen=True)
class Act:
    """An act offered on a page, greyed out where there are objections."""

    name: str
    label: str
    url: str
    objections: list[str]
    is_button: bool = False


def act_on(thing, name: str, label: str, objections: list[str], *, is_button=False) -> Act:
    url = reverse(f"placements:{name}", args=[thing.reference])
    return Act(name, label, url, objections, is_button)


def permitted(user, permission: Permission, who: str, objections: list[str]) -> list[str]:
    """The objections, or that this is not for the reader to do."""
    return objections if user.may(permission) else [f"{who} does this."]


def page_of(request, rows):
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))

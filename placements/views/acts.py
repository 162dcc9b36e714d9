"""What the pages share: trying an act, what comes next, and lists."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from placements.states import RequestKind

# Acts that lead off the way, so that their button is never the green one.
ASIDE = {
    *("discard_draft", "withdraw_referral", "record_not_eligible", "unallocate_referral"),
    *("hold_referral", "cancel_placement", "withdraw_request"),
    *("dispute_invoice", "reject_invoice", "discard_import"),
}


@dataclass(frozen=True)
class Act:
    """An act offered on a page, greyed out where there are objections."""

    name: str
    label: str
    url: str
    objections: list[str]
    is_button: bool = False

    @property
    def is_blocked(self) -> bool:
        return bool(self.objections)

    @property
    def is_aside(self) -> bool:
        return self.name in ASIDE


def act_on(thing, name: str, label: str, objections: list[str], *, args=(), is_button=False) -> Act:
    url = reverse(f"placements:{name}", args=[thing.reference, *args])
    return Act(name, label, url, objections, is_button)


def permitted(user, permission: Permission, who: str, objections: list[str]) -> list[str]:
    """The objections, or that this is not for the reader to do."""
    return objections if user.may(permission) else [f"{who} does this."]


def slug_of(kind: RequestKind) -> str:
    """The kind of a request as it stands in an address."""
    return kind.value.replace("_", "-")


def act_page(request, thing, form, act, *, done: str, template: str = "", **context):
    """The page of one act on ``thing``: its form, until the act is done; ``done`` tells so.

    The template is named as the view is, unless several acts share one.
    """
    if attempt(form, act):
        messages.success(request, done)
        return redirect(thing)
    name = template or f"placements/{request.resolver_match.url_name}.html"
    return render(request, name, context | {"form": form})


def placement_act(request, placement, form, *, service, done: str, **context):
    """``act_page`` of a service that takes the placement and what its form says."""

    def act():
        return service(placement=placement, **form.cleaned_data, by=request.user, at=timezone.now())

    return act_page(request, placement, form, act, done=done, placement=placement, **context)


def sent(request):
    """What a form is bound to: all that was sent, even nothing; ``None`` on the way to it."""
    return request.POST if request.method == "POST" else None

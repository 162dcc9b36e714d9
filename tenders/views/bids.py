"""Handing in a bid and taking it back, and what its provider keeps as proof."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.refusals import Refused
from dps_portal.ui.acts import READ, attempt
from tenders import rules, services

from .acts import confirmation
from .invitations import find


@requires(Permission.SUBMIT_BID)
def submit_bid(request, reference):
    one = find(request, reference)
    now = timezone.now()
    form = confirmation(request, "Submit bid")
    if attempt(form, lambda: services.submit_bid(invitation=one, by=request.user, at=now)):
        messages.success(request, "Your bid is sealed. Keep the receipt.")
        return redirect(one)
    one = find(request, reference)
    own = services.own_bid(one)
    criteria = services.criteria_of(one)
    return render(
        request,
        "tenders/submit_bid.html",
        {
            "invitation": one,
            "tender": one.tender,
            "form": form,
            "own": own,
            "answers": [(each, own.answer(each), own.files(each)) for each in criteria],
            "unfinished": [
                each for each in criteria if str(each.position) not in own.draft["finished"]
            ],
            "objections": services.objections_to_submission(one, own, now),
        },
    )


@requires(Permission.SUBMIT_BID)
def withdraw_bid(request, reference):
    one = find(request, reference)
    now = timezone.now()
    form = confirmation(request, "Withdraw bid", is_destructive=True)
    if attempt(form, lambda: services.withdraw_bid(invitation=one, by=request.user, at=now)):
        messages.success(request, "Your bid is withdrawn. The draft is still here.")
        return redirect(one)
    objections = services.objections_to_bidding(one, now) + rules.objections_to_withdrawal(
        has_bid=services.own_bid(one).submitted is not None
    )
    return render(
        request,
        "tenders/withdraw_bid.html",
        {"invitation": one, "tender": one.tender, "form": form, "objections": objections},
    )


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def receipt(request, reference):
    return own_download(request, reference, services.receipt_text, "text/plain", "receipt-{}.txt")


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def bid_content(request, reference):
    """What was sealed, byte by byte: its SHA-256 is the digest in the receipt."""
    return own_download(
        request, reference, services.sealed_content, "application/json", "bid-{}.json"
    )


def own_download(request, reference, make, kind, name):
    """What ``make`` gives for a submitted bid, as a file; without a bid there is none."""
    one = find(request, reference)
    try:
        content = make(one)
    except Refused as refusal:
        raise Http404 from refusal
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name.format(one.tender)}"'
    return response

"""Files of a bid, as its provider puts them in, takes them out and looks at them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.documents.serving import as_download
from dps_portal.refusals import Refused
from dps_portal.ui.acts import ACT, READ, attempt, attempt_at_once
from tenders import services
from tenders.forms import AttachmentForm

from .invitations import find


@requires(Permission.DRAFT_BID)
def attach_file(request, reference, position):
    one = find(request, reference)
    now = timezone.now()
    criterion = get_object_or_404(one.tender.criteria, position=position)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    if attempt(
        form,
        lambda: services.attach_file(
            invitation=one,
            criterion=criterion,
            name=form.cleaned_data["file"].name,
            content=form.cleaned_data["file"].read(),
            by=request.user,
            at=now,
        ),
    ):
        messages.success(request, "The file is in your draft. It is not submitted yet.")
        return redirect("tenders:edit_answer", reference, position)
    return render(
        request,
        "tenders/attach_file.html",
        {
            "invitation": one,
            "tender": one.tender,
            "criterion": criterion,
            "form": form,
            "objections": services.objections_to_bidding(one, now)
            + services.objections_to_attaching(criterion, services.own_bid(one)),
        },
    )


@requires(Permission.DRAFT_BID, methods=ACT)
def remove_file(request, reference, number):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.remove_file(
            invitation=one, number=number, by=request.user, at=timezone.now()
        ),
    )
    return redirect("tenders:bid_task_list", reference)


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def own_file(request, reference, number):
    """The provider's own file out of its cell."""
    one = find(request, reference)
    try:
        found = services.own_file(one, number)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return redirect(one)
    if found is None:
        raise Http404
    facts, content = found
    return as_download(content, name=facts["name"], media_type=facts["media_type"])

"""Declarations of interest, the opening, and the bids that come out of it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.documents.serving import download
from dps_portal.ui.acts import READ, attempt
from tenders import rules, services
from tenders.forms import InterestForm
from tenders.models import Attachment, Bid, ConsensusScore, Letter, Price, Response
from tenders.states import TenderState

from .acts import confirmation, find_tender


@requires(Permission.VIEW_TENDERS)
def declare_interest(request, reference):
    one = find_tender(request, reference)
    form = InterestForm(request.POST or None)
    if attempt(
        form,
        lambda: services.declare_interest(
            tender=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Your declaration on tender {one} is recorded.")
        return redirect(one)
    return render(
        request,
        "tenders/declare_interest.html",
        {
            "tender": one,
            "form": form,
            "invitations": one.invitations.without_envelopes()
            .select_related("provider")
            .order_by("provider__name"),
            "objections": rules.objections_to_declaration(
                state=TenderState(one.state), declared=services.interest_of(one, request.user)
            ),
        },
    )


@requires(Permission.OPEN_BIDS)
def open_bids(request, reference):
    now = timezone.now()
    one = find_tender(request, reference)
    form = confirmation(request, "Approve the opening")
    done = attempt(form, lambda: services.open_bids(tender=one, by=request.user, at=now))
    if done:
        opened = done.state == TenderState.OPENED
        messages.success(
            request,
            f"The bids of tender {one} are open."
            if opened
            else "Your approval is recorded. The bids open when another officer approves too.",
        )
        return redirect(one)
    return render(
        request,
        "tenders/open_bids.html",
        {
            "tender": one,
            "form": form,
            "approvals": one.opening_approvals.select_related("officer").order_by("at"),
            "objections": services.objections_to_opening(one, request.user, now),
        },
    )


@requires(Permission.VIEW_TENDERS, methods=READ)
def bid(request, reference, provider):
    """What a bid answers, and as much of its evaluation as the reader may see."""
    one = get_object_or_404(
        Bid.objects.visible_to(request.user).select_related("tender", "provider"),
        tender__reference=reference,
        provider__reference=provider,
    )
    responses = Response.objects.visible_to(request.user).filter(bid=one)
    agreed = ConsensusScore.objects.visible_to(request.user).filter(response__bid=one)
    consensus = {score.response_id: score for score in agreed}
    return render(
        request,
        "tenders/bid.html",
        {
            "bid": one,
            "tender": one.tender,
            "answers": [
                (response, consensus.get(response.pk))
                for response in responses.select_related(
                    "criterion", "bid__tender", "bid__provider"
                )
                .prefetch_related("attachments__document")
                .in_order()
            ],
            "letter": Letter.objects.visible_to(request.user)
            .filter(tender=one.tender, provider=one.provider)
            .first(),
            "price": Price.objects.visible_to(request.user)
            .select_related("bid__tender")
            .filter(bid=one)
            .first(),
        },
    )


@requires(Permission.VIEW_TENDERS, methods=READ)
def attachment(request, reference, provider, document):
    """A file that came with an answer, for whoever may read the answer."""
    one = get_object_or_404(
        Attachment.objects.visible_to(request.user).select_related("document"),
        response__bid__tender__reference=reference,
        response__bid__provider__reference=provider,
        document=document,
    )
    return download(one.document)

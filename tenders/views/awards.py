"""The ranking with its working, the recommendation and the decision."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from tenders import services
from tenders.forms import ApprovalForm, RecommendationForm
from tenders.models import Bid, Tender

from .acts import find_tender


def find_priced_tender(request, reference) -> Tender:
    """A tender whose prices the reader may see; for others there is no ranking."""
    one = find_tender(request, reference)
    if not Tender.objects.prices_shown_to(request.user).filter(pk=one.pk).exists():
        raise Http404
    return one


@requires(Permission.VIEW_EVALUATION, methods=READ)
def ranking(request, reference):
    one = find_priced_tender(request, reference)
    return render(
        request,
        "tenders/ranking.html",
        {
            "tender": one,
            "places": services.ranking(one),
            "criteria": one.criteria.order_by("position"),
        },
    )


@requires(Permission.RECOMMEND_AWARD)
def recommend_award(request, reference):
    one = find_priced_tender(request, reference)
    bids = Bid.objects.visible_to(request.user).filter(tender=one).intact()
    form = RecommendationForm(request.POST or None, bids=bids.select_related("provider").in_order())
    if attempt(
        form,
        lambda: services.recommend_award(
            tender=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"The award of tender {one} is recommended.")
        return redirect(one)
    return render(
        request,
        "tenders/recommend_award.html",
        {
            "tender": one,
            "form": form,
            "places": services.ranking(one),
            "objections": services.objections_to_recommendation(one, request.user, timezone.now()),
        },
    )


@requires(Permission.APPROVE_AWARD)
def approve_award(request, reference):
    now = timezone.now()
    one = find_priced_tender(request, reference)
    form = ApprovalForm(request.POST or None)
    if attempt(
        form,
        lambda: services.approve_award(tender=one, **form.cleaned_data, by=request.user, at=now),
    ):
        messages.success(request, f"Tender {one} is awarded. The letters are on their way.")
        return redirect(one)
    return render(
        request,
        "tenders/approve_award.html",
        {
            "tender": one,
            "form": form,
            "award": getattr(one, "award", None),
            "places": services.ranking(one),
            "objections": services.objections_to_approval(one, request.user, now),
        },
    )

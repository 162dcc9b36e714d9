"""The scores that the panel agrees, up to the quality lock."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from tenders import rules, services
from tenders.forms import PointsForm
from tenders.models import ConsensusScore, Response, Score

from .acts import confirmation, find_tender
from .responses import by_bid, find_response, way_through


@requires(Permission.MODERATE_SCORES, methods=READ)
def moderate_scores(request, reference):
    """Every answer with what was agreed for it so far."""
    one = find_tender(request, reference)
    agreed = ConsensusScore.objects.visible_to(request.user).filter(response__bid__tender=one)
    agreed = agreed.exclude(response__in=services.unagreed(one))
    points = dict(agreed.values_list("response", "points"))
    return render(
        request,
        "tenders/moderate_scores.html",
        {
            "tender": one,
            "bids": by_bid(request.user, one, "moderate_response", points),
            "done": len(points),
            "total": Response.objects.visible_to(request.user).filter(bid__tender=one).count(),
            "objections": services.objections_to_moderation(one, request.user, timezone.now()),
        },
    )


@requires(Permission.MODERATE_SCORES)
def moderate_response(request, reference, provider, position):
    one = find_response(request, reference, provider, position)
    tender = one.bid.tender
    agreed = ConsensusScore.objects.visible_to(request.user).filter(response=one)
    form = PointsForm(
        request.POST or None,
        scale_max=tender.score_scale_max,
        scale=tender.scale,
        submit="Record agreed score",
        reason_help="The bidder reads this, and where it wins the others do too. "
        "Say what earned the score and what was missing; name no evaluator.",
        initial=agreed.values("points", "reason").first(),
    )
    if attempt(
        form,
        lambda: services.moderate_response(
            response=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"The agreed score for {one.criterion} is recorded.")
        return redirect("tenders:moderate_scores", tender.reference)
    scores = Score.objects.visible_to(request.user).filter(response=one)
    valid = set(services.valid_scores(tender).filter(response=one).values_list("pk", flat=True))
    given = [score.points for score in scores if score.pk in valid]
    return render(
        request,
        "tenders/moderate_response.html",
        {
            "tender": tender,
            "response": one,
            "form": form,
            "scores": scores.select_related("evaluator").order_by("evaluator__name"),
            "valid": valid,
            "spread": max(given) - min(given) if given else None,
            "wide": rules.WIDE_SPREAD,
            "way": way_through(request.user, one, "moderate_response"),
            "objections": services.objections_to_moderation(tender, request.user, timezone.now()),
        },
    )


@requires(Permission.LOCK_QUALITY)
def lock_quality(request, reference):
    one = find_tender(request, reference)
    form = confirmation(request, "Lock quality and reveal prices", is_destructive=True)
    if attempt(
        form,
        lambda: services.lock_quality(tender=one, by=request.user, at=timezone.now()),
    ):
        messages.success(request, f"Quality of tender {one} is locked and the prices are revealed.")
        return redirect("tenders:ranking", one.reference)
    return render(
        request,
        "tenders/lock_quality.html",
        {
            "tender": one,
            "form": form,
            "objections": services.objections_to_lock(one, request.user, timezone.now()),
        },
    )

"""What each evaluator gives, and nobody else sees before it is complete."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from tenders import services
from tenders.forms import PointsForm
from tenders.models import Response, Score

from .acts import find_tender
from .responses import answers_to, by_bid, find_response, page_of, way_through


@requires(Permission.SCORE_BIDS, methods=READ)
def score_bids(request, reference):
    """Every answer that the evaluator scores, with its own progress and nobody else's."""
    one = find_tender(request, reference)
    own = Score.objects.visible_to(request.user).filter(evaluator=request.user)
    points = dict(own.filter(response__bid__tender=one).values_list("response", "points"))
    return render(
        request,
        "tenders/score_bids.html",
        {
            "tender": one,
            "bids": by_bid(request.user, one, "score_response", points),
            "done": len(points),
            "total": Response.objects.visible_to(request.user).filter(bid__tender=one).count(),
            "objections": services.objections_to_scoring(one, request.user),
        },
    )


@requires(Permission.SCORE_BIDS)
def score_response(request, reference, provider, position):
    one = find_response(request, reference, provider, position)
    tender = one.bid.tender
    own = Score.objects.visible_to(request.user).filter(response=one, evaluator=request.user)
    overview = reverse("tenders:score_bids", args=[tender.reference])
    form = PointsForm(
        request.POST or None,
        scale_max=tender.score_scale_max,
        scale=tender.scale,
        submit="Save score",
        initial=own.values("points", "reason").first(),
    )
    if attempt(
        form,
        lambda: services.score_response(
            response=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Your score for {one.criterion} is saved.")
        return redirect(next_to_score(request.user, one) or overview)
    scores = Score.objects.visible_to(request.user).filter(response=one)
    return render(
        request,
        "tenders/score_response.html",
        {
            "tender": tender,
            "response": one,
            "form": form,
            "scores": scores.exclude(evaluator=request.user).select_related("evaluator"),
            "way": way_through(request.user, one, "score_response"),
            "objections": services.objections_to_scoring(tender, request.user),
        },
    )


def next_to_score(user, response) -> str | None:
    """The answer after this one, or from the start, that the person has not scored."""
    tender = response.bid.tender
    answers = list(answers_to(user, tender))
    place = answers.index(response)
    own = Score.objects.filter(evaluator=user, response__in=answers)
    scored = set(own.values_list("response", flat=True))
    for one in answers[place + 1 :] + answers[:place]:
        if one.pk not in scored:
            return page_of("score_response", tender, one)
    return None

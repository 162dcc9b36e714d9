"""From the opening to the quality lock: declarations, bids, scores and their moderation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.documents.serving import download
from dps_portal.ui.acts import READ, attempt
from tenders import rules, services
from tenders.forms import InterestForm, PointsForm
from tenders.models import Attachment, Bid, ConsensusScore, Price, Response, Score
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


def find_response(request, reference, provider, position) -> Response:
    rows = Response.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("bid__tender", "bid__provider", "criterion"),
        bid__tender__reference=reference,
        bid__provider__reference=provider,
        criterion__position=position,
    )


def answers_to(user, tender):
    """Every answer of every bid that the person may read, in the order of the pages."""
    rows = Response.objects.visible_to(user).filter(bid__tender=tender)
    return rows.select_related("bid__provider", "criterion").in_order()


def page_of(act: str, tender, response) -> str:
    place = [tender.reference, response.bid.provider.reference, response.criterion.position]
    return reverse(f"tenders:{act}", args=place)


def way_through(user, response, act: str) -> dict:
    """Where this answer stands among those of all bids, with its neighbours."""
    tender = response.bid.tender
    answers = list(answers_to(user, tender))
    place = answers.index(response)

    def link(at):
        if not 0 <= at < len(answers):
            return None
        one = answers[at]
        text = f"{one.bid.provider.name}: {one.criterion.name}"
        return {"url": page_of(act, tender, one), "text": text}

    return {
        "number": place + 1,
        "total": len(answers),
        "previous": link(place - 1),
        "next": link(place + 1),
    }


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


def by_bid(user, tender, act: str, points: dict) -> list:
    """``(provider's name, task list)`` for each bid whose answers the person may read."""
    bids = {}
    for response in answers_to(user, tender):
        given = points.get(response.pk)
        _, answers = bids.setdefault(response.bid_id, (response.bid.provider.name, []))
        answers.append(
            {
                "text": response.criterion.name,
                "url": page_of(act, tender, response),
                "status": "To do" if given is None else f"{given} of {tender.score_scale_max}",
                "colour": "blue" if given is None else None,
            }
        )
    return list(bids.values())

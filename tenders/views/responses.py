"""The answers of all bids, and the way from one to the next."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from tenders.models import Response


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

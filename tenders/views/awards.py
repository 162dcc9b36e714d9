"""The ranking with its working, the recommendation and the decision."""

from fractions import Fraction

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import gbp
from dps_portal.ui.acts import READ, attempt
from tenders import services
from tenders.forms import ApprovalForm, RecommendationForm
from tenders.models import Award, Bid, Evaluation, LowPriceCheck, Tender
from tenders.rules import two_places
from tenders.states import TenderState

from .acts import confirmation, find_tender


def find_priced_tender(request, reference) -> Tender:
    """A tender whose prices the reader may see; for others there is no ranking."""
    one = find_tender(request, reference)
    if not Tender.objects.prices_shown_to(request.user).filter(pk=one.pk).exists():
        raise Http404
    return one


@requires(Permission.VIEW_EVALUATION, methods=READ)
def ranking(request, reference):
    one = find_priced_tender(request, reference)
    places = services.ranking(one)
    names = {place.bid.provider.reference: place.bid.provider.name for place in places}
    ceiling = one.lot.ceiling_weekly_pence
    highest = {
        place.bid.provider.reference: place.quote.at(ceiling).compared_pence
        for place in places
        if place.quote
    }
    margins = [_told(margin, names, one, highest) for margin in services.margins(one)]
    checks = LowPriceCheck.objects.visible_to(request.user).filter(bid__tender=one)
    is_checking = one.state == TenderState.QUALITY_LOCKED
    return render(
        request,
        "tenders/ranking.html",
        {
            "tender": one,
            "places": places,
            "expected": services.expected_winners(one, places),
            "margins": margins,
            "close": len([margin for margin in margins if margin["is_close"]]),
            "versions": _versions(one, request.user, names),
            "unexplained": services.unexplained(one) if is_checking else [],
            "asked": set(checks.values_list("bid", flat=True)),
            "checks": checks.select_related("bid__provider", "decided_by").order_by("asked_at"),
            "may_check_again": request.user.may(Permission.VIEW_AUDIT),
            "may_check": is_checking and request.user.may(Permission.LOCK_QUALITY),
        },
    )


def _told(margin, names, tender, highest) -> dict:
    """A margin in words: what it is, between what it changes nothing, and where it would.

    ``highest`` is each bid's price, were a week of it to cost the ceiling.
    """
    is_price = margin.kind == "price"

    def value(number):
        return gbp(number) if is_price else f"{number}"

    what = {
        "price_weight": "Weight of the price",
        "weight": f"Weight of “{margin.criterion}”",
        "price": f"Price of {names.get(margin.bid)}",
        "score": f"Score of {names.get(margin.bid)} for “{margin.criterion}”",
    }
    least = 1 if is_price else 0
    most = {
        "score": tender.score_scale_max,
        "price": max(highest.get(margin.bid, 0), margin.now),
    }.get(margin.kind, 100)
    low = least if margin.down is None else margin.down + 1
    high = most if margin.up is None else margin.up - 1
    changes = [f"at {value(number)}" for number in (margin.down, margin.up) if number is not None]
    return {
        "what": what[margin.kind],
        "now": value(margin.now),
        "same": f"{value(low)} to {value(high)}" if low < high else f"{value(low)} alone",
        "changes": " and ".join(changes),
        "is_close": margin.kind == "score"
        and (margin.down == margin.now - 1 or margin.up == margin.now + 1),
    }


def _versions(one, user, names) -> list:
    """Each version of the ranking in its order, with what it changed of the one before."""
    versions, before = [], {}
    rows = Evaluation.objects.visible_to(user).filter(tender=one).select_related("by")
    for each in rows.order_by("version"):
        places = [
            {
                "name": names.get(place["provider"], place["provider"]),
                "rank": place["rank"],
                "excluded": place["excluded"],
                "total": two_places(Fraction(place["total"])),
                "change": _change(before.get(place["provider"]), place),
            }
            for place in each.ranking
        ]
        versions.append({"version": each, "places": places})
        before = {place["provider"]: place for place in each.ranking}
    return versions


def _change(before: dict | None, now: dict) -> str:
    if before is None or (before["rank"] == now["rank"] and before["total"] == now["total"]):
        return "" if before is None else "As before"
    was = f"rank {before['rank']}" if before["rank"] else "excluded"
    if now["excluded"]:
        return f"Excluded now, was {was}"
    if before["rank"] == now["rank"]:
        return f"Same rank, total was {two_places(Fraction(before['total']))}"
    moved = "Up" if now["rank"] < (before["rank"] or now["rank"] + 1) else "Down"
    return f"{moved}, was {was} with {two_places(Fraction(before['total']))}"


@requires(Permission.RECOMMEND_AWARD)
def recommend_award(request, reference):
    one = find_priced_tender(request, reference)
    places = services.ranking(one)
    expected = services.expected_winners(one, places)
    bids = Bid.objects.visible_to(request.user).filter(tender=one).intact()
    form = RecommendationForm(
        request.POST or None,
        bids=bids.in_order(),
        initial={"bids": expected},
    )
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
            "places": places,
            "expected": expected,
            "objections": services.objections_to_recommendation(one, request.user, timezone.now()),
        },
    )


@requires(Permission.APPROVE_AWARD)
def approve_award(request, reference):
    now = timezone.now()
    one = find_priced_tender(request, reference)
    award = getattr(one, "award", None)
    standings = services.standings(one, now)
    today = timezone.localdate(now)
    form = ApprovalForm(
        request.POST or None,
        initial={"decided_as": services.job_of(request.user, Permission.APPROVE_AWARD)},
        departs=bool(award and award.departure),
        is_overdue=any(each.asked and each.asked.due_on < today for each in standings),
        standstill_last_day=services.standstill_last_day(one, now),
    )
    contracts = attempt(
        form,
        lambda: services.approve_award(tender=one, **form.cleaned_data, by=request.user, at=now),
    )
    if contracts is not None:
        done = "awarded" if contracts else "in standstill"
        messages.success(request, f"Tender {one} is {done}. The letters are on their way.")
        return redirect(one)
    return render(
        request,
        "tenders/approve_award.html",
        {
            "tender": one,
            "form": form,
            "award": award,
            "bids": award and award.bids.in_order(),
            "places": services.ranking(one),
            "standings": standings,
            "today": today,
            "objections": services.objections_to_approval(one, request.user, now),
        },
    )


@requires(Permission.APPROVE_AWARD)
def confirm_award(request, reference):
    now = timezone.now()
    one = find_priced_tender(request, reference)
    form = confirmation(request, "Confirm award")
    if attempt(form, lambda: services.confirm_award(tender=one, by=request.user, at=now)):
        messages.success(request, f"Tender {one} is awarded. The contracts are made.")
        return redirect(one)
    award = Award.objects.visible_to(request.user).filter(tender=one).first()
    return render(
        request,
        "tenders/confirm_award.html",
        {
            "tender": one,
            "form": form,
            "award": award,
            "bids": award and award.bids.in_order(),
            "objections": services.objections_to_confirmation(one, request.user, now),
        },
    )


@requires(Permission.VIEW_TENDERS, methods=READ)
def decision_record(request, reference):
    """What an officer decided under delegation, to print or publish (R4.7)."""
    one = find_tender(request, reference)
    rows = Award.objects.visible_to(request.user).exclude(approved_at=None)
    award = get_object_or_404(
        rows.select_related("recommended_by", "approved_by", "confirmed_by"), tender=one
    )
    return render(
        request,
        "tenders/decision_record.html",
        {
            "tender": one,
            "award": award,
            "bids": award.bids.in_order(),
            "contracts": award.contracts.select_related("provider", "award__tender").order_by("pk"),
        },
    )

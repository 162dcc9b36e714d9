"""A price that looks abnormally low: the question, the bidder's words, the decision."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import services
from tenders.forms import ExplanationForm, PriceDecisionForm, PriceQuestionForm
from tenders.models import Bid, LowPriceCheck, Price


def find_priced_bid(request, reference, provider) -> Bid:
    priced = Price.objects.visible_to(request.user).values("bid")
    rows = Bid.objects.visible_to(request.user).filter(pk__in=priced)
    return get_object_or_404(
        rows.select_related("tender__lot__agreement", "provider", "price"),
        tender__reference=reference,
        provider__reference=provider,
    )


@requires(Permission.LOCK_QUALITY)
def ask_explanation(request, reference, provider):
    now = timezone.now()
    bid = find_priced_bid(request, reference, provider)
    form = PriceQuestionForm(request.POST or None)
    if attempt(
        form,
        lambda: services.ask_explanation(bid=bid, **form.cleaned_data, by=request.user, at=now),
    ):
        messages.success(request, f"{bid.provider.name} is asked to explain its price.")
        return redirect("tenders:ranking", reference)
    objections = services.objections_to_asking(bid, request.user, now)
    facts = {"tender": bid.tender, "bid": bid, "form": form, "objections": objections}
    return render(request, "tenders/ask_explanation.html", facts)


@requires(Permission.LOCK_QUALITY)
def decide_price(request, reference, provider):
    now = timezone.now()
    bid = find_priced_bid(request, reference, provider)
    form = PriceDecisionForm(request.POST or None)
    done = attempt(
        form, lambda: services.decide_price(bid=bid, **form.cleaned_data, by=request.user, at=now)
    )
    if done:
        word = "accepted" if done.is_accepted else "rejected, and all bids are ranked afresh"
        messages.success(request, f"The price of {bid.provider.name} is {word}.")
        return redirect("tenders:ranking", reference)
    check = LowPriceCheck.objects.visible_to(request.user).filter(bid=bid).first()
    objections = services.objections_to_deciding(bid, request.user, now)
    facts = {"tender": bid.tender, "bid": bid, "form": form, "check": check}
    return render(request, "tenders/decide_price.html", facts | {"objections": objections})


@requires(Permission.SUBMIT_BID)
def explain_price(request, reference):
    """The bidder's own page."""
    rows = LowPriceCheck.objects.visible_to(request.user).select_related("bid__tender")
    check = get_object_or_404(rows, bid__tender__reference=reference)
    form = ExplanationForm(request.POST or None, initial={"answer": check.answer})
    if attempt(
        form,
        lambda: services.explain_price(
            check=check, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "Your explanation is sent to the council.")
        return redirect("tenders:invitation", reference)
    objections = services.objections_to_explaining(check)
    facts = {"tender": check.bid.tender, "check": check, "form": form, "objections": objections}
    return render(request, "tenders/explain_price.html", facts)

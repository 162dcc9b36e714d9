"""“Tell me when it opens”: the links in mails show a button, since scanners follow every link."""

from allauth.core import ratelimit
from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.publication import services
from dps_portal.publication.forms import ConfirmForm, SubscribeForm
from dps_portal.publication.models import Subscription

from .acts import find_agreement


@requires(Permission.PUBLIC)
def subscribe(request, agreement):
    """The answer is the same for every address, known or not."""
    one = find_agreement(agreement)
    if not one.regime.has_rounds:
        raise Http404
    form = SubscribeForm(request.POST or None)
    if form.is_valid():
        if ratelimit.consume(request, action="subscribe"):
            services.subscribe(agreement=one, email=form.cleaned_data["email"], at=timezone.now())
            messages.success(
                request,
                "We have sent a link to the address you gave. Open it within "
                f"{services.CONFIRM_WITHIN.days} days to confirm that the address is yours. "
                "A second link on the same day is not sent.",
            )
            return redirect("publication:agreement", one.reference)
        form.add_error(None, "Too many addresses were sent from here. Try again in an hour.")
    return render(request, "publication/subscribe.html", {"agreement": one, "form": form})


def by_link(token, purpose, max_age=None) -> Subscription | None:
    try:
        pk = signing.loads(token, salt=purpose, max_age=max_age)
    except signing.BadSignature:
        return None
    return Subscription.objects.filter(pk=pk).select_related("agreement").first()


def pressed(request, subscription, act, submit):
    """The page of one button: GET shows it, POST does the act."""
    if subscription is None:
        return render(request, "publication/dead_link.html", status=404)
    name = act.__name__
    form = ConfirmForm(request.POST if request.method == "POST" else None, submit=submit)
    is_done = form.is_valid()
    if is_done:
        act(subscription=subscription, at=timezone.now())
    context = {"subscription": subscription, "form": form, "is_done": is_done}
    return render(request, f"publication/{name}.html", context)


@requires(Permission.PUBLIC)
def confirm_subscription(request, token):
    subscription = by_link(token, services.CONFIRM, services.CONFIRM_WITHIN)
    return pressed(request, subscription, services.confirm_subscription, "Confirm my address")


@requires(Permission.PUBLIC)
def unsubscribe(request, token):
    subscription = by_link(token, services.END)
    return pressed(request, subscription, services.unsubscribe, "Stop these e-mails")

"""Telling an address when applications open, after its holder has confirmed it."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dps_portal.agreements.models import Agreement, Round
from dps_portal.audit import trail
from dps_portal.notifications.models import Notification
from dps_portal.notifications.services import notify
from dps_portal.publication.models import Subscription

# What a signed link is good for.
CONFIRM = "publication.confirm_subscription"
END = "publication.unsubscribe"
CONFIRM_WITHIN = timedelta(days=3)


@transaction.atomic
def subscribe(*, agreement: Agreement, email: str, at: datetime) -> Subscription:
    """Send a link to confirm the address, whether or not it is known; one a day at most."""
    subscription, _ = Subscription.objects.get_or_create(
        agreement=agreement, email=email.lower(), defaults={"asked_at": at}
    )
    Subscription.objects.filter(pk=subscription.pk).update(asked_at=at)
    notify(
        subscription.email,
        "publication/emails/confirm_subscription.txt",
        at=at,
        key=f"subscription-asked:{subscription.pk}:{timezone.localdate(at)}",
        agreement=agreement,
        days=CONFIRM_WITHIN.days,
        path=_link("confirm_subscription", CONFIRM, subscription),
        unsubscribe=_link("unsubscribe", END, subscription),
    )
    return subscription


@transaction.atomic
def confirm_subscription(*, subscription: Subscription, at: datetime) -> Subscription:
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    if subscription.confirmed_at is None or subscription.ended_at is not None:
        subscription.confirmed_at, subscription.ended_at = at, None
        subscription.save()
        trail.record("subscription.confirmed", subscription, by=None, at=at)
    return subscription


@transaction.atomic
def unsubscribe(*, subscription: Subscription, at: datetime) -> Subscription:
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    if subscription.ended_at is None:
        subscription.ended_at = at
        subscription.save()
        trail.record("subscription.ended", subscription, by=None, at=at)
    return subscription


def tell_of_open_rounds(*, at: datetime) -> int:
    """Owe each confirmed address one message a round; returns how many are newly owed."""
    rounds = Round.objects.filter(
        agreement__published=True, opens_at__lte=at, closes_at__gt=at
    ).select_related("agreement")
    return sum(_tell(one, at) for one in rounds if one.agreement.regime.has_rounds)


@transaction.atomic
def _tell(round_: Round, at: datetime) -> int:
    prefix = f"round-opened:{round_.pk}:"
    told = set(Notification.objects.filter(key__startswith=prefix).values_list("key", flat=True))
    owed = [
        notify(
            subscription.email,
            "publication/emails/round_opened.txt",
            at=at,
            key=f"{prefix}{subscription.pk}",
            agreement=round_.agreement,
            path=reverse("publication:agreement", args=[round_.agreement.reference]),
            unsubscribe=_link("unsubscribe", END, subscription),
        )
        for subscription in round_.agreement.subscriptions.to_tell()
        if f"{prefix}{subscription.pk}" not in told
    ]
    count = len([message for message in owed if message])
    if count:
        trail.record("round.opening_told", round_, by=None, at=at, addresses=count)
    return count


def forget_addresses(*, at: datetime) -> int:
    """Drop those that nobody confirmed in time, which may be anybody's, and those that ended."""
    limit = at - CONFIRM_WITHIN
    count, _ = Subscription.objects.filter(
        Q(confirmed_at=None) | Q(ended_at__lt=limit), asked_at__lt=limit
    ).delete()
    return count


def _link(page: str, purpose: str, subscription: Subscription) -> str:
    return reverse(f"publication:{page}", args=[signing.dumps(subscription.pk, salt=purpose)])

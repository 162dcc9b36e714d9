"""The price list of an admitted provider, its leaving, and changes of its ratings."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Admission, Provider, Rate, RatingChange
from providers.states import RateSource

LEFT = "The provider has left the lot."


@transaction.atomic
def set_rate(
    *,
    provider: Provider,
    lot: Lot,
    effective_from: date,
    weekly_pence: int,
    source: RateSource,
    by: User,
    at: datetime,
) -> Rate:
    """The weekly price from a day on. The same price again on the same day changes nothing."""
    provider = lock_provider(provider)
    same_day = provider.rates.filter(lot=lot, effective_from=effective_from, source=source).first()
    refuse_if(
        rules.objections_to_rate(
            weekly_pence=weekly_pence,
            ceiling_weekly_pence=lot.ceiling_weekly_pence,
            same_day_pence=same_day and same_day.weekly_pence,
        )
    )
    if same_day:
        return same_day
    rate = Rate.objects.create(
        provider=provider,
        lot=lot,
        effective_from=effective_from,
        weekly_pence=weekly_pence,
        source=source,
    )
    trail.record(
        "provider.rate_set",
        provider,
        by=by,
        at=at,
        lot=lot.number,
        effective_from=effective_from.isoformat(),
        weekly_pence=weekly_pence,
        source=source,
    )
    return rate


@transaction.atomic
def set_price(
    *,
    provider: Provider,
    lot: Lot,
    effective_from: date,
    weekly_pence: int,
    by: User,
    at: datetime,
) -> Rate:
    """A new version of the provider's own price list. Placements keep the price at their order."""
    provider = lock_provider(provider)
    today = timezone.localdate(at)
    listed = provider.rates.filter(
        lot=lot, effective_from=effective_from, source=RateSource.PRICE_LIST
    )
    refuse_if(
        rules.objections_to_price(
            is_admitted=provider.admissions.held(today).filter(lot=lot).exists(),
            effective_from=effective_from,
            today=today,
            has_price_that_day=listed.exists(),
        )
        + rules.objections_to_rate(
            weekly_pence=weekly_pence,
            ceiling_weekly_pence=lot.ceiling_weekly_pence,
            same_day_pence=None,
        )
    )
    tell(council(), "price_set", provider.get_absolute_url(), at=at, provider=provider, lot=lot)
    return set_rate(
        provider=provider,
        lot=lot,
        effective_from=effective_from,
        weekly_pence=weekly_pence,
        source=RateSource.PRICE_LIST,
        by=by,
        at=at,
    )


def objections_to_leaving(
    admissions: Collection[Admission], *, from_on: date, at: datetime
) -> list[str]:
    return rules.objections_to_leaving(
        [each.holding() for each in admissions], from_on=from_on, today=timezone.localdate(at)
    )


@transaction.atomic
def leave_dps(
    *,
    provider: Provider,
    admissions: Collection[Admission],
    from_on: date,
    by: User,
    at: datetime,
) -> list[Admission]:
    """From ``from_on`` the lots are no longer held. Placements run on; to come back is open."""
    provider = lock_provider(provider)
    held = list(
        provider.admissions.held(timezone.localdate(at))
        .filter(pk__in=[each.pk for each in admissions])
        .in_lot_order()
    )
    refuse_if(objections_to_leaving(held, from_on=from_on, at=at))
    for admission in held:
        admission.ended_on = from_on
        admission.end_reason = LEFT
        admission.save()
    tell(council(), "lots_left", provider.get_absolute_url(), at=at, provider=provider)
    trail.record(
        "provider.lots_left",
        provider,
        by=by,
        at=at,
        lots=[each.lot.number for each in held],
        from_on=from_on.isoformat(),
    )
    return held


@transaction.atomic
def review_rating(*, change: RatingChange, note: str, by: User, at: datetime) -> RatingChange:
    """Somebody has looked at a change of rating and says what follows from it (R3.4)."""
    change = (
        RatingChange.objects.select_for_update(of=("self",))
        .select_related("location__provider")
        .get(pk=change.pk)
    )
    refuse_if(
        rules.objections_to_review_of_rating(is_reviewed=change.reviewed_at is not None, note=note)
    )
    change.note = note
    change.reviewed_by = by
    change.reviewed_at = at
    change.save()
    trail.record(
        "provider.rating_reviewed",
        change.location.provider,
        by=by,
        at=at,
        cqc_location_id=change.location.cqc_location_id,
        after=change.after,
    )
    return change


def lock_provider(provider: Provider) -> Provider:
    """Every act on what a provider holds queues on its row."""
    return Provider.objects.select_for_update().get(pk=provider.pk)


def council():
    """Who hears of what happens to those admitted."""
    return User.objects.with_permission(Permission.CHECK_COMPLIANCE)


def tell(
    people: Iterable[User], event: str, path: str, *, at: datetime, key: str = "", **facts
) -> bool:
    """The words of ``event`` to each; with a ``key`` once a person. Whether anybody was told."""
    template = f"providers/emails/{event}.txt"
    return notify_each(people, template, at=at, key=key or None, path=path, **facts) > 0

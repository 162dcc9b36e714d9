"""What providers state of their places."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Lot
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import Vacancy
from providers.models import Admission, Provider
from tenders.models import Contract


def lots_of(provider: Provider, day: date):
    """The lots on which the provider can be offered a placement: by admission or contract."""
    held = Admission.objects.held(day).filter(provider=provider).values("lot")
    contracts = Contract.objects.filter(provider=provider, start__lte=day, end__gt=day)
    lots = Lot.objects.filter(pk__in=held) | Lot.objects.filter(pk__in=contracts.values("lot"))
    return lots.select_related("agreement").order_by("agreement", "number")


@transaction.atomic
def state_vacancy(
    *,
    provider: Provider,
    lot: Lot,
    places: int,
    earliest_on: date,
    meets: Sequence[str],
    by: User,
    at: datetime,
) -> Vacancy:
    """In the provider's own name; what was stated before stays on record."""
    today = timezone.localdate(at)
    refuse_if(
        rules.objections_to_vacancy(
            is_on_lot=lots_of(provider, today).filter(pk=lot.pk).exists(),
            earliest_on=earliest_on,
            today=today,
        )
    )
    vacancy = Vacancy.objects.create(
        provider=provider,
        lot=lot,
        places=places,
        earliest_on=earliest_on,
        meets=list(meets),
        stated_by=by,
        stated_at=at,
    )
    trail.record(
        "vacancy.stated",
        provider,
        by=by,
        at=at,
        lot=lot.number,
        places=places,
        earliest_on=earliest_on.isoformat(),
    )
    return vacancy

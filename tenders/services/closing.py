"""When bids and questions may close, worked out from the rules of the agreement."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from django.utils import timezone

from dps_portal.clock import ONE_DAY, BeyondCalendar
from providers.models import Provider
from tenders import rules
from tenders.models import PeriodAnswer, Tender

UNKNOWN = "The bank holidays at the closing date are not known yet, so nothing can close then."


def earliest_closing_day(tender: Tender, at: datetime) -> date:
    period = tender.lot.agreement.regime.minimum_tender
    return period.ends_on(timezone.localdate(at))


def questions_until(tender: Tender, *, published_at: datetime | None = None) -> datetime | None:
    """Computed, so it moves with the deadline; ``None`` for a draft, or past the known holidays.

    ``published_at`` tells of a draft when that would be, were it published then.
    """
    published_at = tender.published_at or published_at
    if published_at is None:
        return None
    closes = timezone.localtime(tender.closes_at)
    calendar = tender.lot.agreement.regime.minimum_tender.calendar
    try:
        day = rules.last_question_day(closes.date(), calendar)
    except BeyondCalendar:
        return None
    return rules.questions_until(
        published_at=published_at.astimezone(UTC),
        closes_at=closes.astimezone(UTC),
        third_day_before=timezone.make_aware(datetime.combine(day, closes.time())).astimezone(UTC),
    )


def has_short_time(tender: Tender, at: datetime, closes_at: datetime | None = None) -> bool:
    return rules.is_short_time(
        at=timezone.localtime(at),
        closes_at=timezone.localtime(closes_at or tender.closes_at),
        days=tender.lot.agreement.regime.minimum_tender.days,
        earliest_day=earliest_closing_day(tender, at),
    )


def usual_closing(tender: Tender, at: datetime) -> datetime:
    """When bids would close with the usual time, at the draft's own time of day."""
    hour = timezone.localtime(tender.closes_at).time()
    day = earliest_closing_day(tender, at)
    first, second = (
        timezone.make_aware(datetime.combine(each, hour)) for each in (day, day + ONE_DAY)
    )
    return second if has_short_time(tender, at, first) else first


def objections_to_closing(tender: Tender, at: datetime, invited: Collection[Provider]) -> list[str]:
    """Whether bidders have their time, and questions theirs, were it published now."""
    answers = PeriodAnswer.objects.about(tender)
    agreed = set(answers.filter(has_agreed=True).values_list("provider", flat=True))
    objections = rules.objections_to_deadline(
        is_short=has_short_time(tender, at),
        is_past=tender.closes_at <= at,
        is_asked=answers.exists(),
        has_everyone_agreed=bool(invited) and agreed >= {provider.pk for provider in invited},
    )
    return objections + [UNKNOWN] * (questions_until(tender, published_at=at) is None)

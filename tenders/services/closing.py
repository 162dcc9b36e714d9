"""When bids and questions may close, worked out from the rules of the agreement."""

from datetime import UTC, date, datetime

from django.utils import timezone

from dps_portal.clock import BeyondCalendar
from tenders import rules
from tenders.models import Tender

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


def objections_to_closing(tender: Tender, at: datetime) -> list[str]:
    """Whether bidders have their time, and questions theirs, were it published now."""
    objections = rules.objections_to_deadline(
        at=timezone.localtime(at),
        closes_at=timezone.localtime(tender.closes_at),
        earliest_day=earliest_closing_day(tender, at),
    )
    return objections + [UNKNOWN] * (questions_until(tender, published_at=at) is None)

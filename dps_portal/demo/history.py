"""Five years of invented referrals and placements, and what becomes of their financial years.

The pattern is that of ``data/treatment``: 60/28/12 per cent by lot, 78 per cent planned exits,
unplanned ones mostly in the first four weeks, money that fits each year's ceiling.
"""

from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.clock import add_months, financial_year, year_start
from placements import services
from placements.models import FundingRequest, Placement
from placements.states import ExitStatus, PlacementState, RequestKind, WithdrawalReason

from .cases import DAYS_TO_ADMISSION, Cast, Way
from .days import noon
from .desks import write_desks
from .recent import RECENTLY, Step, recent_steps
from .stays import case

MONTHLY_ARRIVALS = 3
DEAREST_STAY_PENCE = 1_800_000
KEPT_PENCE = 6_000_000  # for the people of the last months, whatever the day is
A_QUARTER = timedelta(days=91)


def has_room(agreement: Agreement, planned: date, today: date) -> bool:
    """Whether the years of a stay could still pay for it; people are not sent to a dry well."""
    years = {financial_year(planned), financial_year(planned + timedelta(weeks=13))}
    kept_from = financial_year(today - RECENTLY)
    return all(
        row.headroom_pence >= DEAREST_STAY_PENCE + (KEPT_PENCE if row.year >= kept_from else 0)
        for row in agreement.budget_years.filter(year__in=years)
    )


def write_history(cast: Cast, agreement: Agreement, today: date) -> None:
    """Everybody's steps in the order of their days, from the start of the agreement to today."""
    lots = list(agreement.lots.order_by("number"))
    steps: list[Step] = []

    def way(number: int, day: date) -> Way:
        """One person's way from referral to exit, begun while there is money for it."""
        if has_room(agreement, day + timedelta(days=DAYS_TO_ADMISSION), today):
            yield from case(cast, agreement, lots, number, day)

    number, month = 0, agreement.start
    while month <= today:
        days = (add_months(month, 1) - month).days
        for _ in range(MONTHLY_ARRIVALS + (cast.random.random() < 0.3)):  # noqa: PLR2004
            number += 1
            day = month + timedelta(days=cast.random.randrange(days))
            steps.append((day, number, way(number, day)))
        month = add_months(month, 1)
    steps += recent_steps(cast, agreement, lots[:1], number, today)
    number = max(who for _, who, _ in steps)
    heapify(steps)
    while steps and steps[0][0] <= today:
        _, who, story = heappop(steps)
        if (next_day := next(story, None)) is not None:
            heappush(steps, (next_day, who, story))
    write_desks(cast, agreement, lots, number, today)
    end_years(cast, agreement, today)


def end_years(cast: Cast, agreement: Agreement, today: date) -> None:
    """Each is closed a quarter after its end; the newest is corrected since, in the open one."""
    commissioner, finance = cast.council[Role.COMMISSIONER][0], cast.council[Role.FINANCE][0]
    over = agreement.budget_years.filter(year__lt=financial_year(today - A_QUARTER))
    for year in over.order_by("year"):
        at = noon(year_start(year.year + 1) + A_QUARTER)
        give_up_waiting(year_start(year.year + 1), at)
        services.propose_close(year=year, by=commissioner, at=at)
        services.confirm_close(year=year, by=finance, at=at)
    correct_exit(cast, year_start(financial_year(today - A_QUARTER)), today)
    now = agreement.budget_years.get(year=financial_year(today))
    services.keep_forecast(year=now, by=commissioner, at=noon(today - timedelta(days=8)))


def give_up_waiting(before: date, at: datetime) -> None:
    """Who still waited for the money of a year that is over has found another treatment."""
    waiting = FundingRequest.objects.undecided().filter(kind=RequestKind.INITIAL, start__lt=before)
    for request in waiting.select_related("placement__referral__worker"):
        referral = request.placement.referral
        services.withdraw_referral(
            referral=referral,
            why=WithdrawalReason.OTHER_TREATMENT,
            details="",
            by=referral.worker,
            at=at,
        )


def correct_exit(cast: Cast, before: date, today: date) -> None:
    """An invoice showed that the last person to leave before a day left two nights earlier."""
    manager, at = cast.council[Role.ASSESSMENT_MANAGER][0], noon(today - timedelta(days=13))
    closed = Placement.objects.filter(
        state=PlacementState.CLOSED, exits__status=ExitStatus.PLANNED, exits__on__lt=before
    )
    placement = closed.order_by("exits__on", "pk").last()
    left = services.last_exit(placement)
    facts = {"placement": placement, "by": manager, "at": at}
    services.reopen_placement(reason="The day of the exit was recorded wrongly.", **facts)
    services.correct_exit(
        day=left.on - timedelta(days=2),
        status=left.status,
        reason=left.reason,
        destination=left.destination,
        aftercare_agreed=left.aftercare_agreed,
        notice_nights=left.notice_nights,
        why="The provider’s invoice shows two nights fewer.",
        **facts,
    )
    services.close_placement(**facts)

"""Stays counted a second time, night by night, from money.md alone.

Shares no code with ``placements.rules``: a stay is a list of things that happened, each of which
writes a price on nights; what a night costs is an exact fraction of a penny.
"""

import calendar
import random
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate

EDGES = (  # first nights near which counting goes wrong
    *(date(year, 3, 31) for year in range(2023, 2029)),
    *(date(year, 4, 1) for year in range(2023, 2029)),
    *(date(2024, 2, 29), date(2024, 2, 28), date(2028, 2, 29), date(2023, 2, 28)),
    *(date(2024, 10, 26), date(2025, 3, 29), date(2024, 12, 31), date(2024, 11, 30)),
)


def plus(day, nights):
    return day + timedelta(days=nights)


def months_later(day, months):
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def invented(rng: random.Random) -> dict:
    """A stay with everything that may happen to it, in plain values."""
    admission = (
        rng.choice(EDGES) if rng.random() < 0.5 else plus(date(2022, 4, 1), rng.randrange(2400))
    )
    admission = plus(admission, -rng.choice((0, 0, 1, 7, 60)))
    first_end = (
        months_later(admission, rng.choice((1, 2, 3)))
        if rng.random() < 0.6
        else plus(admission, rng.choice((1, 2, 7, 28, 84, rng.randint(1, 120))))
    )
    listed = [(plus(admission, -rng.randrange(400)), price(rng))]
    for _ in range(rng.choice((0, 1, 1, 2))):
        listed.append((plus(listed[-1][0], rng.randint(1, 300)), price(rng)))
    happened, end = [], first_end
    for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
        if rng.random() < 0.4:
            on = plus(admission, rng.randrange((end - admission).days))
            happened.append(("reprice", on, price(rng)))
        else:
            end = plus(end, rng.choice((1, 7, 28, 28, rng.randint(1, 60))))
            happened.append(("extend", end))
    nights = (end - admission).days
    absences, free = [], admission
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        start = plus(free, rng.randrange(20))
        free = plus(start, rng.randint(1, 25))
        bands = rng.choice(
            (
                [(None, 100)],
                [(7, 100), (None, 50)],
                [(None, 0)],
                [(3, 100), (9, 75), (None, 33)],
                [(2, 10)],
            )
        )
        absences.append((start, free, bands, rng.random() < 0.2))
    pays = (
        [(plus(admission, rng.choice((0, 0, 10))), rng.randrange(20_000))]
        if rng.random() < 0.6
        else []
    )
    if pays and rng.random() < 0.5:
        pays.append((plus(pays[0][0], rng.randint(1, 60)), rng.choice((0, rng.randrange(250_000)))))
    leaves = rng.choice(
        (None, 0, nights, nights + 9, rng.randrange(nights + 1), rng.randrange(nights + 1))
    )
    return {
        "admission": admission,
        "first_end": first_end,
        "weekly": price(rng),
        "listed": listed,
        "happened": happened,
        "absences": absences,
        "pays": pays,
        "discharge": None if leaves is None else plus(admission, leaves),
        "notice": rng.choice((0, 0, 0, 7, rng.randrange(30))),
        "least": rng.choice((1, 1, 1, 0)),
        "inclusive": rng.random() < 0.15,
        "one_offs": [
            (plus(admission, rng.randrange(-30, 200)), rng.randint(1, 200_000))
            for _ in range(rng.choice((0, 0, 1, 2)))
        ],
    }


def price(rng):
    return rng.choice((84_500, 87_880, 119_950, 68_600, rng.randint(1, 250_000)))


def in_force(prices, day):
    answer = None
    for start, weekly in prices:
        if start <= day:
            answer = weekly
    return answer


def funded_nights(facts) -> dict:
    """{night: weekly pence} of what was approved, after everything that happened."""
    day_more = 1 if facts["inclusive"] else 0
    weekly = {}
    day, end = facts["admission"], plus(facts["first_end"], day_more)
    while day < end:
        weekly[day] = facts["weekly"]
        day = plus(day, 1)
    for what, on, *new in facts["happened"]:
        if what == "reprice":
            weekly.update((night, new[0]) for night in weekly if night >= on)
        else:
            locked = in_force(facts["listed"], day)
            while day < plus(on, day_more):
                weekly[day] = locked
                day = plus(day, 1)
    return weekly


def last_of(facts):
    """How many nights are charged of those funded."""
    if facts["discharge"] is None:
        return 10**6
    stayed = (facts["discharge"] - facts["admission"]).days + facts["inclusive"]
    return max(stayed + facts["notice"], facts["least"])


def percent(facts, night):
    for start, end, bands, is_void in facts["absences"]:
        if start <= night < end:
            if is_void:
                return 0
            nth = (night - start).days + 1
            return next((pct for last, pct in bands if last is None or nth <= last), 100)
    return 100


def charged_nights(facts) -> dict:
    """{night: (exact gross, exact contribution)} in pence."""
    charged = {}
    for night, weekly in list(funded_nights(facts).items())[: last_of(facts)]:
        gross = Fraction(weekly * percent(facts, night), 700)
        charged[night] = gross, min(gross, Fraction(in_force(facts["pays"], night) or 0, 7))
    return charged


def rounded(exact: Fraction) -> int:
    return int(exact * 2 + 1) // 2


def year_of(night) -> int:
    return (night.year * 12 + night.month - 4) // 12


def running(nights) -> list:
    """[(night, exact cost up to and with it)]."""
    return list(zip(nights, accumulate(nights.values()), strict=True))


def differences(sums, part_of) -> dict:
    """{part: pence}: the rounded cost up to its last night, less that up to the part before."""
    reached = {part_of(night): so_far for night, so_far in sums}
    parts, before = {}, 0
    for part, so_far in reached.items():
        parts[part] = rounded(so_far) - before
        before = rounded(so_far)
    return parts

"""The rules against a second, independent count of 10,000 invented stays (targets.md T11)."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from placements.rules import (
    Absence,
    Layer,
    OneOff,
    Price,
    Stay,
    before,
    by_year,
    cost_between,
    in_force,
    position,
    price_on,
    shares,
    split,
    total,
)
from placements.rules import stay_of as layers_to_stay

from . import independent

STAYS = 1_000  # for each of ten seeds


def stay_of(facts) -> Stay:
    """The same facts, as the services take them: one decision over the other.

    Days that count are made half-open nights once, at the edge (R2).
    """
    edge = timedelta(days=facts["inclusive"])
    end = facts["first_end"] + edge
    layers = [Layer(facts["admission"], end, facts["weekly"])]
    listed = [Price(*price) for price in facts["listed"]]
    for what, on, *new in facts["happened"]:
        if what == "reprice":
            layers.append(Layer(on, end, new[0]))
        else:
            layers.append(Layer(end, on + edge, price_on(listed, end)))
            end = on + edge
    stay = layers_to_stay(
        in_force(layers),
        discharge=facts["discharge"],
        notice_nights=facts["notice"],
        min_charge_nights=facts["least"],
        days_inclusive=facts["inclusive"],
        absences=tuple(
            Absence(start, end, tuple(bands), is_void=is_void)
            for start, end, bands, is_void in facts["absences"]
        ),
        contributions=tuple(Price(*pays) for pays in facts["pays"]),
    )
    return replace(stay, funded_until=stay.funded_until - edge)


@pytest.mark.parametrize("seed", range(10))
def test_every_figure_of_a_stay_is_what_an_independent_count_finds(seed):
    rng = random.Random(seed)  # noqa: S311
    for _ in range(STAYS):
        facts = independent.invented(rng)
        stay = stay_of(facts)
        counted = independent.charged_nights(facts)
        gross = independent.running({night: pence for night, (pence, _) in counted.items()})
        paid = independent.running({night: pence for night, (_, pence) in counted.items()})
        nights = list(stay.nights())
        whole = independent.rounded(gross[-1][1]) if gross else 0

        gross_by_year = independent.differences(gross, independent.year_of)
        paid_by_year = independent.differences(paid, independent.year_of)
        assert by_year(nights) == gross_by_year, facts
        assert {
            year: (share.gross_pence, share.contribution_pence, share.net_pence)
            for year, share in shares(stay).items()
        } == {
            year: (pence, paid_by_year[year], pence - paid_by_year[year])
            for year, pence in gross_by_year.items()
        }, facts
        assert total(nights) == whole == sum(gross_by_year.values()), facts

        by_month = split(nights, lambda day: (day.year, day.month))
        assert by_month == independent.differences(gross, lambda night: (night.year, night.month))
        assert sum(by_month.values()) == whole, facts

        as_of = facts["admission"] + timedelta(rng.randrange(200))
        accrued = total(before(nights, as_of))
        exact = next((sum_ for day, sum_ in reversed(gross) if day < as_of), 0)
        assert accrued == independent.rounded(exact), facts
        later = as_of + timedelta(rng.randrange(60))
        end = facts["admission"] + timedelta(10_000)
        assert (
            accrued + cost_between(nights, as_of, later) + cost_between(nights, later, end) == whole
        ), facts

        held = dict(gross_by_year)
        for on, pence in facts["one_offs"]:
            held[independent.year_of(on)] = held.get(independent.year_of(on), 0) + pence
        assert position(stay, [OneOff(*charge) for charge in facts["one_offs"]]) == held, facts


def test_the_invented_stays_have_what_goes_wrong():
    rng = random.Random(0)  # noqa: S311
    made = [independent.invented(rng) for _ in range(STAYS)]
    nights = [independent.funded_nights(facts) for facts in made]

    def count(condition):
        return sum(map(bool, map(condition, made, nights)))

    assert {
        "leap day": count(lambda _, days: any((d.month, d.day) == (2, 29) for d in days)) > 50,
        "31 March": count(lambda _, days: any((d.month, d.day) == (3, 31) for d in days)) > 200,
        "chain": count(lambda facts, _: sum(h[0] == "extend" for h in facts["happened"]) > 1) > 50,
        "repriced": count(lambda facts, _: any(h[0] == "reprice" for h in facts["happened"])) > 100,
        "absence": count(lambda facts, _: facts["absences"]) > 200,
        "contribution": count(lambda facts, _: facts["pays"]) > 200,
        "same day": count(lambda facts, _: facts["discharge"] == facts["admission"]) > 50,
        "early": count(lambda facts, days: facts["discharge"] and facts["discharge"] < max(days))
        > 200,
        "overstay": count(lambda facts, days: facts["discharge"] and facts["discharge"] > max(days))
        > 50,
    } == dict.fromkeys(
        (
            *("leap day", "31 March", "chain", "repriced", "absence", "contribution"),
            *("same day", "early", "overstay"),
        ),
        True,
    )

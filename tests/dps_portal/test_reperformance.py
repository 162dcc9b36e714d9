"""The commands with which others recompute our results (design §6)."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

VECTORS = Path(__file__).parent.parent / "vectors"


def answer(command, tmp_path, given):
    path = tmp_path / "given.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    out = io.StringIO()
    call_command(command, str(path), stdout=out)
    return json.loads(out.getvalue())


def complaint(command, tmp_path, given):
    with pytest.raises(CommandError) as error:
        answer(command, tmp_path, given)
    assert error.value.returncode == 2
    return str(error.value)


def load(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", load("meat.json")["cases"], ids=lambda case: case["name"])
def test_score_tender_reproduces_the_worked_example(tmp_path, case):
    assert answer("score_tender", tmp_path, case) == case["expected"]


@pytest.mark.parametrize(
    ("facts", "price_scores"),
    [
        (
            {"price_formula": "SET_RANGE", "price_range": {"low": "50.00", "high": "150.00"}},
            ["50.00", "37.50", "25.00"],
        ),
        ({"price_formula": "MEAN"}, ["41.67", "25.00", "8.33"]),
        (
            {"price_formula": "BENCHMARK", "benchmark_price": "60.00"},
            ["50.00", "40.00", "30.00"],
        ),
        (
            {
                "price_formula": "BENCHMARK",
                "benchmark_price": "60.00",
                "benchmark_capped": False,
                "rounding": "PRICE",
            },
            ["60.00", "40.00", "30.00"],
        ),
        ({"ceiling_price": "75.00", "ceiling_rule": "CAP"}, ["50.00", "33.33", "33.33"]),
    ],
)
def test_score_tender_knows_every_formula_and_ceiling_rule(tmp_path, facts, price_scores):
    prices = ("50.00", "75.00", "100.00")
    tender = {
        "price_weight": 50,
        "criteria": [{"name": "quality", "weight": 50}],
        "score_scale_max": 5,
        "bids": {price: {"price": price, "scores": [3]} for price in prices},
    } | facts

    told = answer("score_tender", tmp_path, tender)

    assert [told[price]["price_score"] for price in prices] == price_scores


def test_cost_stay_reproduces_every_worked_example(tmp_path):
    vectors = load("placement_costs.json")["vectors"]

    told = answer("cost_stay", tmp_path, {"vectors": vectors})["vectors"]

    assert told == [{"id": one["id"], "expected": one["expected"]} for one in vectors]


STATE = {
    "admission": "2025-02-10",
    "funded_until": "2025-05-10",
    "rates": [{"from": "2025-02-10", "weekly": "845.00"}],
}
LEFT = {**STATE, "discharge": "2025-03-20"}
ASSUMED = {
    "show_rate": "0.9",
    "extension_rate": "0.25",
    "further_admissions": "10",
    "mean_stay_nights": "45",
    "weekly": "845.00",
}


@pytest.mark.parametrize(
    ("group", "inputs", "expected"),
    [
        (
            "discharge",
            {
                "steps": [
                    {"event": "approve", "state": STATE},
                    {
                        "event": "did not arrive",
                        "state": None,
                        "one_offs": [{"date": "2025-02-10", "amount": "50.00"}],
                    },
                ]
            },
            {
                "steps": [
                    {
                        "event": "approve",
                        "position_by_fy": {"2024/25": "6035.71", "2025/26": "4707.86"},
                        "position_total": "10743.57",
                        "ledger_delta_by_fy": {"2024/25": "6035.71", "2025/26": "4707.86"},
                        "ledger_delta_total": "10743.57",
                    },
                    {
                        "event": "did not arrive",
                        "position_by_fy": {"2024/25": "50.00"},
                        "position_total": "50.00",
                        "ledger_delta_by_fy": {"2024/25": "-5985.71", "2025/26": "-4707.86"},
                        "ledger_delta_total": "-10693.57",
                    },
                ],
                "final_total": "50.00",
            },
        ),
        (
            "absence",
            {
                **LEFT,
                "absences": [{"from": "2025-03-01", "to": "2025-03-08", "cost_centre": "PROVIDER"}],
            },
            {
                "nights_by_fy": {"2024/25": 38},
                "nights": 38,
                "gross_by_fy": {"2024/25": "3742.14"},
                "gross_total": "3742.14",
            },
        ),
        (
            "extension",
            {"state": {**STATE, "discharge": "2025-05-17"}, "as_of": "2025-06-01"},
            {
                "position_by_fy": {"2024/25": "6035.71", "2025/26": "4707.86"},
                "exposure_by_fy": {"2025/26": "845.00"},
                "exposure_total": "845.00",
            },
        ),
        (
            "accrual",
            {**STATE, "periods": [["2025-02-10", "2025-04-01"], ["2025-04-01", "2025-05-10"]]},
            {
                "periods": [
                    {"from": "2025-02-10", "to": "2025-04-01", "amount": "6035.71"},
                    {"from": "2025-04-01", "to": "2025-05-10", "amount": "4707.86"},
                ],
                "gross_total": "10743.57",
            },
        ),
        (
            "calendar",
            {"admission": "2024-11-30", "months": 3},
            {"funded_until": "2025-02-28", "nights": 90},
        ),
        (
            "calendar",
            {"admission": "2024-11-30", "nights": 84},
            {"funded_until": "2025-02-22", "nights": 84},
        ),
        (
            "ceiling",
            {
                "ceiling": {"2024/25": "6000.00"},
                "revisions": [
                    {"year": "2024/25", "amount": "7000.00", "decision_reference": "Cabinet 12"},
                    {"year": "2025/26", "amount": "5000.00", "decision_reference": "Cabinet 12"},
                ],
                "committed": {"2024/25": "0.00"},
                "request": STATE,
            },
            {
                "allowed": True,
                "committed_after": {"2024/25": "6035.71", "2025/26": "4707.86"},
                "headroom_after": {"2024/25": "964.29", "2025/26": "292.14"},
            },
        ),
        (
            "ceiling",
            {
                "ceiling": {"2024/25": "5000.00"},
                "committed": {"2024/25": "4587.14"},
                "before": LEFT,
                "after": STATE,
            },
            {
                "recorded": True,
                "ledger_delta_by_fy": {"2024/25": "1448.57", "2025/26": "4707.86"},
                "committed_after": {"2024/25": "6035.71", "2025/26": "4707.86"},
                "over_ceiling": ["2024/25", "2025/26"],
            },
        ),
        (
            "kpi",
            {
                "episodes": [
                    {"admission": "2025-03-31"},
                    {"admission": "2025-04-01"},
                    {"admission": "2025-05-01", "transferred_from": "PL-1"},
                ]
            },
            {"admissions_by_fy": {"2024/25": 1, "2025/26": 1}, "admissions": 2},
        ),
        ("kpi", {"original_due": "2025-05-01", "done": "2025-05-04"}, {"days_late": 3}),
        ("forecast", {**ASSUMED, "horizon_nights": 182}, {"unidentified": "47605.87"}),
        ("forecast", {**ASSUMED, "horizon_nights": 30}, {"unidentified": "18107.14"}),
    ],
)
def test_cost_stay_answers_what_the_rules_name_and_the_examples_do_not_show(
    tmp_path, group, inputs, expected
):
    told = answer("cost_stay", tmp_path, {"id": "X", "group": group, "inputs": inputs})

    assert told == {"id": "X", "expected": expected}


def test_cost_stay_draws_three_lines_and_what_a_request_would_do(tmp_path):
    floor = next(one for one in load("placement_costs.json")["vectors"] if one["id"] == "F01")
    request = {
        "placement": "P7",
        "state": {**STATE, "admission": "2026-01-05", "funded_until": "2026-03-30"},
    }
    inputs = {**floor["inputs"], "assumptions": ASSUMED, "request": request}

    told = answer("cost_stay", tmp_path, {**floor, "inputs": inputs})["expected"]

    assert {name: told[name] for name in floor["expected"]} == floor["expected"]
    assert told["u"] == "0.857"
    assert told["components"]["residents"] == {"full": "19000.57", "likely": "16283.49"}
    assert told["lines"] == {
        "committed": {"outturn": "54166.64", "headroom": "215833.36", "ceiling_reached_on": None},
        "likely": {"outturn": "98060.00", "headroom": "171940.00", "ceiling_reached_on": None},
        "prudent": {"outturn": "112694.51", "headroom": "157305.49", "ceiling_reached_on": None},
    }
    assert told["with_request"]["added"] == "10140.00"
    assert told["with_request"]["lines"]["committed"]["outturn"] == "64306.64"


def test_cost_stay_answers_a_single_example(tmp_path):
    vector = load("placement_costs.json")["vectors"][0]

    assert answer("cost_stay", tmp_path, vector) == {
        "id": vector["id"],
        "expected": vector["expected"],
    }


def test_working_days_reproduces_every_worked_example(tmp_path):
    cases = load("working_days.json")

    assert answer("working_days", tmp_path, cases) == [{"due": case["due"]} for case in cases]


TENDER = load("meat.json")["cases"][0]


def changed(**members):
    return {**TENDER, **members}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (changed(price_weight="x"), "price_weight: must be a number"),
        (changed(price_weight=True), "price_weight: must be a number"),
        (
            changed(price_weight=41),
            "criteria: weights and price_weight must total 100; they total 101.00",
        ),
        (changed(criteria=[]), "criteria: must name at least one criterion"),
        (changed(score_scale_max=None), "score_scale_max: is missing"),
        (
            changed(price_formula="CHEAPEST"),
            "price_formula: must be one of LOWEST_RATIO, PCT_OF_LEADER, SET_RANGE, MEAN, "
            "BENCHMARK, QUALITY_ONLY",
        ),
        (changed(price_formula="SET_RANGE"), "price_range: is missing"),
        (
            changed(price_formula="SET_RANGE", price_range={"low": "5.00", "high": "5.00"}),
            "price_range.high: must be more than low",
        ),
        (changed(price_formula="BENCHMARK"), "benchmark_price: is missing"),
        (
            changed(bids={"B": {"price": "12,00", "scores": [1, 1, 1, 1]}}),
            "bids.B.price: '12,00' is not an amount in pounds and pence",
        ),
        (
            changed(bids={"B": {"price": "0.00", "scores": [1, 1, 1, 1]}}),
            "bids.B.price: must be more than 0.00",
        ),
        (
            changed(bids={"B": {"price": "9.00", "scores": [1]}}),
            "bids.B.scores: must hold 4 scores, one a criterion",
        ),
        (
            changed(bids={"B": {"price": "9.00", "scores": [1, 1, 1, 11]}}),
            "bids.B.scores[3]: must be from 0 to 10",
        ),
        (changed(colour="red"), "colour: is not a known field"),
        ('{"bids": NaN}', "input: NaN is not a number"),
        ('{"bids": 1, "bids": 2}', "bids: is given twice"),
    ],
)
def test_score_tender_names_the_field_that_is_wrong(tmp_path, given, words):
    assert complaint("score_tender", tmp_path, given) == words


STAY = load("placement_costs.json")["vectors"][0]


def stay(**members):
    return {**STAY, "inputs": {**STAY["inputs"], **members}}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {**STAY, "group": "fun"},
            "group: must be one of basic, fy, calendar, discharge, admission, extension, price, absence, contribution, basis, transfer, closed-year, accrual, ceiling, forecast, kpi, deadline, validation",
        ),
        (stay(admission="2024-02-30"), "inputs.admission: must be a date such as 2026-12-22"),
        (stay(funded_until="2024-05-05"), "inputs.funded_until: must not be before admission"),
        (stay(discharge="2024-05-05"), "inputs.discharge: must not be before admission"),
        (
            stay(rates=[{"from": "2024-05-06", "weekly": 686}]),
            "inputs.rates[0].weekly: must be text",
        ),
        (
            stay(rates=[{"from": "2024-06-06", "weekly": "686.00"}]),
            "inputs.rates: No weekly price holds on 2024-05-06.",
        ),
        (stay(notice_nights=1.5), "inputs.notice_nights: must be a whole number"),
        (
            {**STAY, "inputs": {"admission": "9999-11-30", "months": 3}},
            "inputs: holds a date that is out of range",
        ),
        (
            {
                **STAY,
                "group": "forecast",
                "inputs": {**ASSUMED, "show_rate": "1.1", "horizon_nights": 9},
            },
            "inputs.show_rate: must be from 0 to 1",
        ),
    ],
)
def test_cost_stay_names_the_field_that_is_wrong(tmp_path, given, words):
    assert complaint("cost_stay", tmp_path, given) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"from": "22/12/2026", "days": 1, "calendar": "uk-any"},
            "from: must be a date such as 2026-12-22",
        ),
        ({"from": "2026-12-22", "days": 0, "calendar": "uk-any"}, "days: must be from 1 to 10000"),
        (
            {"from": "2026-12-22", "days": 1, "calendar": "mars"},
            "calendar: must be one of england-and-wales, uk-any",
        ),
        ({"days": 1, "calendar": "uk-any"}, "from: is missing"),
        (
            {"from": "2028-12-22", "days": 30, "calendar": "uk-any"},
            "from: Bank holidays are not known for 2029-01-01.",
        ),
    ],
)
def test_working_days_names_the_field_that_is_wrong(tmp_path, given, words):
    assert complaint("working_days", tmp_path, given) == words


@pytest.mark.parametrize("command", ["score_tender", "cost_stay", "working_days"])
def test_a_missing_file_is_named(command):
    with pytest.raises(CommandError) as error:
        call_command(command, "/nowhere.json")

    assert error.value.returncode == 2
    assert str(error.value).startswith("input: cannot be read")

"""A draft: its terms, its panel and its criteria."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField
from tenders.rules import SCALE
from tenders.states import AwardBasis, CeilingRule, PriceFormula, Rounding, TieBreak

from .fields import (
    LotChoice,
    PeopleChoice,
    PersonChoice,
    clean_closing,
    closing_time,
    one_of,
    text,
    whole_number,
)

INVENTED = "ABCD"  # the bids of a rehearsal
ONE_DAY = timedelta(days=1)
TERMS = (
    *("lot", "title", "need", "price_weight", "price_formula", "compared_weeks", "range_low_pence"),
    *("range_high_pence", "benchmark_pence", "fixed_pence", "low_price_percent", "ceiling_rule"),
    "award_basis",
    *("award_places", "award_threshold", "tie_break", "rounding", "score_scale_max"),
    *("minimum_question_score", "options", "option_months"),
)
FORMULA_HINTS = {
    PriceFormula.LOWEST_RATIO: "The common one. A very low bid presses the others together.",
    PriceFormula.PCT_OF_LEADER: "Harsher than the ratio: twice the lowest price earns nothing.",
    PriceFormula.SET_RANGE: "Recommended: no bid changes the price score of another.",
    PriceFormula.MEAN: "A bid alone gets half the marks, whatever it asks for.",
    PriceFormula.BENCHMARK: "Bidding below the benchmark earns nothing more.",
    PriceFormula.QUALITY_ONLY: "Bidders name no price; we publish it.",
}


IN_POUNDS = "In pounds, for one week, or for the whole stay where that is compared."


def pounds(label: str) -> PoundsField:
    return PoundsField(label=label, help_text=IN_POUNDS, min_pence=1)


class TenderForm(Form):
    """The terms and the panel of a draft; cleans to what ``create_tender`` takes."""

    submit = "Save and continue"
    fieldsets = [
        ("What is bought", ["lot", "title", "need", "contract_start", "contract_last_day"]),
        ("Options to extend", ["options", "option_months"]),
        ("Closing", ["closes_on", "closes_time"]),
        ("How quality is scored", ["score_scale_max", "scale", "minimum_question_score"]),
        (
            "How the price is scored",
            [
                *("price_weight", "compared_weeks", "price_formula", "range_low_pence"),
                *(
                    "range_high_pence",
                    "benchmark_pence",
                    "fixed_pence",
                    "low_price_percent",
                    "ceiling_rule",
                ),
            ],
        ),
        (
            "Who wins",
            ["award_basis", "award_places", "award_threshold", "tie_break", "rounding"],
        ),
        ("The panel", ["evaluators", "moderator"]),
    ]

    reveals = {
        "price_formula": {
            PriceFormula.SET_RANGE.value: ["range_low_pence", "range_high_pence"],
            PriceFormula.BENCHMARK.value: ["benchmark_pence"],
            PriceFormula.QUALITY_ONLY.value: ["fixed_pence"],
        },
        "award_basis": {
            AwardBasis.TOP_N.value: ["award_places"],
            AwardBasis.ABOVE_THRESHOLD.value: ["award_threshold"],
        },
    }
    choice_hints = {"price_formula": FORMULA_HINTS}

    lot = LotChoice(Lot.objects.none(), label="Lot", empty_label="Choose a lot")
    title = forms.CharField(label="Title", max_length=200)
    need = text(
        "What is needed",
        help_text="Providers read this. Never write about a person who could be recognised.",
        rows=8,
    )
    contract_start = DateField(label="First day of the contract")
    contract_last_day = DateField(label="Last day of the contract")
    options = whole_number(
        "Number of options",
        0,
        5,
        required=False,
        help_text="Published with the tender: only these can lengthen the contract later.",
    )
    option_months = whole_number("Months of each option", 0, 24, required=False)
    closes_on = DateField(label="Closing date")
    closes_time = closing_time()
    price_weight = whole_number(
        "Price weight",
        0,
        100,
        help_text="Out of 100; the criteria share the rest.",
    )
    compared_weeks = whole_number(
        "Weeks of a funded stay",
        1,
        52,
        required=False,
        help_text="Leave empty to compare the price of one week. With a number, the price of the "
        "whole stay is compared: bidders also state a detoxification supplement, one-off charges "
        "and a discount. Not for a fixed price.",
    )
    price_formula = one_of("How a price becomes a score", PriceFormula)
    range_low_pence = pounds("Price that earns the full weight")
    range_high_pence = pounds("Price that earns nothing")
    benchmark_pence = pounds("Benchmark price")
    fixed_pence = PoundsField(
        label="Fixed price", help_text="In pounds, for one week.", min_pence=1
    )
    low_price_percent = whole_number(
        "Percent below the mean of the other prices at which a price must be explained",
        1,
        99,
        initial=20,
    )
    ceiling_rule = one_of("A price above the ceiling of the lot", CeilingRule)
    award_basis = one_of("Who is awarded a contract", AwardBasis)
    award_places = whole_number("How many bids are awarded", 2, 50)
    award_threshold = whole_number("Total that a bid must reach", 1, 100)
    tie_break = one_of("If totals are equal", TieBreak)
    rounding = one_of("Rounding", Rounding)
    score_scale_max = whole_number("Highest score for an answer", 1, 10, initial=5)
    scale = LongTextField(
        label="What each score means",
        help_text="One line for each score, from 0 up to the highest.",
        required=False,
        max_length=4000,
        rows=7,
        initial="\n".join(SCALE),
    )
    minimum_question_score = whole_number(
        "Lowest acceptable score for an answer",
        0,
        10,
        required=False,
        help_text="A bid with any answer below this is excluded.",
    )
    evaluators = PeopleChoice(
        User.objects.none(),
        label="Evaluators",
        help_text="Choose two or more. They score alone and never see prices.",
        widget=forms.CheckboxSelectMultiple,
    )
    moderator = PersonChoice(
        User.objects.none(), label="Moderator", empty_label="Choose a moderator"
    )

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = (
            Lot.objects.filter(agreement__start__lte=day, agreement__end__gt=day)
            .select_related("agreement")
            .order_by("agreement__reference", "number")
        )
        self.fields["closes_on"].earliest = day
        for name, permission in {
            "evaluators": Permission.SCORE_BIDS,
            "moderator": Permission.MODERATE_SCORES,
        }.items():
            self.fields[name].queryset = User.objects.with_permission(permission).order_by("name")

    @classmethod
    def of(cls, tender, *args, **kwargs):
        """The form filled with a draft."""
        closes = timezone.localtime(tender.closes_at)
        panel = list(tender.panel.all())
        initial = cls.terms_of(tender) | {
            "contract_start": tender.contract_start,
            "contract_last_day": tender.contract_end - ONE_DAY,
            "closes_on": closes.date(),
            "closes_time": closes.time(),
            "evaluators": [member.user_id for member in panel if not member.is_moderator],
            "moderator": next((one.user_id for one in panel if one.is_moderator), None),
        }
        return cls(*args, initial=initial, **kwargs)

    @staticmethod
    def terms_of(tender) -> dict:
        """What another tender may take over: everything but the dates and the people."""
        return {name: getattr(tender, name) for name in TERMS} | {"scale": "\n".join(tender.scale)}

    @staticmethod
    def terms_from(template) -> dict:
        return template.terms | {"scale": "\n".join(template.scale)}

    def clean(self):
        """Turns the days and the London time into what is stored; refuses times that are not."""
        facts = super().clean()
        last_day = facts.pop("contract_last_day", None)
        facts["scale"] = [line.strip() for line in facts.get("scale", "").splitlines() if line]
        for name in ("options", "option_months"):
            facts[name] = facts.get(name) or 0
        if last_day:
            facts["contract_end"] = last_day + ONE_DAY
        return clean_closing(self, facts)


class RehearsalForm(Form):
    """A few invented bids; a row without a price does not count. Sent by GET: nothing is kept."""

    method = "get"
    submit = "Score these bids"
    mark_optional = False

    def __init__(self, *args, criteria, scale_max, **kwargs):
        super().__init__(*args, **kwargs)
        self.names, self.scale_max = criteria, scale_max
        self.fieldsets = []
        for name in INVENTED:
            self.fields[f"price_{name}"] = PoundsField(
                label=f"Price of bid {name} for one week", min_pence=1, required=False
            )
            self.fields[f"scores_{name}"] = forms.CharField(
                label=f"Scores of bid {name}",
                help_text=f"One from 0 to {scale_max} for each of: {', '.join(criteria)}. "
                "With spaces between them.",
                max_length=200,
                required=False,
            )
            self.fieldsets.append((f"Bid {name}", [f"price_{name}", f"scores_{name}"]))

    def clean(self):
        facts = super().clean()
        for name in INVENTED:
            typed = facts.get(f"scores_{name}", "").replace(",", " ").split()
            if facts.get(f"price_{name}") is None:
                continue
            points = [int(each) for each in typed if each.isascii() and each.isdigit()]
            if len(points) != len(typed) or len(points) != len(self.names):
                count = len(self.names)
                self.add_error(
                    f"scores_{name}", f"Scores of bid {name} must be {count} whole numbers"
                )
            elif max(points) > self.scale_max:
                self.add_error(
                    f"scores_{name}", f"Scores of bid {name} must be {self.scale_max} or less"
                )
            facts[f"points_{name}"] = points
        return facts

    @property
    def bids(self) -> dict[str, tuple[int, list[int]]]:
        """By its letter, each bid's pence and points."""
        return {
            name: (self.cleaned_data[f"price_{name}"], self.cleaned_data[f"points_{name}"])
            for name in INVENTED
            if self.cleaned_data.get(f"price_{name}") is not None
        }

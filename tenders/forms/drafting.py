"""A draft: its terms, its panel and its criteria."""

from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.ui.forms import DateField, Form

from .fields import LotChoice, PeopleChoice, PersonChoice, text, whole_number

CRITERIA_ROWS = 6
ONE_DAY = timedelta(days=1)


class TenderForm(Form):
    """The terms and the panel of a draft; cleans to what ``create_tender`` takes."""

    submit = "Save and continue"
    fieldsets = [
        ("What is bought", ["lot", "title", "need", "contract_start", "contract_last_day"]),
        ("Options to extend", ["options", "option_months"]),
        ("Closing", ["closes_on", "closes_time"]),
        ("How bids are scored", ["price_weight", "score_scale_max", "minimum_question_score"]),
        ("The panel", ["evaluators", "moderator"]),
    ]

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
    closes_time = forms.TimeField(
        label="Closing time",
        help_text="Time in London, by the 24-hour clock. For example, 12:00.",
        input_formats=["%H:%M"],
        initial=time(12),
        widget=forms.TimeInput(attrs={"class": "govuk-input--width-5"}, format="%H:%M"),
        error_messages={"invalid": "Closing time must be a time like 12:00"},
    )
    price_weight = whole_number(
        "Price weight",
        0,
        100,
        help_text="Out of 100; the criteria share the rest. The lowest price scores the full "
        "weight, and every other price the weight times the lowest price divided by it.",
    )
    score_scale_max = whole_number("Highest score for an answer", 1, 10, initial=5)
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
        names = [
            "lot",
            "title",
            "need",
            "contract_start",
            "options",
            "option_months",
            "price_weight",
            "score_scale_max",
        ]
        initial = {name: getattr(tender, name) for name in [*names, "minimum_question_score"]} | {
            "contract_last_day": tender.contract_end - ONE_DAY,
            "closes_on": closes.date(),
            "closes_time": closes.time(),
            "evaluators": [member.user_id for member in panel if not member.is_moderator],
            "moderator": next((one.user_id for one in panel if one.is_moderator), None),
        }
        return cls(*args, initial=initial, **kwargs)

    def clean(self):
        """Turns the days and the London time into what is stored; refuses times that are not."""
        facts = super().clean()
        last_day, closes_on = facts.pop("contract_last_day", None), facts.pop("closes_on", None)
        closes_time = facts.pop("closes_time", None)
        for name in ("options", "option_months"):
            facts[name] = facts.get(name) or 0
        if last_day:
            facts["contract_end"] = last_day + ONE_DAY
        if closes_on and closes_time:
            try:
                facts["closes_at"] = from_current_timezone(datetime.combine(closes_on, closes_time))
            except ValidationError:
                self.add_error(
                    "closes_time",
                    "This time does not exist on that day, or comes twice, because the clocks "
                    "change. Choose another",
                )
        return facts


class CriterionForm(Form):
    """One row of the criteria; left wholly empty it does not count."""

    name = forms.CharField(label="Name", max_length=60)
    weight = whole_number("Weight", 1, 100)
    question = text("Question to bidders", rows=3)
    word_limit = whole_number("Word limit", 50, 1500, initial=500)

    def has_changed(self):
        return any(self[field].data for field in ("name", "weight", "question"))


class BaseCriteria(forms.BaseFormSet):
    submit = "Save criteria"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number, form in enumerate(self.forms, start=1):
            form.legend = f"Criterion {number}"
            form.empty_permitted = True

    @property
    def criteria(self):
        """The filled rows, as ``set_criteria`` takes them."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]


CriteriaFormSet = forms.formset_factory(
    CriterionForm,
    formset=BaseCriteria,
    extra=CRITERIA_ROWS,
    max_num=CRITERIA_ROWS,
    absolute_max=CRITERIA_ROWS,
)

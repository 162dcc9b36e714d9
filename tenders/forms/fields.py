"""What the forms of a competition share."""

from datetime import datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone

from dps_portal.ui.forms import FilterForm, Form, LongTextField
from tenders.states import TenderState

NARROW = {"class": "govuk-input--width-3"}
TEXT = 4000  # characters of a reason or a question


def text(label: str, **options) -> LongTextField:
    return LongTextField(label=label, max_length=TEXT, **options)


def whole_number(label: str, least: int, most: int, **options) -> forms.IntegerField:
    wrong = f"{label} must be a whole number from {least} to {most}"
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs=NARROW),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        **options,
    )


def one_of(label: str, choices) -> forms.ChoiceField:
    """Radios of which the first is chosen already."""
    return forms.ChoiceField(
        label=label, choices=choices.choices, initial=choices.values[0], widget=forms.RadioSelect
    )


def closing_time() -> forms.TimeField:
    return forms.TimeField(
        label="Closing time",
        help_text="Time in London, by the 24-hour clock. For example, 12:00.",
        input_formats=["%H:%M"],
        initial=time(12),
        widget=forms.TimeInput(attrs={"class": "govuk-input--width-5"}, format="%H:%M"),
        error_messages={"invalid": "Closing time must be a time like 12:00"},
    )


def clean_closing(form, facts: dict) -> dict:
    """Turns day and London time into ``closes_at``; refuses a time that is not, or is twice."""
    day, hour = facts.pop("closes_on", None), facts.pop("closes_time", None)
    if day and hour:
        try:
            facts["closes_at"] = from_current_timezone(datetime.combine(day, hour))
        except ValidationError:
            form.add_error(
                "closes_time",
                "This time does not exist on that day, or comes twice, because the clocks "
                "change. Choose another",
            )
    return facts


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.name


class MemberChoice(PersonChoice):
    def label_from_instance(self, person):
        return f"{person.name}, {'moderator' if person.moderates else 'evaluator'}"


class PeopleChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person):
        return person.name


class HeadingChoice(forms.ModelChoiceField):
    def label_from_instance(self, heading):
        return f"{heading} ({heading.weight_min} to {heading.weight_max})"


class LotChoice(forms.ModelChoiceField):
    def label_from_instance(self, lot):
        return f"{lot.agreement.title}: {lot}"


class ListForm(FilterForm):
    """The search and filter of a list, read from the address; rubbish there is ignored."""

    q = forms.CharField(label="Search by reference or title", required=False, max_length=80)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args, states=TenderState.choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", "All"), *states]


class ConfirmForm(Form):
    """An act that asks for no answers but cannot be undone."""

    def __init__(self, *args, submit, is_destructive=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit = submit
        self.is_destructive = is_destructive


class AbandonForm(Form):
    submit = "Abandon tender"
    is_destructive = True

    reason = text("Reason", help_text="Every invited provider is told that the tender has ended.")

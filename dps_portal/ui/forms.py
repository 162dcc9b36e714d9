"""Forms that explain themselves: plain messages, dates in three boxes, pounds kept as pence."""

import re
from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import ChoiceWidget
from django.utils.dateformat import format as written

from dps_portal import money
from dps_portal.refusals import Refused

MONTHS = "january february march april may june july august september october november december"
MONTH_NUMBERS = {
    name[:length]: number
    for number, name in enumerate(MONTHS.split(), start=1)
    for length in (3, len(name))
}
LONGEST_WORD = 50  # characters, on average: a limit of words is one of characters too
POUNDS_TYPED = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?", re.ASCII)


def subject(label, otherwise: str) -> str:
    """How an error names its field: by its label, unless that is a question or missing."""
    text = str(label or "").strip()
    return otherwise if not text or text.endswith("?") else text


def lower_first(text: str) -> str:
    """``Start date`` within a sentence; ``CQC number`` keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def missing_answer(field: forms.Field, label: str) -> str:
    """What to say when a required field is empty and its form has no words of its own."""
    if isinstance(field, forms.BooleanField):
        return "Tick the box to confirm"
    if isinstance(field, forms.FileField):
        to_name = to_quote = "Choose a file for"
    elif isinstance(field.widget, ChoiceWidget):
        to_name, to_quote = "Select", "Select an answer to"
    else:
        to_name, to_quote = "Enter", "Answer"
    named = subject(label, "")
    return f"{to_name} {lower_first(named)}" if named else f"{to_quote} “{label}”"


class GovukForm:
    """What our forms state beside their fields; the template pack in ``templates/govuk`` draws it.

    ``fieldsets``     ``[("Legend", ["field", …]), …]``
    ``reveals``       ``{"field": {"value": ["other_field", …]}}``: radios or checkboxes that
                      show more questions. Those count, and are required, only if chosen.
    ``choice_hints``  ``{"field": {"value": "Hint"}}``
    """

    submit = "Continue"
    is_destructive = False  # draws the button as a warning
    method = "post"
    fieldsets = ()
    reveals = {}
    choice_hints = {}
    mark_optional = True
    use_required_attribute = False

    @property
    def helper(self):
        helper = FormHelper()
        helper.form_method = self.method
        helper.disable_csrf = self.method == "get"
        return helper

    def _clean_fields(self):
        super()._clean_fields()
        for name in self._unrevealed():
            self._errors.pop(name, None)
            self.cleaned_data[name] = self.fields[name].to_python(None)

    def _unrevealed(self):
        """The fields whose choice was not made: whatever they hold does not count."""
        for chooser, choices in self.reveals.items():
            chosen = self[chooser].value()
            chosen = chosen if isinstance(chosen, list | tuple) else [chosen]
            made = {str(value) for value in chosen}
            for value, names in choices.items():
                yield from (name for name in names if value not in made)


class Form(GovukForm, forms.Form):
    pass


class ModelForm(GovukForm, forms.ModelForm):
    pass


class BaseRows(forms.BaseFormSet):
    """Rows of one kind; those left wholly empty, as their form's ``has_changed`` says, are none."""

    submit = "Save"
    legend = "Row"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number, form in enumerate(self.forms, start=1):
            form.legend = f"{self.legend} {number}"
            form.empty_permitted = True

    @property
    def rows(self):
        """What the filled rows were cleaned to."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]

    def refuse(self, refusal: Refused) -> None:
        self.non_form_errors().extend(refusal.reasons)


class FilterForm(GovukForm, forms.Form):
    """Narrows a list by its address: nothing is changed, so it is sent by GET."""

    submit = "Apply filters"
    method = "get"
    mark_optional = False

    def asked(self) -> dict:
        """Every field's answer; one that is empty or not valid counts as not asked: ``""``."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class DateBoxes(forms.MultiWidget):
    """Day, month and year as three text boxes; the pack draws them as one group."""

    PARTS = ("day", "month", "year")

    def __init__(self, attrs=None):
        super().__init__(dict.fromkeys(self.PARTS, forms.TextInput), attrs)

    def decompress(self, value):
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DateField(forms.Field):
    """A date typed as day, month (number or name) and four-digit year.

    ``earliest`` and ``latest`` are dates, or functions that give one.
    """

    widget = DateBoxes

    def __init__(self, *, earliest=date(1900, 1, 1), latest=date(2100, 12, 31), **kwargs):
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def to_python(self, value):
        if not value or isinstance(value, date):
            return value or None
        typed = [str(part or "").strip() for part in value]
        if not any(typed):
            return None
        missing = [place for place, part in enumerate(typed) if not part]
        if missing:
            names = " and ".join(f"a {DateBoxes.PARTS[place]}" for place in missing)
            raise self.wrong(f"must include {names}", missing)
        day, month, year = typed
        if re.fullmatch(r"\d{4}", year, re.ASCII) is None:
            raise self.wrong("must have a year of 4 numbers, like 2026", [2])
        month = MONTH_NUMBERS.get(month.lower(), month)
        numbers = [str(part) for part in (day, month)]
        bad = [place for place, part in enumerate(numbers) if not re.fullmatch(r"[0-9]{1,2}", part)]
        if bad:
            raise self.wrong("must be a real date", bad)
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise self.wrong("must be a real date", [0, 1, 2]) from None

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        earliest, latest = (
            limit() if callable(limit) else limit for limit in (self.earliest, self.latest)
        )
        if value < earliest:
            raise self.wrong(f"must be on or after {written(earliest, 'j F Y')}", [0, 1, 2])
        if value > latest:
            raise self.wrong(f"must be on or before {written(latest, 'j F Y')}", [0, 1, 2])

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True

    def wrong(self, fault, boxes):
        params = {"subject": subject(self.label, "The date"), "boxes": boxes}
        return ValidationError(f"%(subject)s {fault}", code="invalid", params=params)


class PoundsField(forms.Field):
    """An amount typed in pounds (``£1,234.50``, ``1234.5``) and kept as whole pence."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-10"})
    prefix = "£"

    def __init__(self, *, min_pence=0, max_pence=99_999_999_999, **kwargs):
        super().__init__(**kwargs)
        self.min_pence, self.max_pence = min_pence, max_pence

    def prepare_value(self, value):
        return money.pounds(value) if isinstance(value, int) else value

    def to_python(self, value):
        if isinstance(value, int):
            return value
        typed = "".join(str(value or "").split()).removeprefix("£")
        if not typed:
            return None
        if not POUNDS_TYPED.fullmatch(typed):
            raise self.wrong("must be an amount in pounds, like 1,234.50")
        try:
            return money.pence(typed.replace(",", ""))
        except ValueError:
            raise self.wrong(f"must be {money.gbp(self.max_pence)} or less") from None

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if value < self.min_pence:
            raise self.wrong(f"must be {money.gbp(self.min_pence)} or more")
        if value > self.max_pence:
            raise self.wrong(f"must be {money.gbp(self.max_pence)} or less")

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True

    def wrong(self, fault):
        params = {"subject": subject(self.label, "The amount")}
        return ValidationError(f"%(subject)s {fault}", code="invalid", params=params)


class LongTextField(forms.CharField):
    """Several lines of text with a limit of words or characters, counted while typing."""

    def __init__(self, *, max_words=None, rows=5, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.max_words = max_words

    def to_python(self, value):
        # A browser sends each line break as two characters but counts it as one.
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value):
        super().validate(value)
        count = len(value.split())
        named = subject(self.label, "The answer")
        if self.max_words and len(value) > self.max_words * LONGEST_WORD:
            raise ValidationError(
                "%(subject)s has words that are too long",
                code="max_length",
                params={"subject": named},
            )
        if self.max_words and count > self.max_words:
            raise ValidationError(
                "%(subject)s must be %(limit)s words or fewer; it has %(count)s",
                code="max_words",
                params={"subject": named, "limit": f"{self.max_words:,}", "count": f"{count:,}"},
            )

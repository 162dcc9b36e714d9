"""Asking for a shorter time for bids, and the answer."""

from django import forms

from dps_portal.ui.forms import Form

from .fields import text


class ShorterPeriodForm(Form):
    submit = "Ask everyone to agree"

    reason = text(
        "Why bids have to come in sooner",
        help_text="Everyone who is asked reads this. Do not write about the need itself, or about "
        "a person.",
    )


class PeriodAnswerForm(Form):
    submit = "Send answer"
    mark_optional = False

    has_agreed = forms.TypedChoiceField(
        label="Do you agree to this closing time?",
        choices=[("yes", "Yes, we agree"), ("no", "No, we want the usual time")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

"""The forms of the choice of a provider and its answer."""

from django import forms

from dps_portal.ui.forms import DateField, Form

from .fields import NO_NAMES, text


class PlannedAdmissionForm(Form):
    submit = "Show options"
    method = "get"

    planned_admission = DateField(label="Planned admission")


class ChoiceForm(Form):
    submit = "Offer the placement"

    person_choice = text(
        "The person's own choice",
        help_text=f"What the person wants, and why, in their words. {NO_NAMES}",
    )
    why_not_cheapest = text("Why not the cheapest suitable provider")

    def __init__(self, *args, is_cheapest, **kwargs):
        super().__init__(*args, **kwargs)
        if is_cheapest:
            del self.fields["why_not_cheapest"]


class AnswerForm(Form):
    submit = "Send answer"
    reveals = {"accepts": {"no": ["reason"]}}

    accepts = forms.TypedChoiceField(
        label="Do you accept the placement?",
        choices=[("yes", "Yes, we accept"), ("no", "No, we decline")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = text("Why you decline", help_text="The council's team sees this.")

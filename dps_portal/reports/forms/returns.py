"""Which quarter, and what a provider returns for it."""

from django import forms

from dps_portal.reports.models import QuarterlyReturn
from dps_portal.ui.forms import FilterForm, Form, LongTextField

MOST_COUNTED = 100_000


def _count(label, help_text=""):
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST_COUNTED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-5"}),
    )


class QuarterForm(FilterForm):
    q = forms.CharField(label="Search by provider", required=False, max_length=80)
    quarter = forms.ChoiceField(required=False)

    def __init__(self, *args, quarters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [
            (quarter.start.isoformat(), str(quarter)) for quarter in quarters
        ]


class ReturnForm(Form):
    submit = "Send the return"
    reveals = {"nothing_to_report": {"no": list(QuarterlyReturn.FIGURES)}}

    nothing_to_report = forms.TypedChoiceField(
        label="Is there anything to report?",
        choices=[("no", "Yes"), ("yes", "No, nothing to report")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    nights_stayed = _count(
        "Nights stayed by the people we placed",
        "Up to the night before they left, without nights away.",
    )
    complaints = _count("Complaints about them or by them")
    safeguarding_concerns = _count("Safeguarding concerns raised")
    serious_incidents = _count("Serious incidents")
    staff_vacancies = _count("Staff vacancies on the last day")
    comment = LongTextField(
        required=False,
        max_words=300,
        help_text="Name nobody, and write nothing by which a person could be known.",
    )
    reason = forms.CharField(label="Why is the return corrected?", max_length=300)

    def __init__(self, *args, corrects, **kwargs):
        super().__init__(*args, **kwargs)
        if not corrects:
            del self.fields["reason"]

    def facts(self) -> dict:
        """What the service takes; figures that were not asked for are 0."""
        asked = self.cleaned_data
        return {
            "figures": {name: asked[name] or 0 for name in QuarterlyReturn.FIGURES},
            "nothing_to_report": asked["nothing_to_report"],
            "comment": asked["comment"],
            "reason": asked.get("reason", ""),
        }

"""The forms of a year's ceiling."""

from django import forms

from dps_portal.agreements.models import Agreement
from dps_portal.clock import financial_year, year_label
from dps_portal.ui.forms import Form, PoundsField


class CeilingForm(Form):
    submit = "Propose"

    agreement = forms.ModelChoiceField(Agreement.objects.none(), empty_label=None)
    year = forms.TypedChoiceField(label="Financial year", coerce=int)
    ceiling_pence = PoundsField(label="Ceiling")
    decision_reference = forms.CharField(
        label="Reference of the decision",
        help_text="The minute or report in which the council decided it.",
        max_length=100,
    )

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        agreements = Agreement.objects.public().order_by("reference")
        self.fields["agreement"].queryset = agreements
        self.fields["agreement"].label_from_instance = lambda agreement: agreement.title
        now = financial_year(day)
        self.fields["year"].choices = [(year, year_label(year)) for year in range(now - 1, now + 4)]


class ApprovalLimitForm(Form):
    submit = "Set the limit"

    limit_pence = PoundsField(
        label="May approve a request that costs up to",
        help_text="Leave it empty to take the authority away.",
        min_pence=1,
        required=False,
    )
    reason = forms.CharField(
        label="Where this is decided",
        help_text="For example the scheme of delegation and its date.",
        max_length=200,
    )


class ConfirmForm(Form):
    """Only a button, for what another page of its own asks to be sure about."""

    def __init__(self, *args, submit="Confirm the ceiling", **kwargs):
        super().__init__(*args, **kwargs)
        self.submit = submit

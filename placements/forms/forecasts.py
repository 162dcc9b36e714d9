"""The figures of the forecast."""

from django import forms

from dps_portal.ui.forms import Form, PoundsField
from placements import rules

MOST = {"percent": 100, "nights": 366, "people": 9_999}


class AssumptionsForm(Form):
    """One field for each figure, and the source of what is changed."""

    submit = "Set the figures"

    reason = forms.CharField(
        label="Where the new figures come from",
        help_text="Shown beside each figure that this version changes.",
        max_length=200,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for figure in rules.FIGURES:
            self.fields[figure.name] = field_of(figure)
        self.order_fields([*rules.SEEDS, "reason"])

    def figures(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in rules.SEEDS}


def field_of(figure: rules.Figure) -> forms.Field:
    if figure.unit == "pence":
        return PoundsField(label=figure.label)
    return forms.IntegerField(
        label=figure.label,
        help_text=figure.unit.capitalize(),
        min_value=0,
        max_value=MOST[figure.unit],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-5"}),
    )

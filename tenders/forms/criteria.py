"""The criteria of a draft, each under a heading that the agreement published."""

from django import forms

from dps_portal.agreements.models import AwardCriterion
from dps_portal.ui.forms import BaseRows, Form

from .fields import HeadingChoice, text, whole_number

MOST = 8


class CriterionForm(Form):
    """One row of the criteria; left wholly empty it does not count."""

    heading = HeadingChoice(
        AwardCriterion.objects.none(),
        label="Heading that the agreement published",
        empty_label="Choose a heading",
    )
    name = forms.CharField(label="Name", max_length=60)
    weight = whole_number("Weight", 1, 100)
    question = text("Question to bidders", rows=3)
    guidance = text("Guidance on what a good answer covers", required=False, rows=3)
    word_limit = whole_number("Word limit", 50, 1500, initial=500)
    minimum_score = whole_number(
        "Lowest acceptable score",
        0,
        10,
        required=False,
        help_text="Only if it differs from the one for all answers.",
    )
    attachments = whole_number(
        "Files that may come with the answer",
        0,
        3,
        required=False,
        help_text="Each of 1 MB or smaller. Leave empty for none.",
    )

    def __init__(self, *args, headings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["heading"].queryset = headings
        if not headings:
            del self.fields["heading"]

    def clean_attachments(self):
        return self.cleaned_data["attachments"] or 0

    def has_changed(self):
        return any(self[field].data for field in ("name", "weight", "question"))


class BaseCriteria(BaseRows):
    submit = "Save criteria"
    legend = "Criterion"


CriteriaFormSet = forms.formset_factory(
    CriterionForm, formset=BaseCriteria, extra=MOST, max_num=MOST, absolute_max=MOST
)

"""Interests, scores, the recommendation and the decision."""

from django import forms
from django.utils import timezone

from dps_portal.ui.forms import DateField, Form

from .fields import text


class InterestForm(Form):
    submit = "Declare"
    reveals = {"has_interest": {"yes": ["details"]}}

    has_interest = forms.TypedChoiceField(
        label="Do you have an interest in this tender?",
        help_text="Work, money, family or friendship that ties you to one of these providers, "
        "or anything that could look like it.",
        choices=[("no", "No, I have none"), ("yes", "Yes")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    details = text("What the interest is", help_text="You will not be shown any bid.")


class PointsForm(Form):
    """A score on the published scale, with its reason."""

    points = forms.TypedChoiceField(label="Score", coerce=int, widget=forms.RadioSelect)
    reason = text(
        "Reason", help_text="Say what in the answer earns this score, and what is missing."
    )

    def __init__(self, *args, scale_max, submit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["points"].choices = [(points, str(points)) for points in range(scale_max + 1)]
        self.submit = submit


class RecommendationForm(Form):
    submit = "Recommend award"

    bid = forms.ModelChoiceField(None, label="Bid", empty_label=None, widget=forms.RadioSelect)
    reason = text("Reason for the recommendation")

    def __init__(self, *args, bids, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bid"].queryset = bids
        self.fields["bid"].label_from_instance = lambda bid: bid.provider.name


class ApprovalForm(Form):
    submit = "Approve award"

    consultation = text(
        "What the Cabinet Member said", help_text="Who was consulted, and the answer."
    )
    consulted_on = DateField(label="Date of the consultation", latest=timezone.localdate)

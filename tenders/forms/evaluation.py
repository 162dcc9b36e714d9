"""Interests, scores, the recommendation and the decision."""

from datetime import datetime, time, timedelta

from django import forms
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.dateformat import format as written

from dps_portal.ui.forms import DateField, Form

from .fields import MemberChoice, PersonChoice, text

ONE_DAY = timedelta(days=1)


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

    def __init__(self, *args, scale_max, scale, submit, reason_help="", **kwargs):
        super().__init__(*args, **kwargs)
        self.choice_hints = {"points": {str(points): said for points, said in enumerate(scale)}}
        if reason_help:
            self.fields["reason"].help_text = reason_help
        self.fields["points"].choices = [(points, str(points)) for points in range(scale_max + 1)]
        self.submit = submit


class ReplacementForm(Form):
    submit = "Replace"

    leaving = MemberChoice(None, label="Who leaves", empty_label=None, widget=forms.RadioSelect)
    joining = PersonChoice(None, label="Who joins", empty_label="Choose a person")
    reason = text("Reason", help_text="Kept in the audit trail. Name no provider.")

    def __init__(self, *args, leaving, joining, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leaving"].queryset = leaving
        self.fields["joining"].queryset = joining


class RecommendationForm(Form):
    submit = "Recommend award"

    bids = forms.ModelMultipleChoiceField(
        None, label="Bids to be awarded", widget=forms.CheckboxSelectMultiple
    )
    reason = text(
        "Reason for the recommendation",
        help_text="Part of the decision record, which is published with the award: nothing that a "
        "bidder gave in confidence, and nobody who needs care.",
    )
    departure = text(
        "Why these bids, if the published basis names others",
        help_text="The person who decides must agree in writing, and every bidder reads it.",
        required=False,
    )
    draw = text(
        "How a lot was drawn, if equal bids had to be parted",
        help_text="When, how, and before whom. Every bidder reads this in its letter.",
        required=False,
    )

    def __init__(self, *args, bids, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bids"].queryset = bids
        self.fields["bids"].label_from_instance = lambda bid: bid.provider.name


class ApprovalForm(Form):
    submit = "Approve award"

    consulted_with = forms.CharField(
        label="Who was consulted",
        max_length=200,
        help_text="The Cabinet Member, by name and office.",
    )
    consulted_on = DateField(label="Date of the consultation", latest=timezone.localdate)
    consultation = text("What they said", help_text="Published with the decision record.")
    alternatives = text(
        "Alternatives that were considered",
        help_text="For example to award to another bid, to abandon the tender, or to wait; and "
        "why not. Published with the decision record: name nobody who needs care.",
    )
    decided_as = forms.CharField(
        label="Your job", max_length=120, help_text="As it stands in the decision record."
    )
    departure_agreed = text("Why you agree to depart from the published basis")
    overdue_reason = text(
        "Why the award goes on without the declaration that is overdue",
        help_text="Or suspend the provider first.",
    )
    with_standstill = forms.TypedChoiceField(
        label="Wait before the contract is made?",
        choices=[("no", "No, make it now"), ("yes", "Yes, with a standstill of our own choice")],
        initial="no",
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, departs, is_overdue, standstill_last_day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["with_standstill"].help_text = (
            "The law asks for no standstill under a dynamic purchasing system. With one, the "
            "letters go now, and the contract can be made after midnight at the end of "
            f"{written(standstill_last_day, 'l j F Y')}."
        )
        if not departs:
            del self.fields["departure_agreed"]
        if not is_overdue:
            del self.fields["overdue_reason"]


class ChallengeForm(Form):
    submit = "Record challenge"

    challenger = forms.CharField(
        label="Who challenges the award", max_length=200, help_text="Organisation and person."
    )
    received_on = DateField(label="Day on which it came", latest=timezone.localdate)
    grounds = text("What is challenged, and on what grounds", rows=8)


class SettlementForm(Form):
    submit = "Settle challenge"

    settlement = text(
        "How it was settled, and why the award can go on",
        help_text="If the award cannot go on, abandon the tender instead.",
    )


class PriceQuestionForm(Form):
    submit = "Ask the bidder"

    question = text(
        "What the bidder is to explain",
        initial="Your weekly price is well below the mean of the other prices. Please explain how "
        "it covers the staff, the accommodation and the programme that you offer, and that it "
        "keeps the law on wages and working conditions.",
    )
    due_on = DateField(label="Last day to answer", earliest=timezone.localdate)

    def clean(self):
        """The last day counts to its end."""
        facts = super().clean()
        if day := facts.pop("due_on", None):
            facts["due_at"] = from_current_timezone(datetime.combine(day + ONE_DAY, time()))
        return facts


class ExplanationForm(Form):
    submit = "Send explanation"

    answer = text("Your explanation", rows=10)


class PriceDecisionForm(Form):
    submit = "Record decision"

    is_accepted = forms.TypedChoiceField(
        label="Does the explanation account for the price?",
        choices=[("yes", "Yes, the price counts"), ("no", "No, the bid is rejected")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = text(
        "Reason",
        help_text="Kept with the ranking and in the report. A rejected bidder reads it.",
    )

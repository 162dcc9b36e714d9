"""The forms of the choice of a provider, its answer, and what providers state of their places."""

from django import forms

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.ui.forms import DateField, Form
from placements.services import Words
from placements.states import Complexity, DeclineKind, Sex
from tenders.forms.fields import (
    PeopleChoice,
    PersonChoice,
    clean_closing,
    closing_time,
    whole_number,
)

from .fields import NO_NAMES, text

PROFILE = ["needs", "constraints", "sex", "latest_admission", "has_checked"]
MOST_PLACES = 500


class PlannedAdmissionForm(Form):
    submit = "Show options"
    method = "get"

    planned_admission = DateField(label="Planned admission")


def yes_or_no(label: str, yes: str, no: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class ProfileForm(Form):
    """The anonymised profile; cleans to ``words`` beside what else is asked."""

    needs = text("What the person needs", help_text=f"Providers read this. {NO_NAMES}")
    constraints = text(
        "What must be kept in mind",
        help_text="Such as a part of the country to stay away from. Providers read this.",
        required=False,
    )
    sex = forms.ChoiceField(
        label="Sex, if the service is for one sex",
        choices=[("", "Does not matter"), *Sex.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    latest_admission = DateField(label="Latest day of admission", required=False)
    has_checked = forms.BooleanField(
        label="I have checked the words: nothing in them points to the person", required=False
    )

    def clean(self):
        facts = super().clean()
        if not self.errors:
            facts["words"] = Words(**{name: facts.pop(name) for name in PROFILE})
        return facts


class ChoiceForm(ProfileForm):
    submit = "Offer the placement"
    fieldsets = [
        ("For the council’s record", ["person_choice", "why_not_cheapest"]),
        ("The anonymised profile for the provider", PROFILE),
    ]

    person_choice = text(
        "The person’s own choice",
        help_text=f"What the person wants, and why, in their words. {NO_NAMES}",
    )
    why_not_cheapest = text("Why not the cheapest suitable provider")

    def __init__(self, *args, is_cheapest, **kwargs):
        super().__init__(*args, **kwargs)
        if is_cheapest:
            del self.fields["why_not_cheapest"]
            self.fieldsets = [("For the council’s record", ["person_choice"]), self.fieldsets[1]]


class FitForm(Form):
    submit = "Save"

    is_suitable = yes_or_no("Is this provider suitable for the person?", "Yes", "No")
    note = text("How the provider fits the person’s needs, or why it does not", help_text=NO_NAMES)


class CompetitionForm(ProfileForm):
    submit = "Draft the tender"
    fieldsets = [
        ("The anonymised profile for the providers", PROFILE),
        ("Closing", ["closes_on", "closes_time"]),
        ("The panel", ["evaluators", "moderator"]),
    ]

    closes_on = DateField(label="Closing date")
    closes_time = closing_time()
    evaluators = PeopleChoice(
        User.objects.none(),
        label="Evaluators",
        help_text="Choose two or more. They score alone and never see prices.",
        widget=forms.CheckboxSelectMultiple,
    )
    moderator = PersonChoice(
        User.objects.none(), label="Moderator", empty_label="Choose a moderator"
    )

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["closes_on"].earliest = day
        for name, permission in {
            "evaluators": Permission.SCORE_BIDS,
            "moderator": Permission.MODERATE_SCORES,
        }.items():
            self.fields[name].queryset = User.objects.with_permission(permission).order_by("name")

    def clean(self):
        return clean_closing(self, super().clean())


class AnswerForm(Form):
    submit = "Send answer"
    reveals = {"accepts": {"yes": ["earliest_admission"], "no": ["decline_kind", "reason"]}}

    accepts = yes_or_no("Do you accept the placement?", "Yes, we accept", "No, we decline")
    earliest_admission = DateField(label="From which day can you admit the person?")
    decline_kind = forms.ChoiceField(
        label="Why do you decline?", choices=DeclineKind, widget=forms.RadioSelect
    )
    reason = text("Why you decline, in your words", help_text="The council’s team sees this.")


class VacancyForm(Form):
    submit = "Save"

    lot = forms.ModelChoiceField(Lot.objects.none(), label="Lot", empty_label="Choose a lot")
    places = whole_number("Places free, or free soon", 0, MOST_PLACES)
    earliest_on = DateField(label="Earliest day of admission")
    meets = forms.MultipleChoiceField(
        label="Which of these needs can you meet on this lot?",
        choices=Complexity,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots

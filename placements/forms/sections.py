"""One form for each section of a referral and of its assessment, by the section's key."""

from django import forms

from dps_portal.agreements.models import Lot
from dps_portal.ui.forms import DateField, Form, PoundsField
from placements.models import Referral
from placements.states import Charging, Complexity, Residence, Urgency

from .fields import NO_NAMES, text

YES_NO = [("yes", "Yes"), ("no", "No")]


class SectionForm(Form):
    """Filled with what the referral holds already."""

    submit = "Save and continue"

    def __init__(self, *args, referral: Referral, day, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.initial = self.shown(getattr(referral, name)) or field.initial
            if isinstance(field, DateField):
                field.latest = day
        if "lot" in self.fields:
            self.fields["lot"].queryset = referral.agreement.lots.order_by("number")

    @staticmethod
    def shown(value):
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def complexity():
    return forms.MultipleChoiceField(
        label="Complexity", choices=Complexity, widget=forms.CheckboxSelectMultiple, required=False
    )


def community_options():
    return text("Community options tried or considered", help_text=NO_NAMES)


def needs():
    return text("What the person needs", help_text=f"Providers see this. {NO_NAMES}")


class SourceForm(SectionForm):
    reveals = {"urgency": {Urgency.URGENT: ["urgency_reason"]}}

    source = forms.CharField(
        label="Who referred the person", help_text="An organisation or a team.", max_length=100
    )
    received_on = DateField(label="Date the referral was received")
    urgency = forms.ChoiceField(choices=Urgency, widget=forms.RadioSelect, initial=Urgency.ROUTINE)
    urgency_reason = forms.CharField(label="Why it is urgent", help_text=NO_NAMES, max_length=200)


class NeedsForm(SectionForm):
    needs_summary = needs()


class CircumstancesForm(SectionForm):
    home_circumstances = text("Home circumstances", help_text=NO_NAMES)
    complexity = complexity()


class ConsentSectionForm(SectionForm):
    has_consent = forms.BooleanField(label="The person consents to a placement being sought")
    consent_on = DateField(label="Date of the consent")

    @staticmethod
    def shown(value):
        return value


class CommunityForm(SectionForm):
    community_options_tried = community_options()


class CareActForm(SectionForm):
    care_act_assessed_on = DateField(label="Date of the Care Act assessment")
    care_act_eligible = forms.TypedChoiceField(
        label="Does the assessment find the person eligible?",
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    care_act_reason = text("Reason for the finding", help_text=NO_NAMES)


class ClinicalReviewForm(SectionForm):
    clinical_review_by = forms.CharField(
        label="Who made the clinical review", help_text="Role and team.", max_length=120
    )
    clinical_review_on = DateField(label="Date of the clinical review")
    clinical_review = text("What the clinical review found", help_text=NO_NAMES)


class ComplexityForm(SectionForm):
    complexity = complexity()
    needs_summary = needs()


class ResidenceForm(SectionForm):
    residence = forms.ChoiceField(
        label="Ordinary residence", choices=Residence, widget=forms.RadioSelect
    )


class ChargingForm(SectionForm):
    reveals = {"charging": {Charging.ASSESSED: ["weekly_contribution_pence"]}}

    charging = forms.ChoiceField(
        label="Financial assessment", choices=Charging, widget=forms.RadioSelect
    )
    weekly_contribution_pence = PoundsField(label="What the person pays a week")


class OutcomesSectionForm(SectionForm):
    desired_outcomes = text("Desired outcomes", help_text=NO_NAMES)


class RecommendationForm(SectionForm):
    lot = forms.ModelChoiceField(
        Lot.objects.none(), label="Recommended lot", empty_label="Choose a lot"
    )


SECTION_FORMS = {
    "source": SourceForm,
    "needs": NeedsForm,
    "circumstances": CircumstancesForm,
    "consent": ConsentSectionForm,
    "community": CommunityForm,
    "care-act": CareActForm,
    "clinical-review": ClinicalReviewForm,
    "options": CommunityForm,
    "complexity": ComplexityForm,
    "residence": ResidenceForm,
    "charging": ChargingForm,
    "outcomes": OutcomesSectionForm,
    "recommendation": RecommendationForm,
}

"""The forms that begin and discard a referral, and of looking at who it is."""

from django import forms

from dps_portal.agreements.models import Agreement
from dps_portal.ui.forms import DateField, Form
from placements.states import AccessPurpose


class ReferralForm(Form):
    submit = "Start referral"

    agreement = forms.ModelChoiceField(Agreement.objects.none(), empty_label=None)
    number = forms.CharField(label="Social care number", max_length=20)
    name = forms.CharField(label="Full name", max_length=120)
    date_of_birth = DateField(label="Date of birth")

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        running = Agreement.objects.public().filter(start__lte=day, end__gt=day)
        self.fields["agreement"].queryset = running.order_by("reference")
        self.fields["agreement"].label_from_instance = lambda agreement: agreement.title
        self.fields["date_of_birth"].latest = day


class DiscardForm(Form):
    submit = "Discard the draft"
    is_destructive = True


class IdentityForm(Form):
    submit = "Show who this is"

    purpose = forms.ChoiceField(
        label="Why do you need to know?", choices=AccessPurpose, widget=forms.RadioSelect
    )


class NamesForm(IdentityForm):
    submit = "Download with names"

"""Which part of the trail, and what of the auditor's lists."""

from django import forms

from dps_portal.ui.forms import DateField, FilterForm


class TrailForm(FilterForm):
    action = forms.CharField(
        required=False, max_length=64, help_text="For example tender.published"
    )
    subject = forms.CharField(
        required=False, max_length=64, help_text="A reference, for example of a tender"
    )
    actor = forms.CharField(
        required=False, max_length=64, label="Person", help_text="A reference, U- and eight letters"
    )
    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")


class VerificationListForm(FilterForm):
    by = forms.CharField(required=False, max_length=16, label="By", help_text="A reference")
    result = forms.ChoiceField(
        required=False, choices=[("", "All"), ("whole", "Whole"), ("broken", "Broken")]
    )


class DutyForm(FilterForm):
    q = forms.CharField(label="Search the rules", required=False, max_length=80)


class CheckListForm(FilterForm):
    """The search of a list of what is checked, and whether to show all of it."""

    q = forms.CharField(label="Search", required=False, max_length=80)
    show = forms.ChoiceField(required=False)

    def __init__(
        self, *args, shows=(("", "All that was examined"), ("exceptions", "Exceptions")), **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fields["show"].choices = shows
        if not shows:
            del self.fields["show"]


class AccessForm(FilterForm):
    """Whose looks at records, and when; both days are within."""

    user = forms.CharField(required=False, max_length=16, label="Person", help_text="A reference")
    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")

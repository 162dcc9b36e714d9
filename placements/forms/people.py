"""The forms of a person's record: finding it, opening it, keeping it and letting it go."""

from django import forms

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.ui.forms import DateField, FilterForm, Form
from placements.states import (
    AccessKind,
    AccessPurpose,
    ConsentKind,
    SubjectRequestKind,
    SubjectRequestState,
)

from .fields import NO_NAMES, text


def purpose(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=AccessPurpose, widget=forms.RadioSelect)


def yes_or_no(label: str, yes: str, no: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class FindForm(Form):
    submit = "Find the person"
    reveals = {"search_by": {"number": ["number"], "name": ["name", "date_of_birth"]}}

    search_by = forms.ChoiceField(
        label="What do you know?",
        choices=[("number", "Social care number"), ("name", "Full name and date of birth")],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label="Social care number", max_length=20)
    name = forms.CharField(label="Full name", max_length=120)
    date_of_birth = DateField(label="Date of birth")
    purpose = purpose("Why are you looking for this person?")


class ReasonForm(Form):
    """Why: for an act that needs nothing else."""

    reason = text("Reason", help_text=f"Others will read this. {NO_NAMES}")

    def __init__(self, *args, submit, is_destructive=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit, self.is_destructive = submit, is_destructive


class ReadersForm(Form):
    submit = "Save the list"

    readers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Who may see the record",
        help_text="Everybody else is shown that there is no such record. Name a manager as well.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.with_permission(Permission.VIEW_CASES)
        people |= User.objects.with_permission(Permission.APPROVE_FUNDING)
        self.fields["readers"].queryset = people.order_by("name", "pk")
        self.fields["readers"].label_from_instance = User.get_full_name


class RestrictionForm(ReadersForm):
    submit = "Restrict the record"

    reason = text("Why the record is restricted", help_text=NO_NAMES)
    field_order = ["reason", "readers"]


class ConsentForm(Form):
    submit = "Record consent"

    kind = forms.ChoiceField(
        label="What is it about?", choices=ConsentKind, widget=forms.RadioSelect
    )
    is_given = yes_or_no(
        "What did the person decide?", "The person gives consent", "The person withdraws consent"
    )
    on = DateField(label="Date of the decision")


class CorrectionForm(Form):
    submit = "Correct the identity"

    name = forms.CharField(label="Full name", max_length=120, required=False)
    date_of_birth = DateField(label="Date of birth", required=False)
    number = forms.CharField(label="Social care number", max_length=20, required=False)
    reason = text("Why this is corrected", help_text=NO_NAMES)

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date_of_birth"].latest = day


class BreakGlassReviewForm(Form):
    submit = "Record the review"

    is_justified = yes_or_no("Was it right to open the case?", "Yes", "No")
    note = text("What you found", help_text=f"The auditor reads this. {NO_NAMES}")


class SubjectDecisionForm(Form):
    submit = "Record decision"
    reveals = {"is_approved": {"no": ["reason"]}}

    is_approved = yes_or_no("Do you approve this?", "Approve", "Refuse")
    reason = text("Why you refuse", help_text=NO_NAMES)


class DownloadForm(Form):
    submit = "Download"

    purpose = purpose("Why are you taking this?")
    layout = forms.ChoiceField(
        label="File",
        choices=[("txt", "Plain text, to read or print"), ("json", "JSON, for another system")],
        widget=forms.RadioSelect,
        initial="txt",
    )


class AccessListForm(FilterForm):
    person = forms.CharField(
        label="Person", required=False, max_length=16, help_text="A reference, P- and eight letters"
    )
    user = forms.CharField(
        label="Who looked", required=False, max_length=16, help_text="A reference, U- and …"
    )
    kind = forms.ChoiceField(
        label="What was done", required=False, choices=[("", "All"), *AccessKind.choices]
    )
    purpose = forms.ChoiceField(
        label="Why",
        required=False,
        choices=[("", "All"), *AccessPurpose.choices, ("none", "The page asks for no purpose")],
    )
    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")


class BreakGlassListForm(FilterForm):
    q = forms.CharField(label="Search by reference", required=False, max_length=40)
    state = forms.ChoiceField(
        label="Review",
        required=False,
        choices=[("", "All"), ("waiting", "Not reviewed"), ("reviewed", "Reviewed")],
    )


class SubjectRequestListForm(FilterForm):
    q = forms.CharField(label="Search by reference", required=False, max_length=40)
    kind = forms.ChoiceField(required=False, choices=[("", "All"), *SubjectRequestKind.choices])
    state = forms.ChoiceField(required=False, choices=[("", "All"), *SubjectRequestState.choices])


class RetentionListForm(FilterForm):
    q = forms.CharField(label="Search by reference", required=False, max_length=40)

"""What people type on the public pages and on those that publish."""

from django import forms

from dps_portal.agreements.models import Lot
from dps_portal.documents.sniffing import UPLOAD_HELP
from dps_portal.ui.forms import FilterForm, Form, LongTextField

TEXT = 4000


class SearchForm(FilterForm):
    q = forms.CharField(label="Search", required=False, max_length=80)


class LotFilterForm(SearchForm):
    """A search among the lots of one agreement; rubbish in the address is ignored."""

    lot = forms.ChoiceField(label="Lot", required=False)

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [("", "All"), *((lot.number, str(lot)) for lot in lots)]


class TenderFilterForm(LotFilterForm):
    stage = forms.ChoiceField(label="Stage", required=False)

    def __init__(self, *args, stages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [("", "All"), *((stage, stage) for stage in stages)]


class AwardFilterForm(LotFilterForm):
    quarter = forms.ChoiceField(label="Quarter", required=False)

    def __init__(self, *args, quarters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [
            ("", "All"),
            *((str(quarter.start), str(quarter)) for quarter in quarters),
        ]


class QuestionFilterForm(SearchForm):
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), ("waiting", "Waiting for an answer"), ("answered", "Answered")],
    )


class VersionForm(Form):
    submit = "Publish"

    file = forms.FileField(
        label="File",
        help_text=UPLOAD_HELP,
        max_length=200,
        error_messages={
            "required": "Choose a file smaller than 10 MB",
            "empty": "The file is empty",
        },
    )
    note = forms.CharField(
        label="What is in this version, or what has changed", required=False, max_length=200
    )
    is_final = forms.BooleanField(
        label="I understand that everyone can read this file, and that it can never be removed",
        error_messages={"required": "Confirm that the file may be public for ever"},
    )

    def answers(self) -> dict:
        """What the services take."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "is_final"}
        file = facts.pop("file")
        return facts | {"name": file.name, "content": file.read()}


class LotChoice(forms.ModelChoiceField):
    def label_from_instance(self, lot):
        return str(lot)


class DocumentForm(VersionForm):
    title = forms.CharField(label="Title", max_length=120)
    lot = LotChoice(
        Lot.objects.none(), label="Lot", required=False, empty_label="The whole agreement"
    )

    field_order = ["title", "lot", "file", "note", "is_final"]

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = agreement.lots.order_by("number")


class QuestionForm(Form):
    submit = "Send the question"

    text = LongTextField(
        label="Your question",
        help_text="Your name is never shown. Do not name yourself or your organisation in the "
        "question, and write nothing about a person in treatment.",
        max_length=TEXT,
    )


class AnswerForm(Form):
    wording = LongTextField(
        label="The question as it will be published",
        help_text="Take out anything that shows who asked.",
        max_length=TEXT,
    )
    answer = LongTextField(label="Answer", max_length=TEXT, rows=8)


class SubscribeForm(Form):
    submit = "Send me the link"

    email = forms.EmailField(
        label="E-mail address",
        help_text="We use it for nothing else.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your e-mail address",
            "invalid": "Enter an e-mail address like name@example.com",
        },
    )


class ConfirmForm(Form):
    """One button; being sent at all is the answer."""

    def __init__(self, *args, submit, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit = submit

"""Questions, answers and bids."""

from django import forms
from django.utils import timezone

from dps_portal.documents.sniffing import KINDS
from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField

from .fields import clean_closing, closing_time, text


class QuestionForm(Form):
    submit = "Send question"

    question = text(
        "Your question",
        help_text="Everyone who was invited sees the question and the answer. Do not write "
        "anything that shows who you are.",
    )


class AnswerForm(Form):
    submit = "Send answer to everyone"
    mark_optional = False

    wording = text(
        "Question, as everyone reads it",
        required=False,
        help_text="Change it where it shows who asked. What was asked stays with who asked and "
        "the council.",
    )
    answer = text("Answer", help_text="Name no provider and nobody who could be in treatment.")


class DebriefForm(Form):
    submit = "Ask for further reasons"

    question = text("What you want to know")


class DebriefAnswerForm(Form):
    submit = "Send answer"

    answer = text(
        "Answer",
        help_text="Only this bidder gets it. Leave out what other bidders hold confidential.",
    )


class DraftForm(Form):
    """A part of a bid; gaps are allowed.

    ``seen`` is the version that the page was made from; ``nothing`` that of an empty part.
    """

    submit = "Save and continue"
    mark_optional = False

    seen = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}), max_length=64
    )

    def __init__(self, *args, nothing, **kwargs):
        super().__init__(*args, **kwargs)
        self.nothing = nothing

    def clean_seen(self):
        return self.cleaned_data["seen"] or self.nothing

    def see(self, version: str) -> None:
        """Let the next save replace what the page now shows beside what was typed."""
        self.data = self.data.copy()
        self.data["seen"] = version


class BidAnswerForm(DraftForm):
    is_finished = forms.BooleanField(label="I have finished this answer", required=False)

    field_order = ("text", "is_finished", "seen")

    def __init__(self, *args, criterion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"] = LongTextField(
            label="Your answer",
            max_words=criterion.word_limit,
            max_length=criterion.word_limit * 20,
            required=False,
            rows=12,
        )
        self.order_fields(self.field_order)


ASKED_BESIDES = {
    "detox_pence": (
        "Detoxification supplement",
        "In pounds, for one stay, on top of its weeks. Leave empty if there is none.",
    ),
    "one_off_pence": (
        "One-off charges",
        "In pounds, for one stay: everything that is charged once. Leave empty if there are none.",
    ),
    "discount_pence": (
        "Discount",
        "In pounds, off the whole stay. Leave empty if there is none.",
    ),
}


class BidPriceForm(DraftForm):
    """The weekly price; where stays are compared, what they cost besides, empty for nothing."""

    def __init__(self, *args, most_pence, compared_weeks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["weekly_pence"] = PoundsField(
            label="Price for one week",
            help_text="In pounds, for everything in the specification.",
            min_pence=1,
            **({"max_pence": most_pence} if most_pence else {}),
            required=False,
        )
        self.besides = ASKED_BESIDES if compared_weeks else {}
        for name, (label, help_text) in self.besides.items():
            self.fields[name] = PoundsField(label=label, help_text=help_text, required=False)

    def clean(self):
        facts = super().clean()
        return facts | {name: facts[name] or 0 for name in self.besides if name in facts}

    @property
    def price(self) -> dict[str, int | None]:
        return {name: self.cleaned_data.get(name) for name in ("weekly_pence", *self.besides)}


class AttachmentForm(Form):
    submit = "Upload"

    file = forms.FileField(
        label="File",
        help_text=f"{KINDS}, 1 MB or smaller. Do not name your price in a file.",
        max_length=200,
        error_messages={
            "required": "Choose a file of 1 MB or smaller",
            "empty": "The file is empty",
        },
    )


class ExtensionForm(Form):
    submit = "Ask for the later deadline"

    closes_on = DateField(label="New closing date", earliest=timezone.localdate)
    closes_time = closing_time()
    reason = text("Reason", help_text="Every invited provider reads this once it is agreed.")

    def clean(self):
        return clean_closing(self, super().clean())

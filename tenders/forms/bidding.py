"""Questions, answers and bids."""

from django.utils import timezone

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

    answer = text("Answer")


class DebriefForm(Form):
    submit = "Ask for further reasons"

    question = text("What you want to know")


class DebriefAnswerForm(Form):
    submit = "Send answer"

    answer = text(
        "Answer",
        help_text="Only this bidder gets it. Leave out what other bidders hold confidential.",
    )


class BidForm(Form):
    """One answer for each criterion, and the weekly price; gaps are allowed in a draft."""

    submit = "Save draft"
    mark_optional = False

    def __init__(self, *args, criteria, most_pence, fixed_pence, **kwargs):
        super().__init__(*args, **kwargs)
        for criterion in criteria:
            self.fields[f"answer_{criterion.position}"] = LongTextField(
                label=criterion.name,
                help_text=criterion.question,
                max_words=criterion.word_limit,
                max_length=criterion.word_limit * 20,
                required=False,
                rows=8,
            )
        if fixed_pence is not None:
            return
        self.fields["weekly_pence"] = PoundsField(
            label="Price for one week",
            help_text="In pounds, for everything in the specification.",
            min_pence=1,
            **({"max_pence": most_pence} if most_pence else {}),
            required=False,
        )

    @property
    def answers(self):
        """By the position of the criterion, as ``edit_bid`` takes them."""
        return {
            name.removeprefix("answer_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("answer_")
        }


class ExtensionForm(Form):
    submit = "Ask for the later deadline"

    closes_on = DateField(label="New closing date", earliest=timezone.localdate)
    closes_time = closing_time()
    reason = text("Reason", help_text="Every invited provider reads this once it is agreed.")

    def clean(self):
        return clean_closing(self, super().clean())

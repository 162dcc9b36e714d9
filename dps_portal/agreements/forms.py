"""What the council records about an agreement."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dps_portal.documents.sniffing import UPLOAD_HELP
from dps_portal.ui.forms import BaseRows, DateField, FilterForm, Form, LongTextField, PoundsField

from .models import Handling
from .placing import GROUPS, SETTINGS, Setting
from .rules import FIGURES

NARROW = {"class": "govuk-input--width-4", "inputmode": "numeric"}
MOST_CRITERIA = 12
ROUNDS = [("", "As the regime has it"), ("yes", "In rounds"), ("no", "For the whole term")]


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def yes_no(value):
    return {"yes": True, "no": False}.get(value)


class RulesForm(Form):
    submit = "Save rules"
    mark_optional = False
    fieldsets = [
        ("Time limits: leave a box empty for the figure of the regime", list(FIGURES)),
        ("Applications", ["opens_in_rounds"]),
        ("What a lapse does", ["lapsed_evidence", "inadequate_rating"]),
        ("Placements", ["placement_competition"]),
    ]

    opens_in_rounds = forms.TypedChoiceField(
        label="When are applications open?",
        choices=ROUNDS,
        coerce=yes_no,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    lapsed_evidence = forms.ChoiceField(
        label="A provider whose evidence has lapsed is", choices=Handling, widget=forms.RadioSelect
    )
    inadequate_rating = forms.ChoiceField(
        label="A provider with a place that the CQC rates inadequate is",
        choices=Handling,
        widget=forms.RadioSelect,
    )

    placement_competition = forms.BooleanField(
        label="Each placement is put to a competition among all admitted to its lot",
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for rule, label in FIGURES.items():
            self.fields[rule] = forms.IntegerField(
                label=label,
                min_value=1,
                max_value=365,
                required=False,
                widget=forms.TextInput(attrs=NARROW),
            )

    @staticmethod
    def initial_of(agreement) -> dict:
        rounds = {True: "yes", False: "no", None: ""}[agreement.opens_in_rounds]
        return {
            **{rule: getattr(agreement, rule) for rule in FIGURES},
            "opens_in_rounds": rounds,
            "lapsed_evidence": agreement.lapsed_evidence,
            "inadequate_rating": agreement.inadequate_rating,
            "placement_competition": agreement.placement_competition,
        }


class SettingsForm(Form):
    """One field for each setting of placements, as ``placing.SETTINGS`` has them."""

    submit = "Save settings"
    mark_optional = False
    fieldsets = [
        *((title, [one.name for one in group]) for title, group in GROUPS.items()),
        ("Why", ["reason"]),
    ]

    reason = LongTextField(label="Why the settings change", max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for one in SETTINGS:
            self.fields[one.name] = field_of(one)

    def values(self) -> dict:
        return {one.name: self.cleaned_data[one.name] for one in SETTINGS}


class NumbersField(forms.CharField):
    """Whole numbers with commas between them, kept as a list; empty is none."""

    def __init__(self, *, least, most, **kwargs):
        super().__init__(max_length=60, **kwargs)
        self.least, self.most = least, most

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value):
        typed = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        if not all(
            part.isascii() and part.isdigit() and self.least <= int(part) <= self.most
            for part in typed
        ):
            raise ValidationError(
                f"{self.label} must be numbers from {self.least} to {self.most}, like 4, 8"
            )
        return [int(part) for part in typed]


def field_of(one: Setting) -> forms.Field:
    if not one.unit:
        return forms.BooleanField(label=one.label, required=False)
    hint = one.unit.capitalize()
    if one.many:
        hint += ", with commas between them"
        return NumbersField(
            label=one.label, help_text=hint, least=one.least, most=one.most, required=False
        )
    return forms.IntegerField(
        label=one.label,
        help_text=hint,
        min_value=one.least,
        max_value=one.most,
        widget=forms.TextInput(attrs=NARROW),
    )


class DeviationForm(Form):
    """A rule and its new value; which box counts depends on the rule."""

    submit = "Record deviation and tell all participants"
    is_destructive = True
    rule = forms.ChoiceField(
        label="Which rule changes?",
        choices=[
            *FIGURES.items(),
            ("opens_in_rounds", "When applications are open"),
            ("lapsed_evidence", "What lapsed evidence does"),
            ("inadequate_rating", "What an inadequate CQC rating does"),
            ("placement_competition", "Whether each placement is put to a competition"),
        ],
    )
    days = forms.IntegerField(
        label="New number of days",
        help_text="For a rule that is a number of days.",
        min_value=1,
        max_value=365,
        required=False,
        widget=forms.TextInput(attrs=NARROW),
    )
    rounds = forms.TypedChoiceField(
        label="Applications are open",
        help_text="For the rule on when applications are open.",
        choices=[("yes", "In rounds"), ("no", "For the whole term")],
        coerce=yes_no,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    handling = forms.ChoiceField(
        label="The provider is",
        help_text="For the rules on lapsed evidence and inadequate ratings.",
        choices=Handling,
        required=False,
        widget=forms.RadioSelect,
    )
    competition = forms.TypedChoiceField(
        label="Each placement is put to a competition",
        help_text="For the rule on competitions for placements.",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=yes_no,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = LongTextField(label="Why the rule changes", max_length=2000)
    no_breach = LongTextField(
        label="Why this breaches neither transparency nor equal treatment", max_length=2000
    )

    mark_optional = False

    def clean(self):
        rule = self.cleaned_data.get("rule")
        if rule and self.value() in (None, ""):
            self.add_error(self.box(rule), "Give the new value of the rule")

    def box(self, rule) -> str:
        if rule in FIGURES:
            return "days"
        boxes = {"opens_in_rounds": "rounds", "placement_competition": "competition"}
        return boxes.get(rule, "handling")

    def value(self):
        return self.cleaned_data.get(self.box(self.cleaned_data["rule"]))


class RoundForm(Form):
    submit = "Open the round"

    opens_on = DateField(label="First day", earliest=tomorrow)
    closes_on = DateField(label="Last day", earliest=tomorrow)

    def clean(self):
        first, last = self.cleaned_data.get("opens_on"), self.cleaned_data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", "The last day cannot come before the first")


class DecisionForm(Form):
    """What every decision on validity shows for itself."""

    decided_on = DateField(label="Day of the decision", latest=timezone.localdate)
    evidence = forms.CharField(
        label="Where the decision is recorded",
        help_text="For example its number in the council's register of decisions.",
        max_length=200,
    )
    file = forms.FileField(label="The decision itself", help_text=UPLOAD_HELP, max_length=200)

    def facts(self) -> dict:
        file = self.cleaned_data["file"]
        return {
            "evidence": self.cleaned_data["evidence"],
            "file": (file.name, file.read()) if file else None,
        }


class OptionForm(DecisionForm):
    submit = "Exercise the option"
    is_destructive = True

    legal_check = LongTextField(
        label="Legal advice",
        help_text=(
            "Needed only if the decision was made after 23 February 2026: who advised that "
            "exercising an advertised option stands, and why."
        ),
        max_length=2000,
        required=False,
    )


class EndForm(DecisionForm):
    """Serves a change of validity and an early end. People speak of the last day."""

    is_destructive = True

    last_day = DateField(label="New last day of the system")

    def __init__(self, *args, submit, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit = submit
        self.order_fields(["last_day"])

    def facts(self) -> dict:
        return super().facts() | {
            "end": self.cleaned_data["last_day"] + timedelta(days=1),
            "decided_on": self.cleaned_data["decided_on"],
        }


class InitialEvaluationForm(Form):
    submit = "Save"

    until = DateField(
        label="Last day of the first evaluation",
        help_text="Leave it empty for the usual time.",
        earliest=tomorrow,
        required=False,
    )


class NoticeForm(Form):
    submit = "Record notice"

    reference = forms.CharField(
        label="Reference of the notice", help_text="Like 2026/S 000-012345.", max_length=60
    )
    published_on = DateField(label="Published on", latest=timezone.localdate)

    def clean_reference(self):
        reference = self.cleaned_data["reference"].strip()
        if not reference:
            raise ValidationError("Enter the reference of the notice")
        return reference


class NoticeListForm(FilterForm):
    q = forms.CharField(label="Notice or reference", required=False, max_length=80)
    state = forms.ChoiceField(
        choices=[("", "All"), ("outstanding", "Outstanding"), ("recorded", "Recorded")],
        required=False,
    )


def weight(label: str, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=100, widget=forms.TextInput(attrs=NARROW)
    )


class AwardCriterionForm(Form):
    """One heading; left wholly empty it does not count."""

    name = forms.CharField(label="Name", max_length=60)
    description = LongTextField(label="What it covers", max_length=1000, rows=2, required=False)
    weight_min = weight("Least weight", 0)
    weight_max = weight("Most weight", 1)

    def has_changed(self):
        return any(self[field].data for field in self.fields)


class BaseAwardCriteria(BaseRows):
    submit = "Save award criteria"
    legend = "Criterion"


AwardCriteriaFormSet = forms.formset_factory(
    AwardCriterionForm,
    formset=BaseAwardCriteria,
    max_num=MOST_CRITERIA,
    absolute_max=MOST_CRITERIA,
)


class LotCriteriaForm(Form):
    submit = "Save"

    minimum_turnover_pence = PoundsField(label="Minimum yearly turnover", required=False)
    turnover_justification = LongTextField(
        label="Why the lot needs more than twice its largest call-off",
        help_text="Needed only above that amount.",
        max_length=2000,
        required=False,
    )

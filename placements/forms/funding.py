"""The forms of asking for money and deciding on it."""

from datetime import timedelta

from crispy_forms.layout import Submit
from django import forms

from dps_portal.agreements.models import Lot
from dps_portal.ui.forms import DateField, Form, PoundsField
from placements.states import RequestKind, RequestState

from .fields import NO_NAMES, text

DRAFT_BUTTON = "draft"
LONGEST_EXTENSION = timedelta(weeks=26)


class RequestForm(Form):
    """What every request says; the first funding of a placement takes no more."""

    submit = "Ask for funding"

    reason = text("Why this should be funded", help_text=NO_NAMES)

    field_order = ["lot", "start", "end", "weekly_pence", "label", "one_off_pence", "reason"]

    def __init__(self, *args, placement, may_draft=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.placement = placement
        self.may_draft = may_draft

    @property
    def helper(self):
        helper = super().helper
        if self.may_draft:
            helper.add_input(Submit(DRAFT_BUTTON, "Save as draft"))
        return helper


class ExtensionForm(RequestForm):
    submit = "Ask for the extension"

    end = DateField(label="Funded until", help_text="The night of this day is not funded.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.placement.funded_until:
            self.fields["end"].latest = self.placement.funded_until + LONGEST_EXTENSION


class BandChangeForm(RequestForm):
    submit = "Ask for the move"

    lot = forms.ModelChoiceField(Lot.objects.none(), label="New lot", empty_label="Choose a lot")
    start = DateField(label="First night on the new lot")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lots = self.placement.lot.agreement.lots.exclude(pk=self.placement.lot_id)
        self.fields["lot"].queryset = lots.order_by("number")


class PriceChangeForm(RequestForm):
    submit = "Ask for the new price"

    start = DateField(label="First night at the new price")
    weekly_pence = PoundsField(label="New weekly price")


class ShorteningForm(RequestForm):
    submit = "Ask for the shortening"

    start = DateField(label="New end", help_text="The night of this day is not funded any more.")


class PriceCorrectionForm(RequestForm):
    submit = "Ask for the correction"

    start = DateField(label="First night with the wrong price")
    end = DateField(
        label="First night with a right price again",
        help_text="The day on which the funding ends if it was wrong to the end.",
    )
    weekly_pence = PoundsField(label="Right weekly price")


class OneOffForm(RequestForm):
    submit = "Ask for the charge"

    label = forms.CharField(label="What is charged", help_text=NO_NAMES, max_length=100)
    one_off_pence = PoundsField(label="Amount")
    start = DateField(label="Day of the charge")


REQUEST_FORMS = {
    RequestKind.INITIAL: RequestForm,
    RequestKind.EXTENSION: ExtensionForm,
    RequestKind.RETROSPECTIVE: ExtensionForm,
    RequestKind.BAND_CHANGE: BandChangeForm,
    RequestKind.PRICE_CHANGE: PriceChangeForm,
    RequestKind.SHORTENING: ShorteningForm,
    RequestKind.CORRECTION: PriceCorrectionForm,
    RequestKind.ONE_OFF: OneOffForm,
}


class DecisionForm(Form):
    submit = "Record decision"
    mark_optional = False

    decision = forms.TypedChoiceField(
        label="Decision",
        coerce=RequestState,
        choices=[
            (RequestState.APPROVED, "Approve"),
            (RequestState.DEFERRED, "Wait for money"),
            (RequestState.RETURNED, "Return it for more information"),
            (RequestState.DECLINED, "Decline"),
        ],
        widget=forms.RadioSelect,
    )
    reason = text(
        "Reason",
        help_text="Not needed for most approvals. The decision letter quotes it: name nobody.",
        required=False,
    )

    def clean(self):
        facts = self.cleaned_data
        refuses = facts.get("decision") not in {None, RequestState.APPROVED}
        if refuses and not facts.get("reason"):
            self.add_error("reason", "Give a reason.")

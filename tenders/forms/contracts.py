"""The register of contracts and their options."""

from django import forms

from dps_portal.ui.forms import FilterForm, Form
from tenders.states import ContractState

from .fields import text


class ContractListForm(FilterForm):
    q = forms.CharField(
        label="Search by contract, provider or tender", required=False, max_length=80
    )
    lot = forms.ModelChoiceField(None, label="Lot", required=False, empty_label="All")
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "All"), *ContractState.choices]
    )

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots


class ContractOptionForm(Form):
    submit = "Extend the contract"

    reason = text("Reason", help_text="Kept with the contract. It cannot be changed afterwards.")

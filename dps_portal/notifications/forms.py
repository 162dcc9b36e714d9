"""Which of one's messages."""

from django import forms

from dps_portal.ui.forms import DateField, FilterForm


class MessageFilterForm(FilterForm):
    """The search and filter of the list, read from the address; rubbish there is ignored."""

    q = forms.CharField(label="Search by subject", required=False, max_length=80)
    first_day = DateField(required=False, label="From")
    last_day = DateField(required=False, label="To")

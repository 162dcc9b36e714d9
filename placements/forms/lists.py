"""The searches and filters of the lists."""

from django import forms

from dps_portal.accounts.models import User
from dps_portal.clock import year_label
from dps_portal.ui.forms import FilterForm
from placements.states import Urgency


class ListForm(FilterForm):
    """The search and filter of a list, read from the address; rubbish there is ignored."""

    q = forms.CharField(label="Search by reference", required=False, max_length=40)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args, states, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", "All"), *states]


class ReferralListForm(ListForm):
    """As ``ListForm``, of the team's queue; ``workers`` where the reader may choose among them."""

    urgency = forms.ChoiceField(choices=[("", "All"), *Urgency.choices], required=False)
    worker = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="All", to_field_name="ref"
    )

    def __init__(self, *args, workers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = workers
        self.fields["worker"].label_from_instance = User.get_full_name
        if not workers:
            del self.fields["worker"]


class CaseloadListForm(FilterForm):
    q = forms.CharField(label="Search by name", required=False, max_length=120)


class YearListForm(FilterForm):
    """As ``ListForm``, of the years of a ceiling."""

    q = forms.CharField(label="Search by agreement", required=False, max_length=80)
    year = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "All"), *((year, year_label(year)) for year in years)]

"""The list of placements with the names of the people, for managers who say why (money.md §10)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui import csv_files
from dps_portal.ui.acts import attempt
from placements import services
from placements.forms import NamesForm

from .acts import sent
from .placements import file_columns, listed


@requires(Permission.MANAGE_PRIVACY)
def download_names(request):
    """The file answers a POST that says why; of whoever is in it a look is recorded."""
    rows = listed(request)[0].select_related("referral__person")
    form = NamesForm(sent(request))
    placements = list(rows) if request.method == "POST" else []
    names = attempt(
        form,
        lambda: services.person_names(
            people=[one.referral.person for one in placements],
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
    )
    if names is None:
        context = {"form": form, "count": rows.count()}
        return render(request, "placements/download_names.html", context)
    return file_of(placements, names, file_columns(request.user, placements))


def file_of(placements, names, columns) -> HttpResponse:
    rows = (
        [
            one.referral.person.reference,
            names.get(one.referral.person.reference),
            *(cell(one) for cell in columns.values()),
        ]
        for one in placements
    )
    return csv_files.download("placements-with-names.csv", ["Person", "Name", *columns], rows)

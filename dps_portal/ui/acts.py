"""What every page that acts or lists shares."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import render

from dps_portal.refusals import Refused

from . import csv_files

READ = ("GET", "HEAD")
ACT = ("POST",)
PER_PAGE = 25
T = TypeVar("T")
Columns = Mapping[str, Callable[[object], object]]  # the head and the cell of each


def attempt(form, act: Callable[[], T]) -> T | None:
    """Do the act of a valid form; a refusal goes onto the form with every reason."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refusal:
        form.add_error(None, list(refusal.reasons))
        return None


def attempt_at_once(request, act: Callable[[], object]) -> None:
    """Do an act that has a button and no form; a refusal is shown on the next page."""
    try:
        act()
    except Refused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)


def page_of(request, rows, *, parameter: str = "page"):
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(parameter))


def list_page(
    request,
    template: str,
    *,
    rows,
    form,
    columns: Columns | Callable[[Sequence], Columns],
    name: str,
    prepare: Callable[[Sequence], None] | None = None,
    **context,
):
    """A page of ``rows``, or with ``?download=csv`` all of them as the file ``name``.csv.

    ``rows`` is a QuerySet that the filter ``form`` has narrowed already. ``columns`` gives the
    file's head and cells; where these hang on what the rows hold, it is a function of them all.
    The template draws ``page`` and ``components/download.html``;
    ``prepare`` gets the rows of the page, or of the file, all at once, and sets on each what is
    shown besides its own fields.
    """
    if request.GET.get("download") == "csv":
        if prepare or callable(columns):
            rows = list(rows)
        if prepare:
            prepare(rows)
        if callable(columns):
            columns = columns(rows)
        return csv_files.download_columns(f"{name}.csv", columns, rows)
    page = page_of(request, rows)
    if prepare:
        prepare(page.object_list)
    context |= {"page": page, "form": form}
    return render(request, template, context)

"""Exclusion grounds: which apply, and a page for each; in an application and on request."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.documents.serving import download
from dps_portal.ui.acts import READ, attempt
from providers import services
from providers.forms import DeclarationForm, GroundForm
from providers.models import Declaration

from .acts import find
from .sections import section


@requires(Permission.EDIT_APPLICATION)
def save_declaration(request, reference):
    one = find(request, reference)
    form = DeclarationForm(
        request.POST or None,
        initial=DeclarationForm.initial_of(getattr(one, "declaration", None)),
    )
    saved = attempt(
        form,
        lambda: services.save_declaration(
            application=one,
            grounds=form.grounds(),
            declared_by_name=form.cleaned_data["declared_by_name"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if saved:
        return redirect("providers:ground_list", saved.pk) if saved.has_grounds else redirect(one)
    return section(request, one, "save_declaration", form)


def find_declaration(request, pk) -> Declaration:
    rows = Declaration.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("application", "request", "provider"), pk=pk)


@requires(Permission.EDIT_APPLICATION, methods=READ)
def ground_list(request, pk):
    """The grounds that apply, each with its page."""
    one = find_declaration(request, pk)
    day = timezone.localdate()
    grounds = [(each, each.rule()) for each in one.grounds_in_order()]
    return render(
        request,
        "providers/ground_list.html",
        {
            "declaration": one,
            "grounds": [
                {
                    "row": row,
                    "is_told": bool(rule.happened_on and rule.is_told),
                    "counts_until": rule.counts_until,
                    "is_live": rule.is_live(day),
                }
                for row, rule in grounds
            ],
        },
    )


@requires(Permission.EDIT_APPLICATION)
def save_ground(request, pk, ground):
    one = find_declaration(request, pk)
    row = get_object_or_404(one.grounds, ground=ground)
    row.declaration = one
    fields = ("happened_on", "what_happened", "compensation", "cooperation", "measures")
    form = GroundForm(
        request.POST or None,
        request.FILES or None,
        initial={field: getattr(row, field) for field in fields},
    )
    saved = attempt(
        form,
        lambda: services.save_ground(
            ground=row, **form.answers(), by=request.user, at=timezone.now()
        ),
    )
    if saved:
        return redirect("providers:ground_list", one.pk)
    objections = [] if one.is_editable else ["The declaration is made and can't be changed now."]
    facts = {"declaration": one, "ground": row, "form": form, "objections": objections}
    return render(request, "providers/save_ground.html", facts)


@requires(Permission.SIGNED_IN, methods=READ)
def ground_document(request, pk, ground):
    row = get_object_or_404(
        find_declaration(request, pk).grounds.select_related("document"), ground=ground
    )
    if row.document is None:
        raise Http404
    return download(row.document)

"""Organisations: registering one, its own page, and the council's list."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission, Role
from dps_portal.agreements.models import Agreement
from dps_portal.documents.serving import download
from dps_portal.ui.acts import READ, attempt, page_of
from providers import services
from providers.forms import ProviderForm, SearchForm
from providers.models import Admission, Application, EvidenceDocument, Provider


@requires(Permission.SIGNED_IN)
def register_provider(request):
    """Council staff and members of an organisation see why they can't."""
    form = ProviderForm(request.POST or None)
    registered = attempt(
        form,
        lambda: services.register_provider(**form.cleaned_data, by=request.user, at=timezone.now()),
    )
    if registered:
        messages.success(request, f"{registered.name} is registered.")
        return redirect(registered)
    objections = services.objections_to_membership(request.user, Role.PROVIDER_OWNER)
    return render(
        request, "providers/register_provider.html", {"form": form, "objections": objections}
    )


@requires(Permission.VIEW_OWN_PROVIDER, methods=READ)
def own_provider(request):
    return redirect(get_object_or_404(Provider.objects.of(request.user)))


@requires(Permission.SIGNED_IN, methods=READ)
def provider(request, reference):
    """To its own people, and to the council."""
    one = get_object_or_404(Provider.objects.visible_to(request.user), reference=reference)
    day = timezone.localdate()
    return render(
        request,
        "providers/provider.html",
        {
            "provider": one,
            "is_own": not request.user.may(Permission.VIEW_APPLICATIONS),
            "admissions": one.admissions.current(day).in_lot_order(),
            "rates": one.rates.by_lot(),
            "applications": Application.objects.visible_to(request.user)
            .filter(provider=one)
            .select_related("agreement")
            .newest_first(),
            "evidence": EvidenceDocument.objects.visible_to(request.user)
            .filter(provider=one)
            .held_at(None)
            .by_kind(),
            "locations": one.locations.held_at(None).order_by("name", "pk"),
            "agreements": Agreement.objects.public().filter(end__gt=day).order_by("title"),
        },
    )


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def provider_list(request):
    rows = Provider.objects.visible_to(request.user).by_name()
    form = SearchForm(request.GET, label="Name, reference or registration number")
    if form.is_valid() and (wanted := form.cleaned_data["q"].strip()):
        rows = rows.matching_text(wanted)
    current = Admission.objects.current(timezone.localdate()).in_lot_order()
    rows = rows.prefetch_related(
        Prefetch("admissions", queryset=current, to_attr="current_admissions")
    )
    return render(
        request, "providers/provider_list.html", {"page": page_of(request, rows), "form": form}
    )


@requires(Permission.SIGNED_IN, methods=READ)
def evidence_document(request, document):
    """To its own people, and to the council once it belongs to a submitted application."""
    rows = EvidenceDocument.objects.visible_to(request.user).select_related("document")
    return download(get_object_or_404(rows, document=document).document)

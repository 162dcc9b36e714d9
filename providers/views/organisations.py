"""Organisations: registering one, its own page, and the council's list."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission, Role
from dps_portal.documents.serving import download
from dps_portal.ui.acts import READ, attempt
from providers import services
from providers.forms import ProviderForm
from providers.models import EvidenceDocument, Provider


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
def evidence_document(request, document):
    """To its own people, and to the council once it belongs to a submitted application."""
    rows = EvidenceDocument.objects.visible_to(request.user).select_related("document")
    return download(get_object_or_404(rows, document=document).document)

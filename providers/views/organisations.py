"""Organisations: registering one, its own page, and the council's list."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission, Role
from dps_portal.documents.serving import download
from dps_portal.ui.acts import READ, attempt
from providers import services
from providers.forms import AddressForm, CorrectionForm, ProviderForm
from providers.models import EvidenceDocument, Provider, RegistrationClaim


@requires(Permission.SIGNED_IN)
def register_provider(request):
    """Council staff and members of an organisation see why they can't.

    Whoever waits for a review of their registration is led to it, also by a second press.
    """
    waiting = RegistrationClaim.objects.visible_to(request.user).waiting()
    if claim := waiting.filter(claimed_by=request.user).first():
        return redirect(claim)
    form = ProviderForm(request.POST or None)
    registered = attempt(
        form,
        lambda: services.register_provider(**form.cleaned_data, by=request.user, at=timezone.now()),
    )
    if registered:
        if isinstance(registered, Provider):
            messages.success(request, f"{registered.name} is registered.")
        return redirect(registered)
    objections = services.objections_to_membership(request.user, Role.PROVIDER_OWNER)
    return render(
        request, "providers/register_provider.html", {"form": form, "objections": objections}
    )


@requires(Permission.MANAGE_MEMBERS)
def edit_provider(request, reference):
    one = get_object_or_404(Provider.objects.visible_to(request.user), reference=reference)
    form = AddressForm(request.POST or None, initial={"address": one.address})
    if attempt(
        form,
        lambda: services.edit_provider(
            provider=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The address is saved.")
        return redirect(one)
    return render(
        request,
        "providers/edit_provider.html",
        {"provider": one, "form": form, "corrections": one.corrections.newest_first()},
    )


@requires(Permission.REVIEW_CLAIM)
def correct_provider(request, reference):
    """By the council, since the numbers say who an organisation is."""
    one = get_object_or_404(Provider.objects.visible_to(request.user), reference=reference)
    names = ("name", "company_number", "charity_number", "cqc_provider_id")
    form = CorrectionForm(
        request.POST or None, initial={name: getattr(one, name) for name in names}
    )
    if attempt(
        form,
        lambda: services.correct_provider(
            provider=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "Name and numbers are corrected, and the organisation is told.")
        return redirect(one)
    return render(
        request,
        "providers/correct_provider.html",
        {
            "provider": one,
            "form": form,
            "corrections": one.corrections.newest_first(),
        },
    )


@requires(Permission.VIEW_OWN_PROVIDER, methods=READ)
def own_provider(request):
    return redirect(get_object_or_404(Provider.objects.of(request.user)))


@requires(Permission.SIGNED_IN, methods=READ)
def evidence_document(request, document):
    """To its own people, and to the council once it belongs to a submitted application."""
    rows = EvidenceDocument.objects.visible_to(request.user).select_related("document")
    return download(get_object_or_404(rows, document=document).document)

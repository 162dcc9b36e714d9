"""Documents after admission, as the provider and as the council sees them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from providers import services
from providers.forms import EvidenceCheckForm, EvidenceForm
from providers.models import EvidenceDocument, Provider
from providers.states import OPTIONAL_EVIDENCE, EvidenceKind, EvidenceState

COLOURS = {
    EvidenceState.MISSING: "red",
    EvidenceState.REJECTED: "red",
    EvidenceState.EXPIRED: "red",
    EvidenceState.TO_CHECK: "blue",
    EvidenceState.EXPIRING: "yellow",
    EvidenceState.IN_DATE: "green",
}


def documents_of(provider: Provider, day) -> list[dict]:
    """Every kind with the document of today, and how it stands."""
    held = {each.kind: each for each in provider.evidence.held_at(None).by_kind()}
    found = []
    for kind in EvidenceKind:
        row = held.get(kind)
        if row or kind not in OPTIONAL_EVIDENCE:
            state = row.state(day) if row else EvidenceState.MISSING
            found.append({"kind": kind, "row": row, "state": state, "colour": COLOURS[state]})
        else:
            found.append({"kind": kind, "row": None, "state": None, "colour": ""})
    return found


@requires(Permission.VIEW_OWN_PROVIDER, methods=READ)
def evidence_overview(request):
    provider = get_object_or_404(Provider.objects.of(request.user))
    day = timezone.localdate()
    return render(
        request,
        "providers/evidence_overview.html",
        {
            "provider": provider,
            "documents": documents_of(provider, day),
            "may_renew": provider.admissions.held(day).exists(),
        },
    )


@requires(Permission.EDIT_APPLICATION)
def renew_evidence(request, kind):
    provider = get_object_or_404(Provider.objects.of(request.user))
    if kind not in EvidenceKind.values:
        raise Http404
    kind = EvidenceKind(kind)
    now = timezone.now()
    form = EvidenceForm(request.POST or None, request.FILES or None, kind=kind)

    def renew():
        file = form.cleaned_data["file"]
        return services.renew_evidence(
            provider=provider,
            kind=kind,
            name=file.name,
            content=file.read(),
            expires_on=form.cleaned_data.get("expires_on"),
            by=request.user,
            at=now,
        )

    if attempt(form, renew):
        messages.success(request, f"{kind.label}: uploaded. The council checks it.")
        return redirect("providers:evidence_overview")
    is_admitted = provider.admissions.held(timezone.localdate(now)).exists()
    objections = [] if is_admitted else ["Add documents to your application."]
    return render(
        request,
        "providers/renew_evidence.html",
        {"kind": kind, "form": form, "objections": objections},
    )


@requires(Permission.CHECK_COMPLIANCE)
def check_evidence(request, document):
    rows = EvidenceDocument.objects.visible_to(request.user)
    one = get_object_or_404(rows.select_related("document", "provider"), document=document)
    form = EvidenceCheckForm(request.POST or None)
    checked = attempt(
        form,
        lambda: services.check_evidence(
            evidence=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if checked:
        messages.success(
            request,
            f"{one.get_kind_display()}: {checked.get_finding_display().lower()}. "
            "The provider is told.",
        )
        return redirect(one.provider)
    objections = []
    if one.ended_at:
        objections = ["The provider has replaced this document."]
    elif one.finding:
        objections = ["This document is already checked."]
    facts = {"evidence": one, "form": form, "objections": objections}
    return render(request, "providers/check_evidence.html", facts)

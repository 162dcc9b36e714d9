"""Documents that everyone may read, with every version; the council adds to them (R2.9)."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import DocumentVersion
from dps_portal.documents.serving import download
from dps_portal.publication import registers, services
from dps_portal.publication.forms import DocumentForm, LotFilterForm, VersionForm
from dps_portal.ui.acts import READ, attempt, list_page

from .acts import find_agreement, found_at
from .opportunities import may


@requires(Permission.PUBLIC, methods=READ)
def document_list(request, agreement):
    one = find_agreement(agreement)
    form = LotFilterForm(request.GET, lots=one.lots.order_by("number"))
    wanted = form.asked()
    rows = registers.documents_of(one)
    if wanted["q"]:
        rows = rows.filter(title__icontains=wanted["q"])
    if wanted["lot"]:
        rows = rows.filter(Q(lot=None) | Q(lot__number=wanted["lot"]))
    return list_page(
        request,
        "publication/document_list.html",
        rows=rows,
        form=form,
        columns={
            "Title": lambda row: row.title,
            "Lot": lambda row: str(row.lot or "All"),
            "Version": lambda row: row.versions.all()[0].number,
            "Published": lambda row: timezone.localdate(row.versions.all()[0].published_at),
        },
        name=f"{one.reference}-documents",
        agreement=one,
        **may(request.user),
        **found_at(request.path, f"{one.title}: all documents, with every version."),
    )


def find_document(agreement, slug):
    one = find_agreement(agreement)
    return get_object_or_404(registers.documents_of(one).select_related("agreement"), slug=slug)


@requires(Permission.PUBLIC, methods=READ)
def document(request, agreement, slug):
    one = find_document(agreement, slug)
    return render(
        request,
        "publication/document.html",
        {
            "document": one,
            **may(request.user),
            **found_at(request.path, f"{one.agreement.title}: {one.title}, with every version."),
        },
    )


@requires(Permission.PUBLIC, methods=READ)
def document_version(request, agreement, slug, number):
    """The file, for as long as the portal lives; 404 while it is being checked."""
    version = get_object_or_404(
        DocumentVersion.objects.select_related("file"),
        of__agreement=find_agreement(agreement),
        of__slug=slug,
        number=number,
    )
    return download(version.file)


@requires(Permission.RECORD_NOTICE)
def publish_document(request, agreement):
    one = find_agreement(agreement)
    form = DocumentForm(request.POST or None, request.FILES or None, agreement=one)
    version = attempt(
        form,
        lambda: services.publish_document(
            agreement=one, **form.answers(), by=request.user, at=timezone.now()
        ),
    )
    if version:
        messages.success(request, "The document is published.")
        return redirect("publication:document", one.reference, version.of.slug)
    return render(request, "publication/publish_document.html", {"agreement": one, "form": form})


@requires(Permission.RECORD_NOTICE)
def publish_version(request, agreement, slug):
    one = find_document(agreement, slug)
    form = VersionForm(request.POST or None, request.FILES or None)
    version = attempt(
        form,
        lambda: services.publish_version(
            document=one, **form.answers(), by=request.user, at=timezone.now()
        ),
    )
    if version:
        messages.success(request, f"Version {version.number} is published.")
        return redirect("publication:document", agreement, slug)
    return render(request, "publication/publish_version.html", {"document": one, "form": form})

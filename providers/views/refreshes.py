"""Renewed declarations: the council asks, the provider answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.clock import in_words
from dps_portal.ui.acts import READ, attempt
from providers import services
from providers.forms import DeclarationForm, DeclarationRequestForm, RenewedDeclarationForm
from providers.models import Admission, DeclarationRequest, Provider


@requires(Permission.CHECK_COMPLIANCE)
def request_declarations(request):
    """Of one provider or of everybody; ``?provider=`` fills in the one whose page led here."""
    now = timezone.now()
    held = Admission.objects.held(timezone.localdate(now))
    agreements = Agreement.objects.filter(pk__in=held.values("lot__agreement")).order_by("title")
    providers = Provider.objects.visible_to(request.user).filter(pk__in=held.values("provider"))
    chosen = providers.filter(reference=request.GET.get("provider", "")).first()
    form = DeclarationRequestForm(
        request.POST or None,
        agreements=agreements,
        providers=providers.by_name(),
        initial={"provider": chosen, "agreement": agreements.first()},
    )
    asked = attempt(
        form,
        lambda: services.request_declarations(**form.cleaned_data, by=request.user, at=now),
    )
    if asked:
        messages.success(
            request,
            f"{len(asked)} provider{'s are' if len(asked) > 1 else ' is'} asked for a declaration "
            f"by {in_words(asked[0].due_on)}.",
        )
        return redirect("providers:compliance_list")
    objections = [] if agreements else ["Nobody is admitted."]
    return render(
        request, "providers/request_declarations.html", {"form": form, "objections": objections}
    )


def find_request(request, pk) -> DeclarationRequest:
    rows = DeclarationRequest.objects.filter(provider__in=Provider.objects.of(request.user))
    return get_object_or_404(rows.select_related("provider", "declaration"), pk=pk)


@requires(Permission.VIEW_OWN_PROVIDER, methods=READ)
def declaration_request(request, pk):
    """What is asked, what is still missing, and what was answered."""
    asked = find_request(request, pk)
    return render(
        request,
        "providers/declaration_request.html",
        {
            "asked": asked,
            "grounds": asked.declaration.grounds_in_order(),
            "missing": services.missing_in(asked.declaration),
            "is_overdue": asked.answered_at is None and asked.due_on < timezone.localdate(),
            "may_answer": request.user.may(Permission.SUBMIT_APPLICATION),
        },
    )


@requires(Permission.EDIT_APPLICATION)
def renew_grounds(request, pk):
    """Which grounds apply today; what was told of them before is kept."""
    asked = find_request(request, pk)
    form = DeclarationForm(
        request.POST or None, initial=DeclarationForm.initial_of(asked.declaration)
    )
    saved = attempt(
        form,
        lambda: services.save_grounds(
            declaration=asked.declaration,
            grounds=form.grounds(),
            declared_by_name=form.cleaned_data["declared_by_name"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if saved and saved.has_grounds:
        return redirect("providers:ground_list", saved.pk)
    if saved:
        return redirect("providers:declaration_request", asked.pk)
    objections = ["The declaration is made already."] if asked.answered_at else []
    facts = {"asked": asked, "form": form, "objections": objections}
    return render(request, "providers/renew_grounds.html", facts)


@requires(Permission.SUBMIT_APPLICATION)
def answer_request(request, pk):
    asked = find_request(request, pk)
    form = RenewedDeclarationForm(request.POST or None)
    if attempt(
        form,
        lambda: services.answer_request(asked=asked, by=request.user, at=timezone.now()),
    ):
        messages.success(request, "The declaration is made, and the council is told.")
        return redirect("providers:declaration_request", asked.pk)
    objections = ["The declaration is made already."] if asked.answered_at else []
    objections += services.missing_in(asked.declaration)
    facts = {
        "asked": asked,
        "grounds": asked.declaration.grounds_in_order(),
        "form": form,
        "objections": objections,
    }
    return render(request, "providers/answer_request.html", facts)

"""Applications as the council sees them: list, review, findings, recommendation, decision."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, page_of
from providers import rules, services
from providers.forms import ApplicationListForm, AssessmentForm, ExtensionForm, OutcomeForm
from providers.models import Application
from providers.states import ApplicationState

from .acts import answers_of, find, find_lot


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def application_list(request):
    rows = Application.objects.visible_to(request.user).select_related("provider")
    form = ApplicationListForm(request.GET, label="Reference or provider")
    form.is_valid()
    if wanted := form.cleaned_data.get("q", "").strip():
        rows = rows.matching_text(wanted)
    if state := form.cleaned_data.get("state"):
        rows = rows.filter(state=state)
    rows = rows.prefetch_related("lots__lot").soonest_due_first()
    day = timezone.localdate()
    return render(
        request,
        "providers/application_list.html",
        {
            "page": page_of(request, rows),
            "form": form,
            "day": day,
            "overdue": Application.objects.visible_to(request.user).overdue(day).count(),
        },
    )


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def application_review(request, reference):
    one = find(request, reference)
    state = ApplicationState(one.state)
    is_open = not rules.objections_to_review(state=state, is_decided=False)
    may_assess = is_open and request.user.may(Permission.ASSESS_APPLICATION)
    return render(
        request,
        "providers/application_review.html",
        {
            **answers_of(one),
            "lots": one.lots_in_order().with_assessments(),
            "is_overdue": one.is_overdue(timezone.localdate()),
            "may_assess": may_assess,
            "may_decide": is_open and request.user.may(Permission.DECIDE_APPLICATION),
            "may_extend": may_assess and not one.extension_reason,
        },
    )


@requires(Permission.ASSESS_APPLICATION)
def assess_lot(request, reference, number):
    """One's own findings; what the portal suggests is shown and never filled in."""
    one = find(request, reference)
    lot_application = find_lot(one, number)
    form = AssessmentForm(
        request.POST or None,
        suggestions=rules.suggested_findings(
            one.answers(), lot_application.offer(), today=timezone.localdate()
        ),
        initial=own_findings(lot_application, request.user),
    )
    if attempt(
        form,
        lambda: services.record_assessment(
            lot_application=lot_application,
            findings=form.findings(),
            by=request.user,
            at=timezone.now(),
        ),
    ):
        messages.success(request, f"Your findings on {lot_application.lot} are recorded.")
        return redirect(one.get_review_url())
    return render_lot(request, "assess_lot", lot_application, form)


def own_findings(lot_application, user) -> dict[str, str]:
    own = lot_application.assessments.filter(assessor=user)
    return {f"{each.criterion}_finding": each.finding for each in own} | {
        f"{each.criterion}_reason": each.reason for each in own
    }


@requires(Permission.ASSESS_APPLICATION)
def recommend_lot(request, reference, number):
    one = find(request, reference)
    lot_application = find_lot(one, number)
    form = OutcomeForm(
        request.POST or None, submit="Record recommendation", label="What do you recommend?"
    )
    form.fields["reason"].help_text = "Those who decide see this."
    if attempt(
        form,
        lambda: services.recommend_lot(
            lot_application=lot_application,
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
    ):
        messages.success(request, f"Your recommendation on {lot_application.lot} is recorded.")
        return redirect(one.get_review_url())
    return render_lot(request, "recommend_lot", lot_application, form)


@requires(Permission.DECIDE_APPLICATION)
def decide_lot(request, reference, number):
    one = find(request, reference)
    lot_application = find_lot(one, number)
    form = OutcomeForm(request.POST or None, submit="Record decision", label="What do you decide?")
    form.fields["reason"].help_text = "The provider is sent this. Do not write any price."
    if attempt(
        form,
        lambda: services.decide_lot(
            lot_application=lot_application,
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
    ):
        messages.success(request, f"The decision on {lot_application.lot} is recorded and sent.")
        return redirect(one.get_review_url())
    return render_lot(request, "decide_lot", lot_application, form)


def render_lot(request, page, lot_application, form):
    application = lot_application.application
    facts = {
        **answers_of(application),
        "lot_application": lot_application,
        "lot": lot_application.lot,
        "assessments": lot_application.assessments.in_order(),
        "form": form,
        "objections": rules.objections_to_review(
            state=ApplicationState(application.state), is_decided=bool(lot_application.outcome)
        ),
    }
    return render(request, f"providers/{page}.html", facts)


@requires(Permission.ASSESS_APPLICATION)
def extend_decision(request, reference):
    one = find(request, reference)
    form = ExtensionForm(request.POST or None)
    if attempt(
        form,
        lambda: services.extend_decision(
            application=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The time to decide is extended, and the provider is told.")
        return redirect(one.get_review_url())
    regime = one.agreement.regime
    extended = regime.decide_application_extended.ends_on(timezone.localdate(one.received_at))
    return render(
        request,
        "providers/extend_decision.html",
        {"application": one, "form": form, "extended": extended},
    )

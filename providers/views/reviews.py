"""Applications as the council sees them: list, review, findings, recommendation, decision."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.ui.acts import READ, attempt, list_page
from providers import rules, services
from providers.forms import ApplicationListForm, AssessmentForm, ExtensionForm, OutcomeForm
from providers.models import Application
from providers.states import ApplicationState

from .acts import answers_of, find_lot, for_review

COLUMNS = {
    "Reference": lambda row: row.reference,
    "Provider": lambda row: row.provider.name,
    "Lots": lambda row: ", ".join(each.lot.title for each in row.lots.all()),
    "Submitted": lambda row: timezone.localdate(row.submitted_at),
    "Counts from": lambda row: timezone.localdate(row.received_at),
    "Decide by": lambda row: row.decide_by,
    "State": lambda row: row.get_state_display(),
}


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def application_list(request):
    visible = Application.objects.visible_to(request.user)
    rows = visible.select_related("provider")
    day = timezone.localdate()
    form = ApplicationListForm(request.GET, lots=Lot.objects.order_by("agreement", "number"))
    asked = form.asked()
    if text := asked["q"]:
        rows = rows.matching_text(text)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    if lot := asked["lot"]:
        rows = rows.filter(lots__lot=lot)
    rows = rows.waiting_for(asked["waiting"], day)
    return list_page(
        request,
        "providers/application_list.html",
        rows=rows.prefetch_related("lots__lot").soonest_due_first(),
        form=form,
        columns=COLUMNS,
        name="applications",
        day=day,
        overdue=visible.overdue(day).count(),
    )


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
@for_review
def application_review(request, one):
    state = ApplicationState(one.state)
    day = timezone.localdate()
    is_open = not rules.objections_to_review(state=state, is_decided=False)
    assesses = request.user.may(Permission.ASSESS_APPLICATION)
    declared = list(one.interests.values_list("has_conflict", flat=True))
    is_waiting = state in {ApplicationState.SUBMITTED, ApplicationState.RETURNED}
    return render(
        request,
        "providers/application_review.html",
        {
            **answers_of(one),
            "lots": one.lots_in_order().with_assessments(),
            "today": day,
            "is_overdue": one.is_overdue(day),
            "may_assess": is_open and assesses,
            "may_decide": is_open and request.user.may(Permission.DECIDE_APPLICATION),
            "may_extend": is_waiting
            and assesses
            and not one.extension_reason
            and not one.is_overdue(day),
            "may_recall": state == ApplicationState.RETURNED
            and assesses
            and not services.objections_to_recall(one, request.user, timezone.now()),
            "clarifications": one.clarifications_in_order(),
            "declared": len(declared),
            "conflicts": sum(declared),
            "changes": changes_in(one),
        },
    )


def changes_in(application) -> list[tuple[str, str, str]]:
    """Each answer that a correction changed, as first and as last handed in."""
    handed_in = list(application.submissions.order_by("at", "pk"))
    if len(handed_in) < 2:  # noqa: PLR2004
        return []
    first, last = handed_in[0].answers, handed_in[-1].answers
    return [
        (question, first.get(question, ""), last.get(question, ""))
        for question in {**first, **last}
        if first.get(question, "") != last.get(question, "")
    ]


@requires(Permission.ASSESS_APPLICATION)
@for_review
def assess_lot(request, one, number):
    """One's own findings; what the portal suggests is shown and never filled in."""
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
@for_review
def recommend_lot(request, one, number):
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
    again = rules.objections_to_another(bool(lot_application.recommendation))
    return render_lot(request, "recommend_lot", lot_application, form, again)


@requires(Permission.DECIDE_APPLICATION)
@for_review
def decide_lot(request, one, number):
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


def render_lot(request, page, lot_application, form, objections=()):
    application = lot_application.application
    facts = {
        **answers_of(application),
        "lot_application": lot_application,
        "lot": lot_application.lot,
        "assessments": lot_application.assessments.in_order(),
        "form": form,
        "objections": rules.objections_to_review(
            state=ApplicationState(application.state), is_decided=bool(lot_application.outcome)
        )
        or objections,
    }
    return render(request, f"providers/{page}.html", facts)


@requires(Permission.ASSESS_APPLICATION)
@for_review
def extend_decision(request, one):
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

"""Interests, clarifications, self-cleaning, letters and reasons of an application."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, list_page
from providers import rules, services
from providers.forms import (
    ClarificationForm,
    GroundAssessmentForm,
    InterestForm,
    ReasonsListForm,
    RecallForm,
    ReplyForm,
    RequestReasonsForm,
)
from providers.models import Clarification, Declaration, ReasonsRequest
from providers.states import ApplicationState, Outcome

from .acts import find, find_lot, for_review


@requires(Permission.VIEW_APPLICATIONS)
def declare_interest(request, reference):
    """Before anything of the application is read (R4.2)."""
    one = find(request, reference)
    if one.interests.filter(person=request.user).exists():
        return redirect(one.get_review_url())
    form = InterestForm(request.POST or None)
    declared = attempt(
        form,
        lambda: services.declare_interest(
            application=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if declared and declared.has_conflict:
        messages.success(request, "Your conflict is recorded. A colleague takes over.")
        return redirect("providers:application_list")
    if declared:
        return redirect(one.get_review_url())
    return render(request, "providers/declare_interest.html", {"application": one, "form": form})


@requires(Permission.ASSESS_APPLICATION)
def assess_ground(request, pk, ground):
    """Of an application, or of a declaration on request."""
    declaration = get_object_or_404(
        Declaration.objects.visible_to(request.user).select_related("application", "provider"),
        pk=pk,
    )
    row = get_object_or_404(declaration.grounds, ground=ground)
    row.declaration = declaration
    back = (
        declaration.application.get_review_url()
        if declaration.application
        else declaration.provider.get_absolute_url()
    )
    initial = {"finding": row.finding, "reason": row.finding_reason}
    form = GroundAssessmentForm(request.POST or None, initial=initial)
    if attempt(
        form,
        lambda: services.assess_ground(
            ground=row, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Your finding on “{row.get_ground_display()}” is recorded.")
        return redirect(back)
    rule = row.rule()
    told = [{"row": row, "is_live": rule.is_live(timezone.localdate()), "until": rule.counts_until}]
    facts = {"ground": row, "grounds": told, "form": form, "back": back}
    return render(request, "providers/assess_ground.html", facts)


@requires(Permission.ASSESS_APPLICATION)
@for_review
def ask_clarification(request, one):
    now = timezone.now()
    lots = list(one.lots_in_order())
    form = ClarificationForm(
        request.POST or None,
        lots=lots,
        earliest=services.earliest_answer(one, now),
        initial={"about": 0, "due_on": services.usual_answer(one, now)},
    )

    def ask():
        told = dict(form.cleaned_data)
        number = told.pop("about")
        about = next((each for each in lots if each.lot.number == number), None)
        return services.ask_clarification(
            application=one, lot_application=about, **told, by=request.user, at=now
        )

    if attempt(form, ask):
        messages.success(request, "The question is sent.")
        return redirect(one.get_review_url())
    objections = rules.objections_to_move(ApplicationState(one.state), ApplicationState.RETURNED)
    facts = {"application": one, "form": form, "objections": objections}
    return render(request, "providers/ask_clarification.html", facts)


@requires(Permission.EDIT_APPLICATION)
def answer_clarification(request, pk):
    one = get_object_or_404(
        Clarification.objects.visible_to(request.user).select_related(
            "application", "lot_application__lot"
        ),
        pk=pk,
    )
    form = ReplyForm(request.POST or None)
    if attempt(
        form,
        lambda: services.answer_clarification(
            clarification=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "Your answer is sent.")
        return redirect(one.application)
    objections = rules.objections_to_answer(
        state=ApplicationState(one.application.state),
        is_answered=one.answered_at is not None,
        answer="given on the page",
    )
    facts = {"clarification": one, "application": one.application, "form": form}
    facts["objections"] = objections
    return render(request, "providers/answer_clarification.html", facts)


@requires(Permission.ASSESS_APPLICATION)
@for_review
def recall_application(request, one):
    form = RecallForm(request.POST if request.method == "POST" else None)
    if attempt(
        form,
        lambda: services.recall_application(application=one, by=request.user, at=timezone.now()),
    ):
        messages.success(request, "The application is taken back.")
        return redirect(one.get_review_url())
    objections = services.objections_to_recall(one, request.user, timezone.now())
    facts = {"application": one, "form": form, "objections": objections}
    return render(request, "providers/recall_application.html", facts)


@requires(Permission.SIGNED_IN, methods=READ)
@for_review
def decision_letter(request, one, number):
    """The words as they were sent: to the provider's people, and to the council."""
    lot_application = find_lot(one, number)
    if not lot_application.letter:
        raise Http404
    return render(
        request,
        "providers/decision_letter.html",
        {
            "application": one,
            "lot_application": lot_application,
            "reasons": ReasonsRequest.objects.filter(lot_application=lot_application).first(),
            "is_own": not request.user.may(Permission.VIEW_APPLICATIONS),
            "may_request": request.user.may(Permission.SUBMIT_APPLICATION)
            and lot_application.outcome == Outcome.REFUSED,
            "may_answer": request.user.may(Permission.ASSESS_APPLICATION),
        },
    )


@requires(Permission.SUBMIT_APPLICATION)
def request_reasons(request, reference, number):
    one = find(request, reference)
    lot_application = find_lot(one, number)
    form = RequestReasonsForm(request.POST if request.method == "POST" else None)
    asked = attempt(
        form,
        lambda: services.request_reasons(
            lot_application=lot_application, by=request.user, at=timezone.now()
        ),
    )
    if asked:
        messages.success(request, "The council is told that you want the reasons.")
        return redirect("providers:decision_letter", one.reference, number)
    objections = rules.objections_to_reasons_request(
        outcome=lot_application.outcome,
        is_requested=ReasonsRequest.objects.filter(lot_application=lot_application).exists(),
    )
    facts = {"application": one, "lot_application": lot_application, "form": form}
    return render(
        request,
        "providers/request_reasons.html",
        facts | {"objections": objections, "days": one.agreement.regime.give_reasons_days},
    )


@requires(Permission.ASSESS_APPLICATION)
@for_review
def answer_reasons(request, one, number):
    asked = get_object_or_404(
        ReasonsRequest.objects.visible_to(request.user), lot_application=find_lot(one, number)
    )
    asked.lot_application = find_lot(one, number)
    form = ReplyForm(request.POST or None)
    if attempt(
        form,
        lambda: services.answer_reasons(
            request=asked, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The reasons are sent.")
        return redirect("providers:reasons_list")
    objections = ["This request is answered already."] if asked.answered_at else []
    facts = {"application": one, "asked": asked, "form": form, "objections": objections}
    return render(request, "providers/answer_reasons.html", facts)


REASONS_COLUMNS = {
    "Application": lambda row: row.lot_application.application.reference,
    "Provider": lambda row: row.lot_application.application.provider.name,
    "Lot": lambda row: row.lot_application.lot,
    "Requested": lambda row: timezone.localdate(row.requested_at),
    "Due by": lambda row: row.due_on,
    "Answered": lambda row: timezone.localdate(row.answered_at) if row.answered_at else "",
}


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def reasons_list(request):
    rows = ReasonsRequest.objects.visible_to(request.user).select_related(
        "lot_application__application__provider", "lot_application__lot"
    )
    form = ReasonsListForm(request.GET, label="Application or provider")
    asked = form.asked()
    if text := asked["q"]:
        rows = rows.matching_text(text)
    if state := asked["state"]:
        rows = rows.filter(answered_at__isnull=state == "open")
    return list_page(
        request,
        "providers/reasons_list.html",
        rows=rows.soonest_due_first(),
        form=form,
        columns=REASONS_COLUMNS,
        name="requests-for-reasons",
        day=timezone.localdate(),
    )

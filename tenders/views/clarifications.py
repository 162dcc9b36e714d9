"""Asking about a tender, and answering to all."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import rules, services
from tenders.forms import AnswerForm, QuestionForm
from tenders.models import Clarification
from tenders.states import TenderState

from .invitations import find


@requires(Permission.ASK_CLARIFICATION)
def ask_clarification(request, reference):
    one = find(request, reference)
    now = timezone.now()
    form = QuestionForm(request.POST or None)
    if attempt(
        form,
        lambda: services.ask_clarification(
            tender=one.tender, **form.cleaned_data, by=request.user, at=now
        ),
    ):
        messages.success(request, "Your question is sent. Everyone invited will see the answer.")
        return redirect(one)
    return render(
        request,
        "tenders/ask_clarification.html",
        {
            "invitation": one,
            "tender": one.tender,
            "form": form,
            "questions_until": services.questions_until(one.tender),
            "objections": services.objections_to_clarification(one.tender, now),
        },
    )


@requires(Permission.ANSWER_CLARIFICATION)
def answer_clarification(request, reference, pk):
    clarification = get_object_or_404(
        Clarification.objects.visible_to(request.user).select_related("tender"),
        tender__reference=reference,
        pk=pk,
    )
    form = AnswerForm(request.POST or None, initial={"wording": clarification.question})
    if attempt(
        form,
        lambda: services.answer_clarification(
            clarification=clarification,
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
    ):
        messages.success(request, "The answer is sent to everyone who was invited.")
        return redirect(clarification.tender)
    return render(
        request,
        "tenders/answer_clarification.html",
        {
            "tender": clarification.tender,
            "clarification": clarification,
            "form": form,
            "warnings": services.warnings_of_question(clarification),
            "objections": rules.objections_to_answer(
                state=TenderState(clarification.tender.state),
                is_answered=clarification.answered_at is not None,
            ),
        },
    )

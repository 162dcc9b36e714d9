"""Questions: anyone signed in asks, procurement answers, everyone reads; no asker is shown."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.publication import rules, services
from dps_portal.publication.forms import (
    AnswerForm,
    QuestionFilterForm,
    QuestionForm,
    SearchForm,
)
from dps_portal.publication.models import Question
from dps_portal.ui.acts import READ, attempt, list_page

from .acts import find_agreement, found_at


@requires(Permission.PUBLIC, methods=READ)
def answer_list(request, agreement):
    one = find_agreement(agreement)
    form = SearchForm(request.GET)
    rows = Question.objects.public().filter(agreement=one)
    if text := form.asked()["q"]:
        rows = rows.matching_published(text)
    return list_page(
        request,
        "publication/answer_list.html",
        rows=rows,
        form=form,
        columns={
            "Question": lambda row: row.wording,
            "Answer": lambda row: row.answer,
            "Answered": lambda row: timezone.localdate(row.answered_at),
        },
        name=f"{one.reference}-questions-and-answers",
        agreement=one,
        **found_at(request.path, f"{one.title}: questions and answers."),
    )


@requires(Permission.SIGNED_IN)
def ask_question(request, agreement):
    one = find_agreement(agreement)
    waiting = Question.objects.waiting().filter(asked_by=request.user)
    form = QuestionForm(request.POST or None)
    question = attempt(
        form,
        lambda: services.ask_question(
            agreement=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if question:
        messages.success(
            request, f"Your question {question} is sent. We tell you when it is answered."
        )
        return redirect("publication:answer_list", one.reference)
    return render(
        request,
        "publication/ask_question.html",
        {
            "agreement": one,
            "form": form,
            "waiting": waiting.filter(agreement=one),
            "objections": rules.objections_to_question(
                open_questions=waiting.count(), is_over=timezone.localdate() >= one.end
            ),
        },
    )


@requires(Permission.ANSWER_QUESTION, methods=READ)
def question_list(request):
    form = QuestionFilterForm(request.GET)
    wanted = form.asked()
    rows = Question.objects.waiting_first().select_related("agreement")
    if wanted["q"]:
        rows = rows.matching_text(wanted["q"])
    if wanted["state"]:
        rows = rows.filter(answered_at__isnull=wanted["state"] == "waiting")
    return list_page(
        request,
        "publication/question_list.html",
        rows=rows,
        form=form,
        columns={
            "Reference": lambda row: row.reference,
            "Agreement": lambda row: row.agreement.title,
            "Question": lambda row: row.text,
            "Asked": lambda row: timezone.localdate(row.asked_at),
            "Answer": lambda row: row.answer,
            "Answered": lambda row: timezone.localdate(row.answered_at) if row.answered_at else "",
        },
        name="questions",
    )


@requires(Permission.ANSWER_QUESTION)
def answer_question(request, reference):
    """First the answer, then a page to check it, which alone publishes it."""
    question = get_object_or_404(Question.objects.select_related("agreement"), reference=reference)
    form = AnswerForm(request.POST or None, initial={"wording": question.text})
    context = {"question": question, "form": form}
    if "publish" in request.POST:
        published = attempt(
            form,
            lambda: services.answer_question(
                question=question, **form.cleaned_data, by=request.user, at=timezone.now()
            ),
        )
        if published:
            messages.success(request, f"The answer to {question} is published.")
            return redirect("publication:question_list")
    elif "change" not in request.POST and form.is_valid():
        return render(request, "publication/check_answer.html", context)
    return render(request, "publication/answer_question.html", context)

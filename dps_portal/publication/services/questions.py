"""Questions of anyone signed in, answered to everyone."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.notifications.services import notify, notify_each
from dps_portal.publication import rules
from dps_portal.publication.models import Question
from dps_portal.refusals import refuse_if
from providers.services import participants


@transaction.atomic
def ask_question(*, agreement: Agreement, text: str, by: User, at: datetime) -> Question:
    """Asked again in the same words while it waits, it is still one question."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    waiting = Question.objects.waiting().filter(asked_by=by)
    again = waiting.filter(agreement=agreement, text=text).first()
    if again:
        return again
    refuse_if(
        rules.objections_to_question(
            open_questions=waiting.count(), is_over=timezone.localdate(at) >= agreement.end
        )
    )
    question = Question.objects.create(agreement=agreement, text=text, asked_by=by, asked_at=at)
    notify_each(
        User.objects.with_permission(Permission.ANSWER_QUESTION),
        "publication/emails/question_asked.txt",
        at=at,
        key=f"question-asked:{question}",
        question=question,
        path=reverse("publication:answer_question", args=[question.reference]),
    )
    trail.record("question.asked", question, by=by, at=at)
    return question


@transaction.atomic
def answer_question(
    *, question: Question, wording: str, answer: str, by: User, at: datetime
) -> Question:
    """Publish the answer; the asker, and everyone admitted or applying, is told of it once."""
    question = (
        Question.objects.select_for_update(of=("self",))
        .select_related("agreement", "asked_by")
        .get(pk=question.pk)
    )
    refuse_if(rules.objections_to_answer(is_answered=question.answered_at is not None))
    question.wording, question.answer = wording, answer
    question.answered_by, question.answered_at = by, at
    question.save()
    for person in {question.asked_by, *participants(question.agreement, at)}:
        notify(
            person,
            "publication/emails/answer_published.txt",
            at=at,
            key=f"answer-published:{question}:{person}",
            question=question,
            is_asker=person == question.asked_by,
            path=reverse("publication:answer_list", args=[question.agreement.reference]),
        )
    trail.record("question.answered", question, by=by, at=at)
    return question

"""A shorter time for bids: the council asks, each provider's owner answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import services
from tenders.forms import PeriodAnswerForm, ShorterPeriodForm
from tenders.models import PeriodAnswer

from .acts import confirmation, find_tender


@requires(Permission.AUTHOR_TENDER)
def ask_shorter_period(request, reference):
    now = timezone.now()
    one = find_tender(request, reference)
    answers = PeriodAnswer.objects.visible_to(request.user).about(one)
    is_asked = answers.exists()
    if is_asked:
        form = confirmation(request, "Ask those who were not asked yet")
    else:
        form = ShorterPeriodForm(request.POST or None)
    done = attempt(
        form,
        lambda: services.ask_shorter_period(
            tender=one, reason=form.cleaned_data.get("reason", ""), by=request.user, at=now
        ),
    )
    if done:
        messages.success(request, "Everyone who would be invited is asked to agree.")
        return redirect(one)
    return render(
        request,
        "tenders/ask_shorter_period.html",
        {
            "tender": one,
            "form": form,
            "unasked": services.unasked(one, now),
            "usual_until": services.usual_closing(one, now),
            "answers": answers.select_related("period", "provider").in_order(),
            "objections": services.objections_to_asking_period(one, now),
        },
    )


@requires(Permission.SUBMIT_BID)
def answer_shorter_period(request, reference, pk):
    """Lot, title and times; what is needed is told with the invitation, to all at once."""
    rows = PeriodAnswer.objects.visible_to(request.user)
    answer = get_object_or_404(
        rows.select_related("period__tender", "period__lot"),
        period__tender__reference=reference,
        pk=pk,
    )
    form = PeriodAnswerForm(request.POST or None)
    if attempt(
        form,
        lambda: services.answer_shorter_period(
            answer=answer, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "Your answer is recorded.")
        return redirect(answer)
    return render(
        request,
        "tenders/answer_shorter_period.html",
        {
            "answer": answer,
            "period": answer.period,
            "form": form,
            "objections": services.objections_to_answering_period(answer),
        },
    )

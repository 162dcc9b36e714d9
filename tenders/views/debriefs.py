"""Further reasons: the bidder asks on its letter, procurement answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import services
from tenders.forms import DebriefAnswerForm, DebriefForm
from tenders.models import DebriefRequest

from .letters import find_letter


@requires(Permission.SUBMIT_BID)
def request_debrief(request, reference):
    letter = find_letter(request, reference)
    form = DebriefForm(request.POST or None)
    if attempt(
        form,
        lambda: services.request_debrief(
            letter=letter, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The council is told that you want further reasons.")
        return redirect("tenders:letter", reference)
    facts = {"tender": letter.tender, "agreement": letter.tender.lot.agreement, "form": form}
    objections = services.objections_to_debrief(letter)
    return render(request, "tenders/request_debrief.html", facts | {"objections": objections})


@requires(Permission.ANSWER_CLARIFICATION)
def answer_debrief(request, reference, pk):
    asked = get_object_or_404(
        DebriefRequest.objects.visible_to(request.user).select_related(
            "letter__tender", "letter__provider"
        ),
        letter__tender__reference=reference,
        pk=pk,
    )
    form = DebriefAnswerForm(request.POST or None)
    if attempt(
        form,
        lambda: services.answer_debrief(
            request=asked, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The reasons are sent.")
        return redirect(asked.letter.tender)
    return render(
        request,
        "tenders/answer_debrief.html",
        {
            "tender": asked.letter.tender,
            "asked": asked,
            "form": form,
            "objections": services.objections_to_debrief_answer(asked, request.user),
        },
    )

"""A tender as an invited provider sees it, with its own bid and nobody else's."""

from datetime import timedelta

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, list_page
from tenders import services
from tenders.forms import ListForm
from tenders.models import Clarification, DeadlineExtension, Invitation, Letter, LowPriceCheck
from tenders.states import TenderState

from .acts import COLOURS, act_on

SENT = [choice for choice in TenderState.choices if choice[0] != TenderState.DRAFT]


def find(request, reference) -> Invitation:
    rows = Invitation.objects.visible_to(request.user)
    rows = rows.select_related("tender__lot__agreement", "provider")
    return get_object_or_404(rows, tender__reference=reference)


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def invitation_list(request):
    now = timezone.now()
    rows = Invitation.objects.visible_to(request.user).without_envelopes()
    form = ListForm(request.GET, states=SENT)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(tender__state=state)

    def prepare(invitations):
        for one in invitations:
            one.status = {"text": one.tender.stage(now), "colour": COLOURS[one.tender.state]}

    return list_page(
        request,
        "tenders/invitation_list.html",
        rows=rows.select_related("tender__lot").newest_first(),
        form=form,
        columns={
            "Tender": lambda one: one.tender.reference,
            "Title": lambda one: one.tender.title,
            "Lot": lambda one: one.tender.lot,
            "Bids close": lambda one: one.tender.closes_at,
            "State": lambda one: one.tender.stage(now),
        },
        name="invitations",
        prepare=prepare,
    )


@requires(Permission.VIEW_INVITATIONS, methods=READ)
def invitation(request, reference):
    now = timezone.now()
    one = find(request, reference)
    tender = one.tender
    own = services.own_bid(one)
    asked = Clarification.objects.visible_to(request.user).filter(tender=tender)
    return render(
        request,
        "tenders/invitation.html",
        {
            "invitation": one,
            "tender": tender,
            "stage": tender.stage(now),
            "is_open": tender.is_open(now),
            "colour": COLOURS[tender.state],
            "acts": acts_for(request.user, one, own, now),
            "criteria": tender.criteria.select_related("heading").order_by("position"),
            "own": own,
            "files": own.submitted_files,
            "attempts": services.own_attempts(one),
            "clarifications": asked.in_order(),
            "originals": asked.originals(request.user),
            "questions_until": services.questions_until(tender),
            "letter": Letter.objects.visible_to(request.user).filter(tender=tender).first(),
            "check": find_check(request.user, tender),
            "words": services.model_in_words(tender),
            "model": sealing.canonical(services.evaluation_model(tender)).decode(),
            "extensions": DeadlineExtension.objects.visible_to(request.user)
            .filter(tender=tender)
            .order_by("pk"),
            "last_day": tender.contract_end - timedelta(days=1),
        },
    )


def find_check(user, tender) -> LowPriceCheck | None:
    """What the council asks about the price, for whom may answer."""
    if not user.may(Permission.SUBMIT_BID):
        return None
    return LowPriceCheck.objects.visible_to(user).filter(bid__tender=tender).first()


def acts_for(user, one: Invitation, own, now) -> list:
    tender = one.tender
    if not tender.is_open(now):
        return []
    acts = []
    if user.may(Permission.DRAFT_BID):
        label = "Edit your draft" if any(own.draft["answers"].values()) else "Write your bid"
        objections = services.objections_to_bidding(one, now)
        acts.append(act_on(tender, "bid_task_list", label, objections))
    if user.may(Permission.SUBMIT_BID):
        if not own.is_draft_submitted:
            objections = services.objections_to_submission(one, own, now)
            acts.append(act_on(tender, "submit_bid", "Check and submit your bid", objections))
        if own.submitted:
            acts.append(act_on(tender, "withdraw_bid", "Withdraw your bid", style="warning"))
    if user.may(Permission.ASK_CLARIFICATION):
        objections = services.objections_to_clarification(tender, now)
        acts.append(
            act_on(tender, "ask_clarification", "Ask a question", objections, style="secondary")
        )
    return acts

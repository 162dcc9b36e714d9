"""A tender as the council sees it, from the draft to its publication or its end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, list_page
from tenders import services
from tenders.forms import ListForm
from tenders.models import (
    Award,
    Bid,
    Challenge,
    Clarification,
    DeadlineExtension,
    DebriefRequest,
    PeriodAnswer,
    SubmissionAttempt,
    Tender,
)
from tenders.states import TenderState

from .acts import COLOURS, act_on, find_tender

P, S = Permission, TenderState
UNDER_WAY = (S.PUBLISHED, S.OPENED, S.QUALITY_LOCKED, S.RECOMMENDED, S.STANDSTILL)


@dataclass(frozen=True)
class Offered:
    """An act on the page of a tender: who may do it, and in which states it is offered.

    Without ``objections`` the page of the act itself tells what stands against it.
    """

    name: str
    label: str
    permission: Permission
    states: list
    objections: Callable = lambda tender, user, at: []
    style: str = ""


OFFERED = (
    Offered("edit_tender", "Edit the draft", P.AUTHOR_TENDER, [S.DRAFT], style="secondary"),
    Offered("set_criteria", "Set the criteria", P.AUTHOR_TENDER, [S.DRAFT], style="secondary"),
    Offered("rehearse", "Rehearse the scoring", P.AUTHOR_TENDER, [S.DRAFT], style="secondary"),
    Offered("publish_tender", "Check and publish", P.PUBLISH_TENDER, [S.DRAFT]),
    Offered(
        "extend_deadline", "Move the deadline", P.PUBLISH_TENDER, [S.PUBLISHED], style="secondary"
    ),
    Offered(
        "open_bids",
        "Approve the opening of bids",
        P.OPEN_BIDS,
        [S.PUBLISHED],
        services.objections_to_opening,
    ),
    Offered("score_bids", "Score the answers", P.SCORE_BIDS, [S.OPENED]),
    Offered(
        "moderate_scores",
        "Moderate the scores",
        P.MODERATE_SCORES,
        [S.OPENED],
        services.objections_to_moderation,
    ),
    Offered(
        "replace_member",
        "Replace a member of the panel",
        P.AUTHOR_TENDER,
        [S.PUBLISHED, S.OPENED],
        lambda tender, user, at: services.objections_to_replacement(tender, user),
        style="secondary",
    ),
    Offered(
        "lock_quality",
        "Lock quality and reveal prices",
        P.LOCK_QUALITY,
        [S.OPENED],
        services.objections_to_lock,
    ),
    Offered(
        "recommend_award",
        "Recommend an award",
        P.RECOMMEND_AWARD,
        [S.QUALITY_LOCKED],
        services.objections_to_recommendation,
    ),
    Offered(
        "approve_award",
        "Decide on the award",
        P.APPROVE_AWARD,
        [S.RECOMMENDED],
        services.objections_to_approval,
    ),
    Offered(
        "confirm_award",
        "Confirm the award",
        P.APPROVE_AWARD,
        [S.STANDSTILL],
        services.objections_to_confirmation,
    ),
    Offered(
        "record_challenge",
        "Record a challenge",
        P.RECORD_CHALLENGE,
        [S.STANDSTILL],
        services.objections_to_challenge,
        style="secondary",
    ),
    Offered("copy_tender", "Draft another like this", P.AUTHOR_TENDER, list(S), style="secondary"),
    Offered(
        "abandon_tender",
        "Abandon the tender",
        P.PUBLISH_TENDER,
        [S.DRAFT, *UNDER_WAY],
        services.objections_to_abandonment,
        style="warning",
    ),
)


@requires(Permission.VIEW_TENDERS, methods=READ)
def tender_list(request):
    now = timezone.now()
    rows = Tender.objects.visible_to(request.user).select_related("lot")
    form = ListForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)

    def prepare(tenders):
        for one in tenders:
            one.status = {"text": one.stage(now), "colour": COLOURS[one.state]}

    return list_page(
        request,
        "tenders/tender_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Title": lambda one: one.title,
            "Lot": lambda one: one.lot,
            "Closes": lambda one: one.closes_at,
            "State": lambda one: one.stage(now),
        },
        name="tenders",
        prepare=prepare,
        may_author=request.user.may(Permission.AUTHOR_TENDER),
    )


@requires(Permission.VIEW_TENDERS, methods=READ)
def tender(request, reference):
    now = timezone.now()
    one = find_tender(request, reference)
    awards = Award.objects.visible_to(request.user).select_related(
        "recommended_by", "approved_by", "confirmed_by"
    )
    award = awards.filter(tender=one).first()
    asked = Clarification.objects.visible_to(request.user).filter(tender=one)
    return render(
        request,
        "tenders/tender.html",
        {
            "tender": one,
            "stage": one.stage(now),
            "colour": COLOURS[one.state],
            "acts": acts_for(request.user, one, now),
            "criteria": one.criteria.select_related("heading").order_by("position"),
            "warnings": services.warnings_of(one) if one.state == TenderState.DRAFT else [],
            "panel": one.panel.select_related("user").order_by("is_moderator", "user__name"),
            "approvals": one.opening_approvals.select_related("officer").order_by("at"),
            "clarifications": asked.in_order(),
            "originals": asked.originals(request.user),
            "questions_until": services.questions_until(one),
            "may_answer": request.user.may(Permission.ANSWER_CLARIFICATION)
            and one.state == TenderState.PUBLISHED,
            "invitations": one.invitations.without_envelopes()
            .select_related("provider")
            .order_by("provider__name"),
            "interest": services.interest_of(one, request.user),
            "bids": Bid.objects.visible_to(request.user).filter(tender=one).in_order(),
            "award": award,
            "awarded": award and award.bids.in_order(),
            "challenges": Challenge.objects.visible_to(request.user)
            .filter(award__tender=one)
            .select_related("recorded_by", "settled_by")
            .in_order(),
            "may_check_again": request.user.may(Permission.VIEW_AUDIT)
            and Tender.objects.prices_shown_to(request.user).filter(pk=one.pk).exists(),
            "may_settle": request.user.may(Permission.SETTLE_CHALLENGE),
            "contracts": award
            and award.contracts.select_related("provider", "award__tender").order_by("pk"),
            "words": services.model_in_words(one),
            "debriefs": DebriefRequest.objects.visible_to(request.user)
            .filter(letter__tender=one)
            .select_related("letter__provider")
            .soonest_due_first(),
            "may_answer_debrief": request.user.may(Permission.ANSWER_CLARIFICATION),
            "day": timezone.localdate(now),
            "model": sealing.canonical(services.evaluation_model(one)).decode(),
            "attempts": SubmissionAttempt.objects.visible_to(request.user)
            .filter(tender=one)
            .select_related("provider")
            .in_order(),
            "extensions": DeadlineExtension.objects.visible_to(request.user)
            .filter(tender=one)
            .order_by("pk"),
            "answers": PeriodAnswer.objects.visible_to(request.user)
            .filter(period__tender=one)
            .select_related("period", "provider")
            .in_order(),
            "last_day": one.contract_end - timedelta(days=1),
        },
    )


def acts_for(user, one: Tender, now) -> list:
    """What this person may do next, each with the objections to it."""
    acts = [
        act_on(one, act.name, act.label, act.objections(one, user, now), style=act.style)
        for act in OFFERED
        if one.state in act.states and user.may(act.permission)
    ]
    if one.state == S.DRAFT and user.may(P.AUTHOR_TENDER) and services.has_short_time(one, now):
        objections = services.objections_to_asking_period(one, now)
        name, label = "ask_shorter_period", "Ask everyone to agree to the shorter time"
        acts.append(act_on(one, name, label, objections, style="secondary"))
    if one.state in UNDER_WAY and services.interest_of(one, user) is None:
        acts.insert(0, act_on(one, "declare_interest", "Declare your interests"))
    if Tender.objects.prices_shown_to(user).filter(pk=one.pk).exists():
        acts.append(act_on(one, "ranking", "See the ranking", style="secondary"))
    if Tender.objects.reports_shown_to(user).filter(pk=one.pk).exists():
        acts.append(
            act_on(
                one, "procurement_report", "Download the regulation 84 report", style="secondary"
            )
        )
    return acts

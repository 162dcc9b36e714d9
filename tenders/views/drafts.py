"""A provider's draft as a task list: each part saved on its own, in the background too."""

from collections.abc import Callable

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from tenders import rules, services
from tenders.forms import BidAnswerForm, BidPriceForm

from .invitations import find

NOT_STARTED = {"status": "Not started", "colour": "blue"}
IN_PROGRESS = {"status": "In progress", "colour": "light-blue"}
COMPLETE = {"status": "Complete", "colour": ""}
CONFLICT, WRONG = 409, 422


@requires(Permission.DRAFT_BID, methods=READ)
def bid_task_list(request, reference):
    """What the bid is made of, and what it still lacks."""
    one = find(request, reference)
    now = timezone.now()
    own = services.own_bid(one)
    objections = services.objections_to_bidding(one, now)
    questions = [task_of(one, criterion, own) for criterion in services.criteria_of(one)]
    price = COMPLETE if own.draft["weekly_pence"] is not None else NOT_STARTED
    path = reverse("tenders:edit_price", args=[one.tender.reference])
    tasks = [*questions, {"text": f"Price for {one.tender.priced_for}", "url": path, **price}]
    lacks = services.objections_to_submission(one, own, now)
    return render(
        request,
        "tenders/bid_task_list.html",
        {
            "invitation": one,
            "tender": one.tender,
            "own": own,
            "objections": objections,
            "tasks": [task | {"url": ""} for task in tasks] if objections else tasks,
            "done": sum(task["status"] == COMPLETE["status"] for task in tasks),
            "lacks": [each for each in lacks if each not in objections],
            "may_submit": request.user.may(Permission.SUBMIT_BID),
        },
    )


def task_of(one, criterion, own) -> dict:
    path = reverse("tenders:edit_answer", args=[one.tender.reference, criterion.position])
    text, files = own.answer(criterion), len(own.files(criterion))
    if text and str(criterion.position) in own.draft["finished"]:
        state = COMPLETE
    else:
        state = IN_PROGRESS if text or files else NOT_STARTED
    most = criterion.attachments
    hint = f"{files} of up to {most} file{pluralize(most)}" if most else ""
    return {"text": criterion.name, "url": path, "hint": hint, **state}


@requires(Permission.DRAFT_BID)
def edit_answer(request, reference, position):
    one = find(request, reference)
    criterion = get_object_or_404(one.tender.criteria, position=position)
    own = services.own_bid(one)
    form = BidAnswerForm(
        request.POST or None,
        criterion=criterion,
        nothing=services.version_of(""),
        initial={
            "text": own.answer(criterion),
            "is_finished": str(position) in own.draft["finished"],
            "seen": services.version_of(own.answer(criterion)),
        },
    )
    return save_part(
        request,
        one,
        form,
        lambda: services.edit_answer(
            invitation=one,
            criterion=criterion,
            **form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        ),
        held=lambda own: own.answer(criterion),
        typed=lambda form: form.cleaned_data.get("text"),
        template="tenders/edit_answer.html",
        criterion=criterion,
        files=own.files(criterion),
    )


@requires(Permission.DRAFT_BID)
def edit_price(request, reference):
    one = find(request, reference)
    now = timezone.now()
    tender, own = one.tender, services.own_bid(one)
    list_price = services.list_price(one, now)
    form = BidPriceForm(
        request.POST or None,
        nothing=services.version_of(dict.fromkeys(own.price, 0) | {"weekly_pence": None}),
        most_pence=min(filter(None, [list_price, tender.price_limit_pence]), default=None),
        compared_weeks=tender.compared_weeks,
        initial=own.price | {"seen": services.version_of(own.price)},
    )
    limits = [("The ceiling of the lot", tender.lot.ceiling_weekly_pence)]
    if list_price and tender.fixed_pence is None:
        limits.append(("Your price list", list_price))
    return save_part(
        request,
        one,
        form,
        lambda: services.edit_price(
            invitation=one,
            **form.price,
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=now,
        ),
        held=lambda own: own.price,
        typed=lambda form: form.price,
        template="tenders/edit_price.html",
        list_price=list_price,
        schedule=rules.price_schedule(
            own.price["weekly_pence"],
            first_funding_months=tender.lot.agreement.first_funding_months,
        ),
        stay=tender.compared_weeks
        and rules.stay_schedule(own.quote, compared_weeks=tender.compared_weeks),
        limits=[
            (label, pence, rules.compared(own.price["weekly_pence"], pence))
            for label, pence in limits
            if pence
        ],
    )


def save_part(
    request, one, form, act: Callable, *, held: Callable, typed: Callable, template, **context
):
    """Save a part of the draft, or say why not; where another was saved meanwhile, show both.

    ``held`` reads the part as it is kept, ``typed`` as it was sent. A script that saves in
    the background asks for JSON.
    """
    is_background = not request.accepts("text/html")
    if attempt(form, act):
        if is_background:
            version = services.version_of(typed(form))
            saved_at = timezone.localtime().strftime("%H:%M")
            return JsonResponse({"saved_at": saved_at, "seen": version})
        messages.success(request, "Your draft is saved. It is not submitted yet.")
        return redirect("tenders:bid_task_list", one.tender.reference)
    kept = held(services.own_bid(find(request, one.tender.reference)))
    is_stale = (
        form.is_bound
        and form.cleaned_data.get("seen") != services.version_of(kept)
        and typed(form) != kept
    )
    status = CONFLICT if is_stale else WRONG
    if is_background:
        reasons = [reason for reasons in form.errors.values() for reason in reasons]
        return JsonResponse({"reasons": reasons}, status=status)
    if is_stale:
        form.see(services.version_of(kept))
    context |= {
        "invitation": one,
        "tender": one.tender,
        "form": form,
        "kept": kept,
        "is_stale": is_stale,
        "objections": services.objections_to_bidding(one, timezone.now()),
    }
    return render(request, template, context, status=CONFLICT if is_stale else None)

"""Whose case it is: allocation, and the caseloads of the team."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt, attempt_at_once, list_page
from placements import services
from placements.forms import AllocationForm, CaseloadListForm, ListForm, TransferForm
from placements.models import Referral
from placements.states import WORKED, ReferralState

from .acts import act_page
from .referrals import COLUMNS, find

STATES = [state for state in ReferralState if state in WORKED]


@requires(Permission.ALLOCATE_REFERRAL)
def allocate_referral(request, reference):
    one = find(request, reference)
    form = AllocationForm(request.POST or None, without=[request.user.pk, one.worker_id or 0])
    return act_page(
        request,
        one,
        form,
        lambda: services.allocate_referral(
            referral=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        template="placements/allocate_referral.html",
        done=f"Referral {one} is allocated.",
        referral=one,
    )


@requires(Permission.ALLOCATE_REFERRAL, methods=ACT)
def unallocate_referral(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.unallocate_referral(referral=one, by=request.user, at=timezone.now()),
    )
    return redirect(one)


def count_states(workers):
    for row in workers:
        row["counts"] = [row[state.value] for state in STATES]


@requires(Permission.ALLOCATE_REFERRAL, methods=READ)
def caseload_list(request):
    """Who has how much, and what has waited longest."""
    today = timezone.localdate(timezone.now())
    rows = Referral.objects.visible_to(request.user).worked()
    form = CaseloadListForm(request.GET)
    if wanted := form.asked()["q"]:
        rows = rows.filter(worker__name__icontains=wanted)
    return list_page(
        request,
        "placements/caseload_list.html",
        rows=rows.by_worker(today),
        form=form,
        columns={
            "Worker": lambda row: row["worker__name"],
            **{str(state.label): lambda row, name=state.value: row[name] for state in STATES},
            "Late": lambda row: row["late"],
            "Oldest, submitted": lambda row: timezone.localdate(row["oldest"]),
        },
        name="caseloads",
        prepare=count_states,
        states=[state.label for state in STATES],
    )


def find_worker(reference) -> User:
    """Somebody with a caseload, who may have left since."""
    return get_object_or_404(User.objects.filter(caseload__isnull=False).distinct(), ref=reference)


@requires(Permission.ALLOCATE_REFERRAL, methods=READ)
def caseload(request, reference):
    worker = find_worker(reference)
    today = timezone.localdate(timezone.now())
    rows = Referral.objects.visible_to(request.user).worked().filter(worker=worker)
    form = ListForm(request.GET, states=[(state.value, state.label) for state in STATES])
    asked = form.asked()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    if state := asked["state"]:
        rows = rows.filter(state=state)
    return list_page(
        request,
        "placements/caseload.html",
        rows=rows.select_related("person", "worker", "lot").soonest_due_first(),
        form=form,
        columns=COLUMNS,
        name="caseload",
        worker=worker,
        today=today,
    )


@requires(Permission.ALLOCATE_REFERRAL)
def transfer_caseload(request, reference):
    worker = find_worker(reference)
    form = TransferForm(request.POST or None, without=[request.user.pk, worker.pk])
    moved = attempt(
        form,
        lambda: services.transfer_caseload(
            worker=worker,
            to=form.cleaned_data["worker"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if moved:
        messages.success(request, f"Referrals transferred: {moved}.")
        return redirect("placements:caseload_list")
    return render(request, "placements/transfer_caseload.html", {"worker": worker, "form": form})

"""The register of contracts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Lot
from dps_portal.money import pounds
from dps_portal.ui.acts import READ, attempt, list_page
from tenders import services
from tenders.forms import ContractListForm, ContractOptionForm
from tenders.models import Contract
from tenders.states import ContractState

COLOURS = {
    ContractState.NOT_BEGUN: "blue",
    ContractState.RUNNING: "green",
    ContractState.ENDED: "grey",
}


def status_of(contract: Contract, day) -> dict:
    state = contract.state(day)
    return {"text": state.label, "colour": COLOURS[state]}


def contracts_for(user):
    return Contract.objects.visible_to(user).select_related(
        "award__tender", "award__approved_by", "provider", "lot__agreement"
    )


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def contract_list(request):
    day = timezone.localdate()
    rows = contracts_for(request.user)
    lots = Lot.objects.filter(contracts__isnull=False).distinct()
    form = ContractListForm(request.GET, lots=lots.order_by("agreement", "number"))
    asked = form.asked()
    if text := asked["q"]:
        rows = rows.matching_text(text)
    if lot := asked["lot"]:
        rows = rows.filter(lot=lot)
    if state := asked["state"]:
        rows = rows.in_state(state, day)

    def prepare(contracts):
        for one in contracts:
            one.status = status_of(one, day)

    return list_page(
        request,
        "tenders/contract_list.html",
        rows=rows.newest_first(),
        form=form,
        columns={
            "Reference": lambda one: one.reference,
            "Provider": lambda one: one.provider.name,
            "Lot": lambda one: one.lot,
            "Tender": lambda one: one.award.tender.reference,
            "First day": lambda one: one.start,
            "Last day": lambda one: one.last_day,
            "Weekly price": lambda one: pounds(one.weekly_pence),
            "Value": lambda one: pounds(one.value_pence),
            "State": lambda one: one.state(day).label,
        },
        name="contracts",
        prepare=prepare,
    )


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def contract(request, reference):
    one = get_object_or_404(contracts_for(request.user), reference=reference)
    return render(
        request,
        "tenders/contract.html",
        {
            "contract": one,
            "status": status_of(one, timezone.localdate()),
            "notice": services.notice_of(one),
            "extensions": one.extensions.select_related("by").order_by("at", "pk"),
            "may_read_tender": request.user.may(Permission.VIEW_TENDERS),
            "may_extend": request.user.may(Permission.MANAGE_AGREEMENT)
            and not services.objections_to_contract_option(one, timezone.now()),
        },
    )


@requires(Permission.MANAGE_AGREEMENT)
def exercise_contract_option(request, reference):
    one = get_object_or_404(contracts_for(request.user), reference=reference)
    form = ContractOptionForm(request.POST or None)
    if attempt(
        form,
        lambda: services.exercise_contract_option(
            contract=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"Contract {one} is extended.")
        return redirect(one)
    objections = services.objections_to_contract_option(one, timezone.now())
    facts = {"contract": one, "form": form, "objections": objections}
    return render(request, "tenders/exercise_contract_option.html", facts)

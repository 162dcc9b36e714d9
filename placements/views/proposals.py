"""What a provider tells of its own placements, and the council's no."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from placements import services
from placements.forms import ProposalForm, RejectionForm
from placements.states import FactKind

from .acts import act_page, sent
from .placements import find


@requires(Permission.ANSWER_OFFER)
def propose_fact(request, reference, kind):
    one = find(request, reference)
    if kind not in FactKind.values:
        raise Http404
    kind = FactKind(kind)
    form = ProposalForm(sent(request), kind=kind)
    if attempt(
        form,
        lambda: services.propose_fact(
            placement=one, kind=kind, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, "The council is told. It records the fact or answers you.")
        return redirect(one.get_offer_url())
    return render(
        request, "placements/propose_fact.html", {"placement": one, "form": form, "kind": kind}
    )


@requires(Permission.RECORD_STAY)
def reject_proposal(request, reference, pk):
    one = find(request, reference)
    proposal = get_object_or_404(one.proposals.unanswered(), pk=pk)
    form = RejectionForm(sent(request))
    return act_page(
        request,
        one,
        form,
        lambda: services.reject_proposal(
            proposal=proposal, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        done="The provider is told why this is not recorded.",
        placement=one,
        proposal=proposal,
    )

"""What happens to a referral: eligibility and its countersignature, hold, withdrawal, reopening."""

from django.shortcuts import redirect
from django.utils import timezone

from dps_portal.accounts.access import ACT, requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt_at_once
from placements import services
from placements.forms import (
    CountersignForm,
    HoldForm,
    NotEligibleForm,
    ReopenForm,
    WithdrawalForm,
)

from .acts import act_page
from .referrals import find


@requires(Permission.MAKE_REFERRAL, methods=ACT)
def record_eligible(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.record_eligible(referral=one, by=request.user, at=timezone.now()),
    )
    return redirect(one)


@requires(Permission.MAKE_REFERRAL)
def record_not_eligible(request, reference):
    one = find(request, reference)
    return _page(
        request, one, services.record_not_eligible, NotEligibleForm, "waits for a countersignature"
    )


@requires(Permission.ALLOCATE_REFERRAL)
def countersign_referral(request, reference):
    one = find(request, reference)
    return _page(
        request,
        one,
        services.countersign_referral,
        CountersignForm,
        "has your answer",
        decision=one.ineligibilities.filter(ended_at=None).select_related("recorded_by").first(),
    )


@requires(Permission.MAKE_REFERRAL)
def hold_referral(request, reference):
    one = find(request, reference)
    day = timezone.localdate(timezone.now())
    return _page(request, one, services.hold_referral, HoldForm, "is on hold", {"day": day})


@requires(Permission.MAKE_REFERRAL, methods=ACT)
def resume_referral(request, reference):
    one = find(request, reference)
    attempt_at_once(
        request,
        lambda: services.resume_referral(referral=one, by=request.user, at=timezone.now()),
    )
    return redirect(one)


@requires(Permission.MAKE_REFERRAL)
def withdraw_referral(request, reference):
    one = find(request, reference)
    live = one.placements.live().first()
    return _page(
        request, one, services.withdraw_referral, WithdrawalForm, "is withdrawn", placement=live
    )


@requires(Permission.ALLOCATE_REFERRAL)
def reopen_referral(request, reference):
    one = find(request, reference)
    return _page(request, one, services.reopen_referral, ReopenForm, "is open again")


def _page(request, one, service, form_class, said, options=None, **context):  # noqa: PLR0917
    """A form whose answers are the service's own arguments, on the page of the service's name."""
    form = form_class(request.POST or None, **options or {})
    return act_page(
        request,
        one,
        form,
        lambda: service(referral=one, **form.cleaned_data, by=request.user, at=timezone.now()),
        template=f"placements/{service.__name__}.html",
        done=f"Referral {one} {said}.",
        referral=one,
        **context,
    )

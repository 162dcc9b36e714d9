"""A recorded fact put right by a manager, and the way back from where a placement ended."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from placements import services
from placements.forms import (
    CorrectAbsenceForm,
    CorrectAdmissionForm,
    CorrectExitForm,
    ReopeningForm,
    VoidForm,
)
from placements.states import WAYS_BACK, PlacementState

from .acts import act_page, placement_act, sent
from .placements import find

EXIT = ("status", "reason", "destination", "aftercare_agreed", "notice_nights")


@requires(Permission.CORRECT_STAY)
def correct_admission(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        CorrectAdmissionForm(sent(request), initial={"admission": one.admission}),
        service=services.correct_admission,
        done=f"The admission to placement {one} is corrected.",
    )


@requires(Permission.CORRECT_STAY)
def correct_exit(request, reference):
    one = find(request, reference)
    left = services.last_exit(one)
    initial = {name: getattr(left, name) for name in EXIT} | {"day": left.on} if left else {}
    return placement_act(
        request,
        one,
        CorrectExitForm(sent(request), initial=initial),
        service=services.correct_exit,
        done=f"The exit from placement {one} is corrected.",
    )


@requires(Permission.CORRECT_STAY)
def correct_absence(request, reference, pk):
    one = find(request, reference)
    absence = get_object_or_404(one.absences.standing(), pk=pk)
    form = CorrectAbsenceForm(sent(request), initial={"end": absence.end})
    return act_page(
        request,
        one,
        form,
        lambda: services.correct_absence(
            absence=absence, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        done=f"The absence from placement {one} is corrected.",
        placement=one,
        absence=absence,
    )


@requires(Permission.CORRECT_STAY)
def void_placement(request, reference):
    one = find(request, reference)
    return placement_act(
        request,
        one,
        VoidForm(sent(request)),
        service=services.void_placement,
        done=f"Placement {one} is marked as entered in error. Its money is released.",
    )


@requires(Permission.CORRECT_STAY)
def reopen_placement(request, reference):
    one = find(request, reference)
    to = WAYS_BACK.get(PlacementState(one.state))
    return placement_act(
        request,
        one,
        ReopeningForm(sent(request)),
        service=services.reopen_placement,
        done=f"Placement {one} is open again.",
        to=to and to.label,
    )

"""A person: found by exact words, and the record with what may be done to it."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, attempt
from placements import rules, services
from placements.forms import ConsentForm, CorrectionForm, FindForm, ReasonForm
from placements.models import BreakGlass, Person, Referral
from placements.states import ConsentKind, SubjectRequestKind

from .acts import act_on, act_page, permitted


def find(request, reference, at) -> Person:
    """The person of a case in sight; a look at a restricted one is recorded."""
    one = get_object_or_404(Person.objects.visible_to(request.user, at), reference=reference)
    services.record_sight(person=one, by=request.user, at=at)
    return one


@requires(Permission.VIEW_CASES)
def find_person(request):
    """Answers a POST, so that what was typed stands in no address and no log."""
    at = timezone.now()
    form = FindForm(request.POST or None, initial={"search_by": "number"})
    form.fields["date_of_birth"].latest = timezone.localdate(at)

    def search():
        asked = dict(form.cleaned_data)
        del asked["search_by"]
        return services.find_person(**asked, by=request.user, at=at)

    found = attempt(form, search)
    in_sight = Referral.objects.visible_to(request.user, at).select_related("person")
    return render(
        request,
        "placements/find_person.html",
        {
            "form": form,
            "found": found
            if found is None
            else [(one, in_sight.filter(person=one).newest_first().first()) for one in found],
            "opened": BreakGlass.objects.open_for(request.user, at)
            .select_related("person")
            .newest_first(),
        },
    )


@requires(Permission.VIEW_CASES, methods=READ)
def person(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    restriction = one.restrictions.open().first()
    return render(
        request,
        "placements/person.html",
        {
            "person": one,
            "referrals": Referral.objects.visible_to(request.user, at)
            .filter(person=one)
            .select_related("agreement", "worker")
            .newest_first(),
            "consents": one.consents.select_related("recorded_by").newest_first(),
            "standing": [(kind.label, one.consents.standing(kind)) for kind in ConsentKind],
            "restriction": restriction,
            "readers": one.readers.open().select_related("user").order_by("user__name", "pk"),
            "hold": one.holds.open().first(),
            "opened": one.break_glasses.open_for(request.user, at).first(),
            "requests": one.requests.order_by("-asked_at", "-pk")
            if request.user.may(Permission.MANAGE_PRIVACY)
            else (),
            "may_see_accesses": request.user.may(Permission.VIEW_ACCESSES),
            "acts": next_acts(request.user, one, at, restricted=restriction is not None),
        },
    )


def next_acts(user, one: Person, at, *, restricted: bool) -> list:
    """What can be done with the record, greyed out for those who may not."""
    is_erased = one.erased_at is not None
    is_held = one.holds.open().exists()
    waiting = set(one.requests.waiting().values_list("kind", flat=True))
    erased = [rules.ERASED] if is_erased else []

    def offered(name, label, objections):
        who = permitted(user, Permission.MANAGE_PRIVACY, "An assessment manager", objections)
        return act_on(one, name, label, who)

    def asked(kind):
        return rules.objections_to_subject_request(is_erased=is_erased, is_waiting=kind in waiting)

    holding = rules.objections_to_legal_hold(
        is_held=is_held, should_be=is_held, is_erased=is_erased
    )
    return [
        act_on(one, "record_consent", "Record consent", erased),
        *(
            [
                offered("change_readers", "Change who may see the record", []),
                offered("lift_restriction", "Lift the restriction", []),
            ]
            if restricted
            else [offered("restrict_person", "Restrict the record", erased)]
        ),
        offered("correct_identity", "Correct the identity", erased),
        offered("release_hold", "End the legal hold", holding)
        if is_held
        else offered("hold_record", "Put on legal hold", holding),
        offered(
            "request_export", "Ask for an export of everything", asked(SubjectRequestKind.EXPORT)
        ),
        offered(
            "request_erasure",
            "Ask for the erasure",
            services.objections_to_erasure(one, at) or asked(SubjectRequestKind.ERASURE),
        ),
    ]


@requires(Permission.VIEW_CASES)
def record_consent(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    form = ConsentForm(request.POST or None)
    return act_page(
        request,
        one,
        form,
        lambda: services.record_consent(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The consent is recorded.",
    )


@requires(Permission.MANAGE_PRIVACY)
def correct_identity(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    form = CorrectionForm(request.POST or None, day=timezone.localdate(at))
    return act_page(
        request,
        one,
        form,
        lambda: services.correct_identity(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The identity is corrected.",
    )


@requires(Permission.MANAGE_PRIVACY)
def hold_record(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    form = ReasonForm(request.POST or None, submit="Put on legal hold")
    return act_page(
        request,
        one,
        form,
        lambda: services.hold_record(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The record is on legal hold.",
    )


@requires(Permission.MANAGE_PRIVACY)
def release_hold(request, reference):
    at = timezone.now()
    one = find(request, reference, at)
    form = ReasonForm(request.POST or None, submit="End the legal hold")
    return act_page(
        request,
        one,
        form,
        lambda: services.release_hold(person=one, **form.cleaned_data, by=request.user, at=at),
        person=one,
        done="The legal hold is ended.",
    )

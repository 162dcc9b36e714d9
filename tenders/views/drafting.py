"""A draft from its first terms to its publication, and the end of a tender without an award."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.money import gbp, half_up
from dps_portal.refusals import Refused
from dps_portal.ui.acts import READ, attempt
from tenders import rules, services
from tenders.forms import AbandonForm, CriteriaFormSet, RehearsalForm, TenderForm
from tenders.states import TenderState

from .acts import confirmation, find_tender

WHOLE = 100


@requires(Permission.AUTHOR_TENDER)
def create_tender(request):
    return _draft(request)


@requires(Permission.AUTHOR_TENDER)
def copy_tender(request, reference):
    """A new draft with the terms and criteria of this tender; the dates and people are asked."""
    return _draft(request, like=find_tender(request, reference))


@requires(Permission.AUTHOR_TENDER, methods=READ)
def template_list(request):
    templates = rules.TEMPLATES.values()
    return render(request, "tenders/template_list.html", {"templates": templates})


@requires(Permission.AUTHOR_TENDER)
def draft_from_template(request, key):
    """A new draft with the figures and criteria of a template; everything else is asked."""
    template = rules.TEMPLATES.get(key)
    if template is None:
        raise Http404
    return _draft(request, template=template)


def _draft(request, like=None, template=None):
    now = timezone.now()
    form = TenderForm(
        request.POST or None,
        initial=(like and TenderForm.terms_of(like))
        or (template and TenderForm.terms_from(template)),
        day=timezone.localdate(now),
    )
    source = {"like": like, "template": template}
    made = attempt(
        form,
        lambda: services.create_tender(**form.cleaned_data, **source, by=request.user, at=now),
    )
    if made:
        messages.success(request, f"Tender {made} is a draft. Now set its criteria.")
        return redirect("tenders:set_criteria", made.reference)
    return render(request, "tenders/create_tender.html", {"form": form, **source})


@requires(Permission.AUTHOR_TENDER)
def edit_tender(request, reference):
    now = timezone.now()
    one = find_tender(request, reference)
    form = TenderForm.of(one, request.POST or None, day=timezone.localdate(now))
    if attempt(
        form,
        lambda: services.edit_tender(tender=one, **form.cleaned_data, by=request.user, at=now),
    ):
        messages.success(request, f"Tender {one} is saved.")
        return redirect(one)
    objections = rules.objections_to_change(TenderState(one.state))
    return render(
        request,
        "tenders/edit_tender.html",
        {"tender": one, "form": form, "objections": objections},
    )


@requires(Permission.AUTHOR_TENDER)
def set_criteria(request, reference):
    one = find_tender(request, reference)
    initial = list(one.criteria.order_by("position").values(*CriteriaFormSet.form.base_fields))
    headings = services.headings_of(one)
    form = CriteriaFormSet(
        request.POST or None, initial=initial, form_kwargs={"headings": headings}
    )
    if form.is_valid():
        try:
            services.set_criteria(
                tender=one, criteria=form.rows, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"The criteria of tender {one} are saved.")
            return redirect(one)
    objections = rules.objections_to_change(TenderState(one.state))
    return render(
        request,
        "tenders/set_criteria.html",
        {
            "tender": one,
            "form": form,
            "headings": headings,
            "misfits": services.objections_to_saved_criteria(one),
            "objections": objections,
        },
    )


@requires(Permission.VIEW_TENDERS, methods=READ)
def rehearse(request, reference):
    """What the draft does to invented bids: by GET, since nothing is kept."""
    one = find_tender(request, reference)
    names = list(one.criteria.order_by("position").values_list("name", flat=True))
    invented = services.invented_bids(one)
    initial = {}
    for name, (pence, points) in invented.items():
        initial |= {f"price_{name}": pence, f"scores_{name}": " ".join(map(str, points))}
    form = RehearsalForm(
        request.GET or None, initial=initial, criteria=names, scale_max=one.score_scale_max
    )
    bids = form.bids if form.is_valid() else {} if form.is_bound else invented
    rehearsal = services.rehearse(one, bids) if bids and names else None
    return render(
        request,
        "tenders/rehearse.html",
        {
            "tender": one,
            "form": form,
            "criteria": names,
            "rehearsal": rehearsal,
            "chart": rehearsal and _curve(rehearsal),
        },
    )


def _curve(rehearsal) -> dict:
    marks = [half_up(point.marks * WHOLE) for point in rehearsal.curve]
    return {
        "labels": [gbp(point.pence).removesuffix(".00") for point in rehearsal.curve],
        "series": [("Marks for the price", marks)],
    }


@requires(Permission.PUBLISH_TENDER)
def publish_tender(request, reference):
    now = timezone.now()
    one = find_tender(request, reference)
    form = confirmation(request, "Publish and invite")
    if attempt(form, lambda: services.publish_tender(tender=one, by=request.user, at=now)):
        messages.success(request, f"Tender {one} is published and every provider is invited.")
        return redirect(one)
    return render(
        request,
        "tenders/publish_tender.html",
        {
            "tender": one,
            "form": form,
            "criteria": one.criteria.order_by("position"),
            "warnings": services.warnings_of(one),
            "invitees": services.invitees(one, now),
            "questions_until": services.questions_until(one, published_at=now),
            "earliest": services.earliest_closing_day(one, now),
            "objections": services.objections_to_publication(one, request.user, now),
        },
    )


@requires(Permission.PUBLISH_TENDER)
def abandon_tender(request, reference):
    one = find_tender(request, reference)
    if one.abandon_asked_by:
        form = confirmation(request, "Agree to abandon the tender", is_destructive=True)
    else:
        form = AbandonForm(request.POST or None)
    done = attempt(
        form,
        lambda: services.abandon_tender(
            tender=one,
            reason=form.cleaned_data.get("reason", ""),
            by=request.user,
            at=timezone.now(),
        ),
    )
    if done:
        ended = done.state == TenderState.ABANDONED
        messages.success(
            request,
            f"Tender {one} is abandoned."
            if ended
            else f"You have asked to abandon tender {one}. Another person must agree.",
        )
        return redirect(one)
    return render(
        request,
        "tenders/abandon_tender.html",
        {
            "tender": one,
            "form": form,
            "objections": services.objections_to_abandonment(one, request.user, timezone.now()),
        },
    )

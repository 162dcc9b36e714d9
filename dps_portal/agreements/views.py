"""The agreement as the council sees it: rules, rounds, notices, options and its end."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.documents.serving import download
from dps_portal.refusals import Refused
from dps_portal.ui.acts import READ, attempt, list_page, page_of

from . import services
from .forms import (
    AwardCriteriaFormSet,
    EndForm,
    LotCriteriaForm,
    NoticeForm,
    NoticeListForm,
    OptionForm,
    RoundForm,
    RulesForm,
    SettingsForm,
)
from .models import Agreement, NoticeTask
from .placing import GROUPS, SETTINGS, in_words
from .regimes import BACKSTOP, REGIMES, VALIDITY_FREEZE
from .rules import FIGURES, OPEN_THROUGHOUT, law_of, most_turnover


def find(reference) -> Agreement:
    return get_object_or_404(Agreement.objects.public(), reference=reference)


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def agreement_list(request):
    """Straight to the one there is, as a rule."""
    rows = list(Agreement.objects.public().order_by("title", "pk"))
    if len(rows) == 1:
        return redirect(rows[0])
    return render(request, "agreements/agreement_list.html", {"agreements": rows})


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def agreement(request, reference):
    """Countdown, options, rules in force with their source, and what is owed."""
    one = find(reference)
    today = timezone.localdate()
    deadline, option = services.next_deadline(one, today)
    return render(
        request,
        "agreements/agreement.html",
        {
            "agreement": one,
            "days_left": (one.last_day - today).days,
            "is_over": today >= one.end,
            "deadline": deadline,
            "next_option": option,
            "days_to_act": (deadline - today).days,
            "options": one.options.order_by("number"),
            "rules": rules_of(one),
            "award_criteria": one.award_criteria.order_by("position"),
            "is_locked": services.is_locked(one),
            "deviations": one.deviations.select_related("by").order_by("-at", "-pk"),
            "changes": one.validity_changes.select_related("notice", "by").order_by("-at", "-pk"),
            "rounds": one.rounds.order_by("-opens_at"),
            "notices": one.notice_tasks.outstanding().order_by("due_on", "pk"),
            "lots": one.lots.order_by("number"),
            "today": today,
            "may_manage": request.user.may(Permission.MANAGE_AGREEMENT),
            "may_record": request.user.may(Permission.RECORD_NOTICE),
        },
    )


def rules_of(one) -> list[dict]:
    """Each rule in force, and whether the regime or the notice says so."""
    law = REGIMES[one.regime_key]
    rows = [
        {
            "what": "Applications are open",
            "value": "In rounds" if one.regime.has_rounds else "For the whole term",
            "is_own": one.opens_in_rounds is not None,
        }
    ]
    for rule, label in FIGURES.items():
        own = getattr(one, rule)
        rows.append(
            {
                "what": label,
                "value": law_of(law, rule).days if own is None else own,
                "is_own": own is not None,
            }
        )
    for rule, label in (
        ("lapsed_evidence", "A provider whose evidence has lapsed"),
        ("inadequate_rating", "A provider with a place rated inadequate"),
    ):
        value = getattr(one, f"get_{rule}_display")()
        rows.append({"what": label, "value": value, "is_own": True})
    competed = "Yes" if one.placement_competition else "Where the assessor asks for it"
    rows.append({"what": "A competition for each placement", "value": competed, "is_own": True})
    return rows


@requires(Permission.MANAGE_AGREEMENT)
def set_rules(request, reference):
    one = find(reference)
    form = RulesForm(request.POST or None, initial=RulesForm.initial_of(one))
    saved = attempt(
        form,
        lambda: services.set_rules(
            agreement=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if saved:
        messages.success(request, "The rules are saved.")
        return redirect(one)
    facts = {"agreement": one, "form": form, "is_locked": services.is_locked(one)}
    return render(request, "agreements/set_rules.html", facts)


@requires(Permission.MANAGE_AGREEMENT)
def set_award_criteria(request, reference):
    one = find(reference)
    initial = list(
        one.award_criteria.order_by("position").values(*AwardCriteriaFormSet.form.base_fields)
    )
    form = AwardCriteriaFormSet(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.set_award_criteria(
                agreement=one, criteria=form.rows, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The award criteria are saved.")
            return redirect(one)
    facts = {"agreement": one, "form": form, "is_locked": services.is_locked(one)}
    return render(request, "agreements/set_award_criteria.html", facts)


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def placement_settings(request, reference):
    """What is in force, and every change of it."""
    one = find(reference)
    groups = {
        title: [(each, in_words(getattr(one, each.name))) for each in group]
        for title, group in GROUPS.items()
    }
    changes = one.setting_changes.select_related("by").order_by("-at", "-pk")
    return render(
        request,
        "agreements/placement_settings.html",
        {
            "agreement": one,
            "groups": groups,
            "page": page_of(request, changes),
            "may_manage": request.user.may(Permission.MANAGE_AGREEMENT),
        },
    )


@requires(Permission.MANAGE_AGREEMENT)
def set_placement_settings(request, reference):
    one = find(reference)
    now = {each.name: getattr(one, each.name) for each in SETTINGS}
    form = SettingsForm(request.POST or None, initial=now)
    saved = attempt(
        form,
        lambda: services.set_placement_settings(
            agreement=one,
            values=form.values(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if saved:
        messages.success(request, "The settings are saved. They hold from now on.")
        return redirect("agreements:placement_settings", one.reference)
    facts = {"agreement": one, "form": form}
    return render(request, "agreements/set_placement_settings.html", facts)


@requires(Permission.RECORD_NOTICE)
def open_round(request, reference):
    """People give whole days; the round is open from the start of the first."""
    one = find(reference)
    form = RoundForm(request.POST or None)

    def act():
        first, last = form.cleaned_data["opens_on"], form.cleaned_data["closes_on"]
        return services.open_round(
            agreement=one,
            opens_at=midnight(first),
            closes_at=midnight(last + timedelta(days=1)),
            by=request.user,
            at=timezone.now(),
        )

    if attempt(form, act):
        messages.success(request, "The round is recorded, and its notice is due.")
        return redirect(one)
    objections = [] if one.regime.has_rounds else [OPEN_THROUGHOUT]
    facts = {"agreement": one, "form": form, "objections": objections}
    return render(request, "agreements/open_round.html", facts)


def midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@requires(Permission.MANAGE_AGREEMENT)
def exercise_option(request, reference, number):
    one = find(reference)
    option = get_object_or_404(one.options, number=number)
    form = OptionForm(request.POST or None, request.FILES or None)

    def act():
        return services.exercise_option(
            option=option,
            **form.facts(),
            on=form.cleaned_data["decided_on"],
            legal_check=form.cleaned_data["legal_check"],
            by=request.user,
            at=timezone.now(),
        )

    if attempt(form, act):
        messages.success(request, f"Option {number} is exercised.")
        return redirect(one)
    objections = ["This option has been exercised already."] if option.exercised_on else []
    facts = {"agreement": one, "option": option, "form": form, "objections": objections}
    return render(request, "agreements/exercise_option.html", facts)


@requires(Permission.MANAGE_AGREEMENT)
def change_validity(request, reference):
    return end_differently(
        request, find(reference), services.change_validity, "Change the validity", "change_validity"
    )


@requires(Permission.MANAGE_AGREEMENT)
def end_early(request, reference):
    return end_differently(
        request, find(reference), services.end_early, "End the system early", "end_early"
    )


def end_differently(request, one, act, submit, page):
    form = EndForm(request.POST or None, request.FILES or None, submit=submit)
    done = attempt(
        form,
        lambda: act(agreement=one, **form.facts(), by=request.user, at=timezone.now()),
    )
    if done:
        messages.success(request, "The new end is recorded, and its notice is due.")
        return redirect(one)
    facts = {"agreement": one, "form": form, "freeze": VALIDITY_FREEZE, "backstop": BACKSTOP}
    return render(request, f"agreements/{page}.html", facts)


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def validity_document(request, reference, pk):
    """The decision that was uploaded with a change of the term."""
    changes = find(reference).validity_changes.select_related("document")
    change = get_object_or_404(changes, pk=pk)
    if change.document is None:
        raise Http404
    return download(change.document)


@requires(Permission.MANAGE_AGREEMENT)
def set_lot_criteria(request, reference, number):
    one = find(reference)
    lot = get_object_or_404(one.lots, number=number)
    form = LotCriteriaForm(
        request.POST if request.method == "POST" else None,
        initial={
            "minimum_turnover_pence": lot.minimum_turnover_pence,
            "turnover_justification": lot.turnover_justification,
        },
    )
    saved = attempt(
        form,
        lambda: services.set_lot_criteria(
            lot=lot, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if saved:
        messages.success(request, f"The criteria of {lot} are saved.")
        return redirect(one)
    facts = {"agreement": one, "lot": lot, "form": form, "is_locked": services.is_locked(one)}
    facts["most"] = most_turnover(lot.ceiling_weekly_pence)
    return render(request, "agreements/set_lot_criteria.html", facts)


NOTICE_COLUMNS = {
    "Agreement": lambda row: row.agreement.title,
    "Notice": lambda row: row.what,
    "Kind": lambda row: row.get_kind_display(),
    "Due": lambda row: row.due_on,
    "Reference": lambda row: row.reference,
    "Published": lambda row: row.published_on or "",
}


@requires(Permission.VIEW_AGREEMENT, methods=READ)
def notice_list(request):
    rows = NoticeTask.objects.visible_to(request.user).select_related("agreement")
    form = NoticeListForm(request.GET)
    asked = form.asked()
    if text := asked["q"]:
        rows = rows.matching_text(text)
    if state := asked["state"]:
        rows = rows.filter(published_on__isnull=state == "outstanding")
    return list_page(
        request,
        "agreements/notice_list.html",
        rows=rows.soonest_due_first(),
        form=form,
        columns=NOTICE_COLUMNS,
        name="notices",
        day=timezone.localdate(),
        may_record=request.user.may(Permission.RECORD_NOTICE),
    )


@requires(Permission.RECORD_NOTICE)
def record_notice(request, pk):
    notice = get_object_or_404(
        NoticeTask.objects.visible_to(request.user).select_related("agreement"), pk=pk
    )
    form = NoticeForm(request.POST or None)
    recorded = attempt(
        form,
        lambda: services.record_notice(
            notice=notice, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if recorded:
        messages.success(request, f"{recorded.what}: recorded.")
        return redirect("agreements:notice_list")
    objections = ["This notice is recorded already."] if notice.published_on else []
    facts = {"notice": notice, "form": form, "objections": objections}
    return render(request, "agreements/record_notice.html", facts)

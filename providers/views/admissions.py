"""Providers and what they hold: the list, the page of one, prices, and leaving."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal import money
from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import in_words
from dps_portal.ui.acts import READ, attempt, list_page
from providers import services
from providers.forms import LeaveForm, PriceForm, ProviderListForm
from providers.models import (
    Admission,
    Application,
    Declaration,
    DeclarationRequest,
    Measure,
    Provider,
    history_of,
    unassessed_grounds,
    with_admissions,
)
from providers.states import MeasureKind, Rating

from .evidence import documents_of


class Mapped:
    """The rows of a QuerySet as ``what`` makes of them; made for those that are shown."""

    def __init__(self, rows, what):
        self.rows, self.what = rows, what

    def count(self):
        return self.rows.count()

    def __getitem__(self, part):
        return [self.what(row) for row in self.rows[part]]

    def __iter__(self):
        return map(self.what, self.rows)


def own(request) -> Provider:
    """The organisation of the person who asks."""
    return get_object_or_404(Provider.objects.of(request.user))


@requires(Permission.SIGNED_IN, methods=READ)
def provider(request, reference):
    """To its own people, and to the council. What the council weighs is the council's alone."""
    one = get_object_or_404(Provider.objects.visible_to(request.user), reference=reference)
    day = timezone.localdate()
    is_own = not request.user.may(Permission.VIEW_APPLICATIONS)
    admissions = list(one.admissions.in_lot_order())
    held = [each for each in admissions if each.holding().is_held(day)]
    return render(
        request,
        "providers/provider.html",
        {
            "provider": one,
            "is_own": is_own,
            "admissions": [(each, *admission_tag(each, day)) for each in admissions],
            "prices": price_versions(one, day),
            "applications": Application.objects.visible_to(request.user)
            .filter(provider=one)
            .select_related("agreement")
            .newest_first(),
            "documents": documents_of(one, day),
            "locations": rated_places(one),
            "agreements": Agreement.objects.public().filter(end__gt=day).order_by("title"),
            "declarations": Declaration.objects.filter(provider=one)
            .exclude(declared_at=None)
            .select_related("application", "request")
            .prefetch_related("grounds")
            .order_by("-declared_at", "-pk"),
            "requests": DeclarationRequest.objects.filter(provider=one, answered_at=None).order_by(
                "due_on", "pk"
            ),
            "day": day,
            "unassessed": [] if is_own else unassessed_grounds(day, providers=[one]),
            "measures": Measure.objects.visible_to(request.user)
            .filter(provider=one)
            .whole()
            .newest_first(),
            "kinds": proposable(request.user, held, day),
            "price_head": PRICE_HEAD,
            "may_manage": is_own
            and request.user.may(Permission.MANAGE_ADMISSION)
            and any(each.ended_on is None for each in held),
            "may_check": held and request.user.may(Permission.CHECK_COMPLIANCE),
            "may_assess": request.user.may(Permission.ASSESS_APPLICATION),
            "people": one.people().count(),
            "may_edit": is_own and request.user.may(Permission.MANAGE_MEMBERS),
            "may_correct": request.user.may(Permission.REVIEW_CLAIM),
            "may_see_people": request.user.may(Permission.VIEW_MEMBERS),
            "history": history_of(one, day, is_own=is_own),
        },
    )


def rated_places(provider) -> list[tuple]:
    """The places of today, each with its rating, if the directory has one."""
    rows = provider.locations.held_at(None).with_rating().order_by("name", "pk")
    return [(each, Rating(each.rating) if each.rating else None) for each in rows]


def proposable(user, held, day) -> list[MeasureKind]:
    """The measures that the reader may recommend as things stand."""
    if not held or not user.may(Permission.PROPOSE_MEASURE):
        return []
    suspended = [each.holding().has_suspension(day) for each in held]
    return [
        kind
        for kind, fits in (
            (MeasureKind.SUSPENSION, not all(suspended)),
            (MeasureKind.REINSTATEMENT, any(suspended)),
            (MeasureKind.EXCLUSION, True),
        )
        if fits
    ]


def admission_tag(admission: Admission, day) -> tuple[str, str, str]:
    """How an admission stands on ``day``: a tag, its colour, and what more there is to say."""
    holding = admission.holding()
    if not holding.is_held(day):
        return "Ended", "grey", f"on {in_words(admission.ended_on)}"
    if admission.is_suspended(day):
        return "Suspended", "red", holding.suspension
    if holding.has_suspension(day):
        return "Admitted", "green", f"suspended {holding.suspension}"
    if admission.ended_on:
        return "Admitted", "green", f"until {in_words(admission.ended_on)}"
    return "Admitted", "green", ""


def price_versions(provider, day) -> list[list[dict]]:
    """For each lot all prices, the newest first; a cell of a table each."""
    rows, current = [], set()
    for rate in provider.rates.by_lot():
        when, colour = "Past", "grey"
        if rate.effective_from > day:
            when, colour = "Later", "blue"
        elif rate.lot_id not in current:
            current.add(rate.lot_id)
            when, colour = "Now", "green"
        rows.append(
            [
                str(rate.lot),
                in_words(rate.effective_from),
                {"text": when, "tag": colour},
                rate.get_source_display(),
                money.gbp(rate.weekly_pence),
            ]
        )
    return rows


PRICE_HEAD = ["Lot", "From", "Holds", "Source", {"text": "Weekly price", "numeric": True}]


@requires(Permission.VIEW_APPLICATIONS, methods=READ)
def provider_list(request):
    day = timezone.localdate()
    form = ProviderListForm(request.GET, label="Name, reference or registration number")
    asked = form.asked()
    rows = Provider.objects.visible_to(request.user).by_name()
    if wanted := asked["q"]:
        rows = rows.matching_text(wanted)
    held = Admission.objects.held(day)
    if lot := asked["lot"]:
        rows = rows.filter(pk__in=held.filter(lot=lot).values("provider"))
    if state := asked["state"]:
        rows = rows.filter(
            {
                "admitted": Q(pk__in=Admission.objects.current(day).values("provider")),
                "suspended": Q(pk__in=held.suspended(day).values("provider")),
                "ended": Q(admissions__isnull=False) & ~Q(pk__in=held.values("provider")),
                "never": Q(admissions=None),
            }[state]
        ).distinct()
    return list_page(
        request,
        "providers/provider_list.html",
        rows=Mapped(with_admissions(rows, day), lambda row: listed(row, day)),
        form=form,
        columns={
            "Name": lambda row: row["provider"].name,
            "Reference": lambda row: row["provider"].reference,
            "Company number": lambda row: row["provider"].company_number or "",
            "Charity number": lambda row: row["provider"].charity_number or "",
            "CQC provider ID": lambda row: row["provider"].cqc_provider_id or "",
            "Registered": lambda row: timezone.localdate(row["provider"].registered_at).isoformat(),
            "Lots": lambda row: "; ".join(
                f"{admission.lot}: {tag} {more}".strip()
                for admission, tag, _, more in row["admissions"]
            ),
        },
        name="providers",
    )


def listed(provider, day) -> dict:
    """A row of the list."""
    held = [(each, *admission_tag(each, day)) for each in provider.held_admissions]
    return {"provider": provider, "admissions": held}


@requires(Permission.VIEW_OWN_PROVIDER, methods=READ)
def price_list(request):
    one = own(request)
    day = timezone.localdate()
    return render(
        request,
        "providers/price_list.html",
        {
            "provider": one,
            "head": PRICE_HEAD,
            "prices": price_versions(one, day),
            "may_set": request.user.may(Permission.MANAGE_ADMISSION)
            and one.admissions.held(day).exists(),
        },
    )


@requires(Permission.MANAGE_ADMISSION)
def set_price(request):
    one = own(request)
    day = timezone.localdate()
    held = one.admissions.held(day)
    lots = Lot.objects.filter(pk__in=held.values("lot")).order_by("agreement", "number")
    form = PriceForm(request.POST or None, lots=lots)
    form.choice_hints = {
        "lot": {str(lot.pk): f"At most {money.gbp(lot.ceiling_weekly_pence)}" for lot in lots}
    }
    rate = attempt(
        form,
        lambda: services.set_price(
            provider=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    )
    if rate:
        messages.success(
            request,
            f"The price of {rate.lot} is {money.gbp(rate.weekly_pence)} a week "
            f"from {in_words(rate.effective_from)}.",
        )
        return redirect("providers:price_list")
    objections = [] if lots else ["Your organisation is not admitted to a lot."]
    return render(request, "providers/set_price.html", {"form": form, "objections": objections})


@requires(Permission.MANAGE_ADMISSION)
def leave_dps(request):
    one = own(request)
    held = one.admissions.held(timezone.localdate())
    leavable = held.filter(ended_on=None).in_lot_order()
    form = LeaveForm(request.POST or None, admissions=leavable)
    left = attempt(
        form,
        lambda: services.leave_dps(
            provider=one,
            admissions=form.cleaned_data["admissions"],
            from_on=form.cleaned_data["from_on"],
            by=request.user,
            at=timezone.now(),
        ),
    )
    if left:
        lots = ", ".join(str(each.lot) for each in left)
        messages.success(request, f"You leave {lots} on {in_words(left[0].ended_on)}.")
        return redirect(one)
    objections = [] if leavable else ["Your organisation holds no lot that it could leave."]
    return render(
        request,
        "providers/leave_dps.html",
        {"provider": one, "form": form, "objections": objections},
    )

"""The returns that providers send of each quarter."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.reports import rules, scorecards, services
from dps_portal.reports.forms import ReturnForm
from dps_portal.reports.models import ReturnKind
from dps_portal.ui.acts import READ, attempt
from providers.models import Provider

from .benchmarks import public_agreement


def _today():
    return timezone.localdate(timezone.now())


def own_provider_of(request):
    return get_object_or_404(Provider.objects.of(request.user).order_by("pk")[:1])


@requires(Permission.SUBMIT_RETURN, methods=READ)
def return_list(request):
    """The quarters that are over and in which the organisation was admitted."""
    agreement, provider, today = public_agreement(), own_provider_of(request), _today()
    rows = services.expected_returns(agreement, [provider], today)
    return render(request, "reports/return_list.html", {"rows": rows, "provider": provider})


@requires(Permission.SUBMIT_RETURN)
def submit_return(request, year, month):
    agreement, provider, today = public_agreement(), own_provider_of(request), _today()
    quarter = next(
        (
            one
            for one in scorecards.quarters(agreement, today)
            if (one.start.year, one.start.month) == (year, month)
        ),
        None,
    )
    if quarter is None:
        raise Http404
    held = services.standing_return(provider, agreement, quarter)
    due_on = rules.return_due(quarter.last_day)
    corrects = held is not None and today > due_on
    initial = held and {
        **held.figures,
        "nothing_to_report": "yes" if held.nothing_to_report else "no",
        "comment": held.comment,
    }
    form = ReturnForm(request.POST or None, initial=initial, corrects=corrects)
    made = attempt(
        form,
        lambda: services.submit_return(
            provider=provider,
            agreement=agreement,
            quarter=quarter,
            **form.facts(),
            by=request.user,
            at=timezone.now(),
        ),
    )
    if made:
        messages.success(request, _thanks(made, quarter))
        return redirect("reports:return_list")
    return render(
        request,
        "reports/submit_return.html",
        {
            "form": form,
            "quarter": quarter,
            "due": due_on,
            "held": held,
            "corrects": corrects,
            "is_late": today > due_on,
        },
    )


def _thanks(made, quarter):
    done = {ReturnKind.CORRECTION: "corrected", ReturnKind.REPLACEMENT: "replaced"}
    return f"The return for {quarter} is {done.get(made.kind, 'sent')}."

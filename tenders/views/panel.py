"""Replacing a member of the panel who cannot score or moderate."""

from django.contrib import messages
from django.db.models import F
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import services
from tenders.forms import ReplacementForm

from .acts import find_tender


@requires(Permission.AUTHOR_TENDER)
def replace_member(request, reference):
    one = find_tender(request, reference)
    form = ReplacementForm(
        request.POST or None,
        leaving=User.objects.filter(panels__in=services.replaceable(one))
        .annotate(moderates=F("panels__is_moderator"))
        .order_by("name"),
        joining=services.possible_members(one).order_by("name"),
    )
    if attempt(
        form,
        lambda: services.replace_member(
            tender=one, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
    ):
        messages.success(request, f"{form.cleaned_data['joining'].name} is on the panel.")
        return redirect(one)
    return render(
        request,
        "tenders/replace_member.html",
        {
            "tender": one,
            "form": form,
            "objections": services.objections_to_replacement(one, request.user),
        },
    )

"""A later deadline: one person asks, another agrees."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import attempt
from tenders import services
from tenders.forms import ExtensionForm
from tenders.models import DeadlineExtension

from .acts import confirmation, find_tender


@requires(Permission.PUBLISH_TENDER)
def extend_deadline(request, reference):
    now = timezone.now()
    one = find_tender(request, reference)
    rows = DeadlineExtension.objects.visible_to(request.user).filter(tender=one)
    pending = rows.pending().select_related("asked_by", "tender").first()
    if pending:
        form = confirmation(request, "Agree to the later deadline")
        objections = services.objections_to_agreeing(pending, request.user, now)
    else:
        form = ExtensionForm(request.POST or None)
        objections = services.objections_to_extension(one, now)

    def act():
        if pending:
            return services.agree_extension(extension=pending, by=request.user, at=now)
        return services.ask_extension(tender=one, **form.cleaned_data, by=request.user, at=now)

    done = attempt(form, act)
    if done:
        messages.success(
            request,
            f"The deadline of tender {one} is moved, and every provider invited is told."
            if done.agreed_at
            else "You have asked for a later deadline. Another person must agree.",
        )
        return redirect(one)
    facts = {"tender": one, "form": form, "pending": pending, "objections": objections}
    return render(request, "tenders/extend_deadline.html", facts)

"""A person's own messages, and in demo mode everybody's mail."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.ui.acts import READ, list_page, page_of

from .forms import MessageFilterForm
from .models import Notification


@requires(Permission.SIGNED_IN, methods=READ)
def message_list(request):
    mine = Notification.objects.visible_to(request.user).newest_first()
    form = MessageFilterForm(request.GET)
    asked = form.asked()
    if wanted := asked["q"]:
        mine = mine.filter(subject__icontains=wanted)
    if first := asked["first_day"]:
        mine = mine.filter(due_at__date__gte=first)
    if last := asked["last_day"]:
        mine = mine.filter(due_at__date__lte=last)
    return list_page(
        request,
        "notifications/message_list.html",
        rows=mine,
        form=form,
        columns={"Subject": lambda one: one.subject, "Received": lambda one: one.due_at},
        name="messages",
    )


@requires(Permission.SIGNED_IN, methods=READ)
def message(request, pk):
    one = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    return render(request, "notifications/message.html", {"message": one})


@requires(Permission.PUBLIC, methods=READ)
def demo_mailbox(request):
    """Mail that a demonstration shows instead of sending; 404 in production."""
    if not settings.DEMO:
        raise Http404
    page = page_of(request, Notification.objects.newest_first())
    return render(request, "notifications/demo_mailbox.html", {"page": page})

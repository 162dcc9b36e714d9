"""A person's own messages, and in demo mode everybody's mail."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission

from .models import Notification

PER_PAGE = 25


@requires(Permission.SIGNED_IN, methods=("GET", "HEAD"))
def message_list(request):
    mine = Notification.objects.visible_to(request.user).newest_first()
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/message_list.html", {"page": page})


@requires(Permission.SIGNED_IN, methods=("GET", "HEAD"))
def message(request, pk):
    one = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    return render(request, "notifications/message.html", {"message": one})


@requires(Permission.PUBLIC, methods=("GET", "HEAD"))
def demo_mailbox(request):
    """Mail that a demonstration shows instead of sending; 404 in production."""
    if not settings.DEMO:
        raise Http404
    page = Paginator(Notification.objects.newest_first(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "notifications/demo_mailbox.html", {"page": page})

"""The floor: the least that a signed-in page costs – one query of its own, one trivial template."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

import dps_portal.urls
from dps_portal.accounts.access import requires
from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement
from dps_portal.ui.acts import READ

PATH = "floor/"
PAGE = "<!DOCTYPE html><html lang=en><title>Floor</title><p>{{ title }}</p></html>"


@requires(Permission.PUBLIC, methods=READ)
def floor(request):
    template = engines["django"].from_string(PAGE)
    title = Agreement.objects.public().values_list("title", flat=True).first()
    return HttpResponse(template.render({"title": title}, request))


def add() -> None:
    """In the nursery: beside the portal's own pages."""
    dps_portal.urls.urlpatterns.insert(0, path(PATH, floor, name="floor"))

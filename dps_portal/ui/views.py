"""The council's colours, served as a style sheet since the pages allow no inline style."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .checks import colours_are_legible


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def theme(request):
    if errors := colours_are_legible(None):
        raise ImproperlyConfigured(errors[0].msg)
    colours = {"brand": settings.COUNCIL_COLOUR, "link": settings.COUNCIL_LINK_COLOUR}
    return render(request, "components/theme.css", colours, content_type="text/css")

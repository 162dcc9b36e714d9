"""Every page names the permission it needs, and nothing else decides who gets in."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.views.decorators.http import require_http_methods

from .roles import Permission

PAGE = ("GET", "HEAD", "POST")
ACT = ("POST",)


def requires(permission: Permission, *, methods: tuple[str, ...] = PAGE):
    """Open the view to people who hold ``permission``: others get 403, other methods 405."""

    def decorate(view):
        @require_http_methods(list(methods))
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if permission != Permission.PUBLIC and not request.user.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission
        guarded.methods = methods
        return login_not_required(guarded) if permission == Permission.PUBLIC else guarded

    return decorate

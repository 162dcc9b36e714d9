"""Session limits and the second factor, checked on every request."""

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from .roles import COUNCIL_ROLES, Role

NEEDS_SECOND_FACTOR = COUNCIL_ROLES | {Role.PROVIDER_OWNER}
MINUTE = 60


class SessionLimits:
    """Ends a session after 30 idle minutes; the cookie's own age is the absolute limit.

    The moment of last use is written once a minute at most, so that reading stays cheap.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            seen = request.session.get("seen_at", now)
            started = request.session.setdefault("started_at", now)
            if now - seen > settings.SESSION_IDLE_SECONDS or (
                now - started > settings.SESSION_COOKIE_AGE
            ):
                logout(request)
            elif now - seen >= MINUTE or "seen_at" not in request.session:
                request.session["seen_at"] = now
        return self.get_response(request)


class SecondFactorRequired:
    """In production, council staff and provider owners set up a second factor before all else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if (
            settings.SECOND_FACTOR_REQUIRED
            and user.is_authenticated
            and not request.path.startswith(reverse("account_login").removesuffix("login/"))
            and user.roles & NEEDS_SECOND_FACTOR
            and not user.authenticator_set.exists()
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

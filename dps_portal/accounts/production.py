"""What production refuses to start with (design D14)."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .models import User

INVENTED = ".example"  # no real address ends so (RFC 2606)


def refuse_demo_accounts() -> None:
    """Raise ``ImproperlyConfigured`` in production if the database holds demonstration accounts."""
    if settings.PRODUCTION and User.objects.filter(email__endswith=INVENTED).exists():
        raise ImproperlyConfigured("The database holds demonstration accounts. Use an empty one.")

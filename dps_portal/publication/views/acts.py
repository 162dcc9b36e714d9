"""What the public pages share."""

from django.conf import settings
from django.shortcuts import get_object_or_404

from dps_portal.agreements.models import Agreement


def find_agreement(reference) -> Agreement:
    return get_object_or_404(Agreement.objects.public(), reference=reference)


def found_at(path: str, description: str) -> dict[str, str]:
    """What search engines are told; a page without this asks them to leave it out (base.html)."""
    return {"canonical": settings.PORTAL_ORIGIN + path, "description": description}

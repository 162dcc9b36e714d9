"""System checks: the address of the virus scanner, and whether there is one."""

from django.conf import settings
from django.core import checks

from .scanning import place_of


def scanner_is_named(app_configs, **kwargs):
    try:
        place_of(settings.CLAMAV or "unix:/")
    except ValueError as error:
        return [checks.Error(f"DPS_CLAMAV: {error}.", id="documents.E001")]
    return []


def files_are_scanned(app_configs, **kwargs):
    if settings.CLAMAV:
        return []
    return [
        checks.Warning(
            "Uploaded files are not scanned for viruses: DPS_CLAMAV is not set.",
            hint="Set it to the address of a ClamAV daemon, host:port or unix:/path.",
            id="documents.W001",
        )
    ]

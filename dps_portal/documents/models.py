"""Private files, each belonging to whatever row points at it and shown by that row's page."""

import uuid

from django.conf import settings
from django.db import models


class ScanState(models.TextChoices):
    NOT_CONFIGURED = "not_configured", "Not scanned: no scanner is configured"
    PENDING = "pending", "Waiting for the virus scan"  # held until clean
    CLEAN = "clean", "Clean"
    INFECTED = "infected", "Refused by the virus scan"


def stored_name(document, _name):
    """Never the uploader's name: a random one outside any served folder."""
    return f"{document.pk.hex[:2]}/{document.pk.hex}"


class Document(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to=stored_name)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=16, choices=ScanState)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    def __str__(self):
        return str(self.pk)

    @property
    def is_available(self) -> bool:
        return self.scan_state in {ScanState.CLEAN, ScanState.NOT_CONFIGURED}

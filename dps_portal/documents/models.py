"""Private files, each belonging to whatever row points at it and shown by that row's page."""

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ScanState(models.TextChoices):
    NOT_CONFIGURED = "not_configured", "Not scanned: no scanner is configured"
    PENDING = "pending", "Waiting for the virus scan"  # held until clean
    CLEAN = "clean", "Clean"
    INFECTED = "infected", "Refused by the virus scan"


def stored_name(document, _name):
    """Never the uploader's name: a random one outside any served folder."""
    return f"{document.pk.hex[:2]}/{document.pk.hex}"


class DocumentQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(scan_state=ScanState.PENDING)

    def to_scan(self, at):
        """Waiting and in no other worker's hands; those that failed last come last."""
        free = Q(scan_claimed_until=None) | Q(scan_claimed_until__lte=at)
        first = F("scan_claimed_until").asc(nulls_first=True)
        return self.waiting().filter(free).order_by(first, "uploaded_at", "pk")


class Document(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to=stored_name)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=16, choices=ScanState)
    scan_claimed_until = models.DateTimeField(null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    objects = DocumentQuerySet.as_manager()

    def __str__(self):
        return str(self.pk)

    @property
    def is_available(self) -> bool:
        return self.scan_state in {ScanState.CLEAN, ScanState.NOT_CONFIGURED}

    def content(self) -> bytes | None:
        """What was taken in; nothing if the file on disk is gone or is another one."""
        try:
            with self.file.storage.open(self.file.name) as file:
                content = file.read()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == self.sha256 else None

"""The sweep of files that wait for the virus scan."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from . import services
from .models import Document
from .scanning import Unscanned

BATCH = 50
logger = logging.getLogger(__name__)


@shared_task(name="dps_portal.documents.tasks.scan_waiting")
def scan_waiting() -> int:
    """Every minute: scan what waits. Safe to run twice; what cannot be scanned stays held."""
    now = timezone.now()
    scanned = 0
    for document in Document.objects.to_scan(now)[: BATCH if settings.CLAMAV else 0]:
        try:
            scanned += services.scan(document, at=now)
        except Unscanned as error:
            logger.warning("Document %s stays held: %s.", document.pk, error)
    return scanned

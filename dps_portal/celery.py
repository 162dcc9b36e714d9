"""The Celery application. The database is the queue of record; this only makes it quick (D9)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps_portal.settings")

app = Celery("dps_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

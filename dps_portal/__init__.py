"""The DPS Portal: kernel, shell and project configuration."""

from .celery import app as celery_app

__all__ = ["celery_app"]

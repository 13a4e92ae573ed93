"""The composition root: the only room that knows all rooms."""

from coopdesk.celery import app as celery_app

__all__ = ["celery_app"]

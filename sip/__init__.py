"""Settings, addresses, processes: what ties the apps together."""

from sip.celery import app as celery_app

__all__ = ["celery_app"]

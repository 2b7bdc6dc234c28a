"""The Celery application; tasks run as the worker in a scope of their own."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sip.settings")
app = Celery("sip")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

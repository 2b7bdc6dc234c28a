"""The Celery application; tasks run as the worker in a scope of their own."""

import logging.config
import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

from sip import guards

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sip.settings")
app = Celery("sip")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_login(**_signal) -> None:
    """Worker and clock start only with a login that row-level security holds for."""
    guards.refuse_unsafe_login()


@setup_logging.connect
def log_as_the_web_does(**_signal) -> None:
    """Celery's own format would print what a failed task's exception says."""
    logging.config.dictConfig(settings.LOGGING)

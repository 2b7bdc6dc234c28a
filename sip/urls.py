"""All addresses; each app has its own list."""

from django.urls import include, path

from sip import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("organisations.urls")),
]

"""All addresses; each app has its own list."""

from django.urls import include, path

from sip import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("organisations.urls")),
    path("", include("notifications.urls")),
    path("", include("cases.urls")),
    path("", include("casework.urls")),
    path("", include("consent.urls")),
    path("", include("preparation.urls")),
    path("", include("reception.urls")),
    path("", include("slots.urls")),
    path("", include("meetings.urls")),
    path("", include("guests.urls")),
    path("", include("plans.urls")),
    path("", include("discharge.urls")),
    path("", include("correspondence.urls")),
    path("", include("papers.urls")),
    path("", include("deviations.urls")),
    path("", include("meetingroom.urls")),
    path("", include("logbook.urls")),
    path("", include("retention.urls")),
    path("", include("identity.urls")),
    path("", include("citizen.urls")),
    path("api/v1/", include("sip.api_urls")),
]
handler400 = "sip.errors.bad_request"
handler403 = "sip.errors.permission_denied"
handler404 = "sip.errors.page_not_found"
handler500 = "sip.errors.server_error"

"""The API: one router; transitions are POST on the object."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from consent.api import ConsentApi
from meetings.api import MeetingApi
from organisations.api import IsActingStaff
from plans.api import PlanApi
from plans.api_cases import CaseApi

router = SimpleRouter(use_regex_path=False)
router.register("cases", CaseApi, basename="case")
router.register("consents", ConsentApi, basename="consent")
router.register("meetings", MeetingApi, basename="meeting")
router.register("plans", PlanApi, basename="plan")

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("schema/", SpectacularJSONAPIView.as_view(permission_classes=[IsActingStaff]), name="schema"),
]

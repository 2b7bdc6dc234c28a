"""One page that tells a unit something, behind the real middleware."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from notifications import services
from organisations.models import Unit
from sip.urls import *  # noqa: F403
from sip.urls import urlpatterns as real


@require_POST
def tell(request, pk, key):
    for unit in Unit.objects.filter(email__gt="").order_by("pk")[:5]:
        services.tell_unit(unit_id=unit.pk, case_id=pk, kind="call", key=key)
    return HttpResponse("ok")


urlpatterns = [path("tell/<uuid:pk>/<str:key>/", tell), *real]

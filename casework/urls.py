from django.urls import path

from casework import views

app_name = "casework"
urlpatterns = [
    path("arenden/", views.worklist, name="worklist"),
    path("arenden/<uuid:pk>/", views.case, name="case"),
    path("arenden/<uuid:pk>/visa-uppgifter/", views.reveal, name="reveal"),
    path("arenden/<uuid:pk>/handelser/", views.events, name="events"),
    path("arenden/<uuid:pk>/logg/", views.log, name="log"),
    path("arenden/<uuid:pk>/tidsgranser/", views.clocks, name="clocks"),
    path("kallelser/", views.inbox, name="inbox"),
    path("kallelser/<int:item>/oppna/", views.open_item, name="open_item"),
    path("kallelser/<int:item>/klar/", views.finish_item, name="finish_item"),
    path("uppfoljningar/", views.followups, name="followups"),
    path("sok/", views.search, name="search"),
    path("betalningsansvar/medelvarde/", views.average, name="average"),
    path("hjalp/", views.help_page, name="help"),
]

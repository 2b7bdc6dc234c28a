from django.urls import path

from meetings import views, views_forwarding

app_name = "meetings"
case = "arenden/<uuid:pk>/moten/"
one = f"{case}<int:meeting>/"
handed = "kallelser/vidare/"
urlpatterns = [
    path(case, views.overview, name="overview"),
    path(f"{case}kalla/", views.call, name="call"),
    path(f"{case}formote/<uuid:number>/", views.carry_outcome, name="carry_outcome"),
    path(f"{one}svara/", views.answer, name="answer"),
    path(f"{one}svar/<int:invitation>/", views.answer_for, name="answer_for"),
    path(f"{one}svar/<int:invitation>/meddelad/", views.told, name="told"),
    path(f"{one}paminn/", views.remind, name="remind"),
    path(f"{one}flytta/", views.move, name="move"),
    path(f"{one}stall-in/", views.cancel, name="cancel"),
    path(f"{one}ring/", views.phone_list, name="phone_list"),
    path(f"{one}hallet/", views.hold, name="hold"),
    path(f"{one}brev/", views.letter, name="letter"),
    path(f"{one}ny-tid/", views_forwarding.propose, name="propose"),
    path(f"{one}ny-tid/<int:proposal>/", views_forwarding.use_time, name="use_time"),
    path(handed, views_forwarding.handed_list, name="handed_list"),
    path(f"{handed}<int:pk>/", views_forwarding.handed, name="handed"),
    path(f"{handed}<int:pk>/svara/", views_forwarding.handed_answer, name="handed_answer"),
    path(f"{handed}<int:pk>/lamna/", views_forwarding.handed_on, name="handed_on"),
    path(f"{handed}<int:pk>/ny-tid/", views_forwarding.handed_propose, name="handed_propose"),
]

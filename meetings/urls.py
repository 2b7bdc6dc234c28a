from django.urls import path

from meetings import calling_views, views

app_name = "meetings"
case = "arenden/<uuid:pk>/moten/"
one = f"{case}<int:meeting>/"
urlpatterns = [
    path(case, views.overview, name="overview"),
    path(f"{case}kalla/", views.call, name="call"),
    path(f"{one}svara/", views.answer, name="answer"),
    path(f"{one}svar/<int:invitation>/", views.answer_for, name="answer_for"),
    path(f"{one}svar/<int:invitation>/meddelad/", views.told, name="told"),
    path(f"{one}paminn/", views.remind, name="remind"),
    path(f"{one}flytta/", views.move, name="move"),
    path(f"{one}stall-in/", views.cancel, name="cancel"),
    path(f"{one}ring/", calling_views.phone_list, name="phone_list"),
    path(f"{one}ring/<int:call>/", calling_views.phoned, name="phoned"),
    path(f"{one}kalender/", calling_views.calendar_file, name="calendar"),
    path(f"{one}hallet/", views.hold, name="hold"),
    path(f"{one}brev/", views.letter, name="letter"),
]

from django.urls import path

from meetingroom import views, views_consultation, views_plan

app_name = "meetingroom"
room = "arenden/<uuid:pk>/moten/<int:meeting>/mote/"
consult = "arenden/<uuid:pk>/samrad/"
urlpatterns = [
    path(room, views.start, name="start"),
    path(f"{room}narvaro/", views.attend, name="attend"),
    path(f"{room}narvaro/<int:attendance>/kom/", views.late, name="late"),
    path(f"{room}del/<int:part>/", views.part, name="part"),
    path(f"{room}mal/nytt/", views_plan.goal_new, name="goal_new"),
    path(f"{room}mal/<int:goal>/", views_plan.goal, name="goal"),
    path(f"{room}mal/<int:goal>/insats/", views_plan.measure_new, name="measure_new"),
    path(f"{room}insats/<int:measure>/", views_plan.measure, name="measure"),
    path(f"{room}oenighet/", views_plan.disagree, name="disagree"),
    path(f"{room}oenighet/<int:number>/ta-bort/", views_plan.agree, name="agree"),
    path(f"{room}radrum/", views.respite, name="respite"),
    path(f"{room}samrad/", views_consultation.at_meeting, name="consult"),
    path(consult, views_consultation.overview, name="consultations"),
    path(f"{consult}nytt/", views_consultation.ask, name="ask"),
    path(f"{consult}<int:number>/tid/", views_consultation.offer, name="offer"),
    path(f"{consult}<int:number>/avsluta/", views_consultation.finish, name="finish"),
]

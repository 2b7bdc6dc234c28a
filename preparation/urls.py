from django.urls import path

from preparation import views

app_name = "preparation"
before = "arenden/<uuid:pk>/forberedelse/"
urlpatterns = [
    path(before, views.overview, name="overview"),
    path(f"{before}skriv/<slug:name>/", views.write, name="write"),
    path(f"{before}vilka/", views.wish, name="wish"),
    path(f"{before}vilka/<int:number>/ta-bort/", views.take_back, name="take_back"),
    path(f"{before}boka/<slug:name>/", views.book, name="book"),
    path(f"{before}boka/<slug:name>/<slug:way>/", views.booking_step, name="booking_step"),
    path(f"{before}formote/", views.plan_premeeting, name="plan_premeeting"),
    path(f"{before}formote/<uuid:number>/", views.premeeting, name="premeeting"),
    path(f"{before}formote/<uuid:number>/hallet/", views.hold_premeeting, name="hold_premeeting"),
    path(f"{before}formote/<uuid:number>/stall-in/", views.cancel_premeeting, name="cancel_premeeting"),
]

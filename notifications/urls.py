from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("aviseringar/", views.notices, name="notices"),
    path("aviseringar/lasta/", views.read, name="read"),
    path("aviseringar/val/", views.choices, name="choices"),
    path("bevakning/<int:number>/", views.routine, name="routine"),
]

from django.urls import path

from deviations import views

app_name = "deviations"
urlpatterns = [
    path("avvikelser/", views.unit_list, name="unit_list"),
    path("arenden/<uuid:pk>/avvikelser/", views.case_list, name="list"),
    path("arenden/<uuid:pk>/avvikelser/franvaro/<int:attendance>/", views.decide, name="decide"),
    path("arenden/<uuid:pk>/avvikelser/ny/", views.report, name="report"),
    path("arenden/<uuid:pk>/avvikelser/<int:number>/ta-emot/", views.receive, name="receive"),
    path("arenden/<uuid:pk>/avvikelser/<int:number>/svara/", views.answer, name="answer"),
    path("arenden/<uuid:pk>/avvikelser/<int:number>/avsluta/", views.close, name="close"),
]

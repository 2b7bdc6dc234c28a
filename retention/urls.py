from django.urls import path

from retention import views

app_name = "retention"
urlpatterns = [
    path("administration/gallring/", views.overview, name="overview"),
    path("administration/gallring/forbered/", views.prepare, name="prepare"),
    path("administration/gallring/regler/", views.rules, name="rules"),
    path("administration/gallring/liggare/", views.ledger, name="ledger"),
    path("administration/gallring/poster/<slug:name>/", views.records, name="records"),
    path("administration/gallring/<int:number>/", views.batch, name="batch"),
    path("administration/gallring/<int:number>/godkann/", views.approve, name="approve"),
    path("administration/gallring/<int:number>/avbryt/", views.cancel, name="cancel"),
    path("arenden/<uuid:pk>/gallring/", views.case_holds, name="case_holds"),
    path("mottaget/<int:pk>/gallring/", views.received_holds, name="received_holds"),
    path("gallringsstopp/<int:number>/avsluta/", views.end_hold, name="end_hold"),
]

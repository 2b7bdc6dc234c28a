from django.urls import path

from citizen import views, views_contact, views_papers

app_name = "citizen"
urlpatterns = [
    path("min-plan/", views.plan, name="plan"),
    path("min-plan/alla/", views.choose, name="choose"),
    path("min-plan/lasare/", views.all_readers, name="all_readers"),
    path("min-plan/vad-ar-en-sip/", views.about, name="about"),
    path("min-plan/<uuid:pk>/", views.case, name="case"),
    path("min-plan/<uuid:pk>/version/<int:number>/", views.version, name="version"),
    path("min-plan/<uuid:pk>/samtycke/", views.consents, name="consents"),
    path("min-plan/<uuid:pk>/kopior/", views.copies, name="copies"),
    path("min-plan/<uuid:pk>/lasare/", views.readers, name="readers"),
    path("min-plan/<uuid:pk>/lasare/utdrag/", views.extract, name="extract"),
    path("min-plan/<uuid:pk>/lasare/utdrag/<uuid:extract>/", views.extract_pdf, name="extract_pdf"),
    path("min-plan/<uuid:pk>/kontakt/", views_contact.channels, name="channels"),
    path("min-plan/<uuid:pk>/kontakt/<slug:way>/avsluta/", views_contact.end_channel, name="end_channel"),
    path("min-plan/<uuid:pk>/pdf/", views.pdf, name="pdf"),
    path("min-plan/informationsblad/", views_papers.leaflet, name="leaflet"),
    path("min-plan/<uuid:pk>/papper/", views_papers.papers, name="papers"),
    path("min-plan/<uuid:pk>/papper/<uuid:paper>/", views_papers.paper, name="paper"),
]

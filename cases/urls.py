from django.urls import path

from cases import views, views_clocks, views_protection

app_name = "cases"
urlpatterns = [
    path("arenden/ny/", views.start, name="start"),
    path("arenden/ny/uppgifter/", views.start_person, name="start_person"),
    path("arenden/ny/samordnad-vardplan/", views.compulsory, name="compulsory"),
    path("arenden/<uuid:pk>/ny-sip/", views.link_new, name="link_new"),
    path("arenden/<uuid:pk>/uppgifter/", views.edit, name="edit"),
    path("arenden/<uuid:pk>/skydd/", views_protection.protect, name="protect"),
    path("arenden/<uuid:pk>/kontakt/", views.note_contact, name="note_contact"),
    path("arenden/<uuid:pk>/utskrivningsklar/", views.discharge_ready, name="discharge_ready"),
    path("arenden/<uuid:pk>/tidsgranser/<int:number>/pausa/", views_clocks.pause, name="pause_clock"),
    path("arenden/<uuid:pk>/tidsgranser/<int:number>/starta/", views_clocks.resume, name="resume_clock"),
    path("arenden/<uuid:pk>/huvudansvarig/", views.change_lead, name="change_lead"),
    path("arenden/<uuid:pk>/aktorer/", views.parties, name="parties"),
    path("arenden/<uuid:pk>/aktorer/ny/", views.add_party, name="add_party"),
    path("arenden/<uuid:pk>/deltagare/ny/", views.add_outside, name="add_outside"),
    path("arenden/<uuid:pk>/deltagare/<int:party>/ta-bort/", views.remove_outside, name="remove_outside"),
]

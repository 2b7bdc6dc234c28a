from django.urls import path

from organisations import admin_views, admin_views_words, session_views, views

app_name = "organisations"
urlpatterns = [
    path("", views.home, name="home"),
    path("logga-in/", views.login, name="login"),
    path("logga-in/drift/", views.emergency, name="emergency"),
    path("logga-ut/", views.logout, name="logout"),
    path("inloggning/tid/", session_views.status, name="session_status"),
    path("inloggning/forlang/", session_views.prolong, name="session_prolong"),
    path("inloggning/bekrafta/", session_views.step_up, name="step_up"),
    path("inloggning/fortsatt/", session_views.resume, name="resume"),
    path("byt-enhet/", views.acting, name="acting"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("administration/", admin_views.index, name="admin"),
    path("administration/enheter/", admin_views.units, name="units"),
    path("administration/enheter/ny/", admin_views.unit, name="unit_new"),
    path("administration/enheter/<int:number>/", admin_views.unit, name="unit"),
    path("administration/enheter/<int:number>/aktiv/", admin_views.unit_active, name="unit_active"),
    path("administration/medarbetare/", admin_views.staff, name="staff"),
    path("administration/medarbetare/ny/", admin_views.person, name="person_new"),
    path("administration/medarbetare/<int:number>/", admin_views.person, name="person"),
    path("administration/medarbetare/<int:number>/aktiv/", admin_views.person_active, name="person_active"),
    path("administration/medarbetare/<int:number>/logga-ut/", admin_views.person_sessions, name="person_sessions"),
    path("administration/uppdrag/", admin_views.assignments, name="assignments"),
    path("administration/uppdrag/nytt/", admin_views.assign, name="assign"),
    path("administration/uppdrag/<int:number>/avsluta/", admin_views.end_assignment, name="end_assignment"),
    path("administration/nodoppning/", admin_views.break_glass, name="break_glass"),
    path("administration/ordlista/", admin_views_words.word_list, name="words"),
    path("administration/ordlista/nytt/", admin_views_words.add_word, name="add_word"),
    path("administration/ordlista/<int:number>/avsluta/", admin_views_words.end_word, name="end_word"),
    path("administration/riktlinjer/", admin_views.guidelines, name="guidelines"),
]

from django.urls import path

from papers import views

app_name = "papers"
urlpatterns = [
    path("arenden/<uuid:pk>/papper/", views.listing, name="list"),
    path("arenden/<uuid:pk>/papper/gor/<slug:name>/", views.order, name="order"),
    path("arenden/<uuid:pk>/papper/<uuid:paper>/", views.paper, name="paper"),
    path("arenden/<uuid:pk>/papper/<uuid:paper>/pdf/", views.file, name="file"),
    path("arenden/<uuid:pk>/papper/<uuid:paper>/lamnat/", views.hand_out, name="hand_out"),
    path("papper/", views.blanks, name="blanks"),
    path("papper/<slug:name>/", views.blank, name="blank"),
    path("papper/<slug:name>/pdf/", views.blank_file, name="blank_file"),
]

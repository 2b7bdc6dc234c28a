from django.urls import path

from logbook import views

app_name = "logbook"
urlpatterns = [
    path("logg/granskning/", views.reviews, name="reviews"),
    path("logg/granskning/<int:number>/", views.one_review, name="review"),
    path("logg/granskning/<int:number>/klar/", views.finish, name="finish"),
    path("logg/granskning/<int:number>/<int:pick>/", views.judge, name="judge"),
    path("arenden/<uuid:pk>/logg/utdrag/", views.extract, name="extract"),
    path("arenden/<uuid:pk>/logg/utdrag/<uuid:extract>/", views.download, name="download"),
]

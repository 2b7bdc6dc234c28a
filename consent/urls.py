from django.urls import path

from consent import views

app_name = "consent"
urlpatterns = [
    path("arenden/<uuid:pk>/samtycke/", views.history, name="history"),
    path("arenden/<uuid:pk>/samtycke/nytt/", views.record, name="record"),
    path("samtycke-aterkallat/", views.receipt, name="receipt"),
    path("mottaget/", views.received, name="received"),
    path("mottaget/<int:pk>/", views.received_one, name="received_one"),
]

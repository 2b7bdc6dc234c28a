from django.urls import path

from identity import views

app_name = "identity"
urlpatterns = [
    path("logga-in/igen/", views.step_up, name="step_up"),
    path("logga-in/<slug:way>/", views.start, name="start"),
    path("logga-in/<slug:way>/tillbaka/", views.callback, name="callback"),
    path("logga-in/<slug:way>/utloggad/", views.left, name="left"),
    path("logga-in/<slug:way>/avsluta/", views.back_channel, name="back_channel"),
    path("logga-ut/inloggningstjanst/", views.logout, name="logout"),
]

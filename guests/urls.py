from django.urls import path

from guests import views, views_staff

app_name = "guests"
one = "arenden/<uuid:pk>/moten/<int:meeting>/lank/<int:invitation>/"
urlpatterns = [
    path(one, views_staff.link, name="link"),
    path(f"{one}koden/", views_staff.code_given, name="code_given"),
    path(f"{one}sparra/", views_staff.revoke, name="revoke"),
    path("inbjudan/", views.invitation, name="invitation"),
    path("inbjudan/stang/", views.leave, name="leave"),
    path("inbjudan/<slug:token>/", views.enter, name="enter"),
]

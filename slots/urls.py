from django.urls import path

from slots import views

app_name = "slots"
unit = "staende-tider/<int:number>/"
urlpatterns = [
    path(unit, views.unit, name="unit"),
    path(f"{unit}ny/", views.new, name="new"),
    path(f"{unit}<int:window>/avsluta/", views.end, name="end"),
]

from django.urls import path

from reception import views

app_name = "reception"
rules = "administration/mottagning/"
urlpatterns = [
    path(rules, views.rules, name="rules"),
    path(f"{rules}ny/", views.rule, name="rule_new"),
    path(f"{rules}<int:number>/", views.rule, name="rule"),
    path(f"{rules}<int:number>/flytta/", views.move, name="move"),
    path(f"{rules}<int:number>/avsluta/", views.end, name="end"),
]

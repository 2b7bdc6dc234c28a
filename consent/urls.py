from django.urls import path

from consent import grounds_views, representatives_views, views, views_corrections

app_name = "consent"
urlpatterns = [
    path("arenden/<uuid:pk>/samtycke/", views.history, name="history"),
    path("arenden/<uuid:pk>/samtycke/nytt/", views.record, name="record"),
    path("arenden/<uuid:pk>/grund/ny/", grounds_views.new, name="ground_new"),
    path("arenden/<uuid:pk>/grund/<int:ground>/upphav/", grounds_views.end, name="ground_end"),
    path("arenden/<uuid:pk>/foretradare/", representatives_views.listing, name="representatives"),
    path("arenden/<uuid:pk>/foretradare/ny/", representatives_views.new, name="representative_new"),
    path("arenden/<uuid:pk>/foretradare/<int:number>/", representatives_views.change, name="representative"),
    path("arenden/<uuid:pk>/foretradare/<int:number>/avsluta/", representatives_views.end, name="representative_end"),
    path("arenden/<uuid:pk>/foretradare/undantag/", representatives_views.exception, name="age_exception"),
    path(
        "arenden/<uuid:pk>/foretradare/undantag/<int:number>/upphav/",
        representatives_views.end_exception,
        name="age_exception_end",
    ),
    path("arenden/<uuid:pk>/makulera/", views_corrections.void, name="void"),
    path("arenden/<uuid:pk>/utlamnat/<int:disclosure>/aterkalla/", views_corrections.recall, name="recall"),
    path("samtycke-aterkallat/", views.receipt, name="receipt"),
    path("mottaget/", views.received, name="received"),
    path("mottaget/<int:pk>/", views.received_one, name="received_one"),
]

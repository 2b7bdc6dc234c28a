from django.urls import path

from correspondence import views

app_name = "correspondence"
urlpatterns = [
    path("arenden/<uuid:pk>/meddelanden/", views.case_messages, name="messages"),
    path("arenden/<uuid:pk>/meddelanden/nytt/", views.write, name="write"),
    path("arenden/<uuid:pk>/meddelanden/last/", views.read, name="read"),
    path("arenden/<uuid:pk>/kontaktvagar/", views.contact, name="contact"),
    path("arenden/<uuid:pk>/kontaktvagar/<slug:way>/avsluta/", views.end_contact, name="end_contact"),
    path("brev/", views.letter_list, name="letters"),
    path("brev/<uuid:pk>/pdf/", views.letter_pdf, name="letter_pdf"),
    path("brev/<uuid:pk>/postat/", views.letter_posted, name="letter_posted"),
]

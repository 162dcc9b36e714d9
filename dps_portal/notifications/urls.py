from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("messages/", views.message_list, name="message_list"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("demo/mail/", views.demo_mailbox, name="demo_mailbox"),
]

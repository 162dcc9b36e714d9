from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [path("theme.css", views.theme, name="theme")]

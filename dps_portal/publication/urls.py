from django.urls import path

from . import views

app_name = "publication"
urlpatterns = [
    path("", views.opportunity, name="opportunity"),
    path("lots/<slug:agreement>/<int:number>/", views.lot, name="lot"),
    path("notices/<str:reference>/", views.tender, name="tender"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("healthz/", views.alive, name="alive"),
    path("healthz/ready/", views.ready, name="ready"),
]

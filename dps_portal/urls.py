"""Every address of the portal."""

from django.urls import include, path

urlpatterns = [
    path("", include("dps_portal.ui.urls")),
    path("", include("dps_portal.notifications.urls")),
    path("", include("providers.urls")),
    path("", include("tenders.urls")),
    path("", include("placements.urls")),
    path("account/", include("allauth.urls")),
]

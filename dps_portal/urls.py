"""Every address of the portal."""

from django.urls import include, path

from dps_portal.reports import views as reports

urlpatterns = [
    path("", include("dps_portal.publication.urls")),
    path("home/", reports.home, name="home"),
    path("", include("dps_portal.reports.urls")),
    path("", include("dps_portal.ui.urls")),
    path("", include("dps_portal.notifications.urls")),
    path("", include("dps_portal.agreements.urls")),
    path("", include("providers.urls")),
    path("", include("tenders.urls")),
    path("", include("placements.urls")),
    path("account/", include("allauth.urls")),
]

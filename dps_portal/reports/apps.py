from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "dps_portal.reports"

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "dps_portal.jobs"

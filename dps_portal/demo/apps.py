from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "dps_portal.demo"

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "dps_portal.publication"

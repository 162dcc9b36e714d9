from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dps_portal.documents"

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "dps_portal.audit"

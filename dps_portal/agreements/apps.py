from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "dps_portal.agreements"

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dps_portal.accounts"

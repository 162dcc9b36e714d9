from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "dps_portal.notifications"

from django.apps import AppConfig
from django.core import checks


class UiConfig(AppConfig):
    name = "dps_portal.ui"

    def ready(self):
        from .checks import colours_are_legible, vendor_files_are_built  # noqa: PLC0415

        checks.register(vendor_files_are_built)
        checks.register(colours_are_legible)

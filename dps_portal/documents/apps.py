from django.apps import AppConfig
from django.core import checks


class DocumentsConfig(AppConfig):
    name = "dps_portal.documents"

    def ready(self):
        from .checks import files_are_scanned, scanner_is_named  # noqa: PLC0415

        checks.register(scanner_is_named)
        checks.register(files_are_scanned, deploy=True)

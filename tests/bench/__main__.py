"""The settings first, then what is to be measured."""

import os
import sys


def main() -> None:
    import tests.environment  # noqa: F401 - read by the settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps_portal.settings")
    import django

    django.setup()
    from . import measure

    measure.main(*sys.argv[1:])


main()

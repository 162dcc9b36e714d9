"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps_portal.settings")
application = get_wsgi_application()

from dps_portal.accounts.production import refuse_demo_accounts  # noqa: E402 - needs the apps

refuse_demo_accounts()

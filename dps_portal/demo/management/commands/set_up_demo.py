"""``manage.py set_up_demo``: the database of ``make run``, in one start of Django, not three."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrates, makes the table of the cache, and seeds the demonstration if there is none."
    requires_system_checks = ()  # those of the database are made by ``migrate``

    def handle(self, **options):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("seed_demo", if_empty=True, stdout=self.stdout)

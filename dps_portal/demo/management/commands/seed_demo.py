"""``manage.py seed_demo``: makes the invented demonstration council (design §6, D14)."""

from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dps_portal.agreements.models import Agreement
from dps_portal.demo.people import PASSWORD, sign_ins
from dps_portal.demo.seed import seed


class Command(BaseCommand):
    help = "Makes the invented council, its five years and one sign-in per role."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="keep what is there already")
        parser.add_argument("--on", type=date.fromisoformat, help="the day that counts as today")

    def handle(self, *, if_empty, on, **options):
        if not settings.DEMO:
            raise CommandError("The demonstration is refused in production.")
        if not Agreement.objects.exists():
            seed(on or timezone.localdate())
            call_command("import_cqc_directory", stdout=self.stdout)
        elif not if_empty:
            raise CommandError("There is an agreement already. Seed an empty database.")
        self.stdout.write(f"Demonstration sign-ins, all with the password {PASSWORD}")
        for role, people in sign_ins().items():
            for person in people[:1]:
                self.stdout.write(f"  {role.label:28} {person.email}")

"""``manage.py verify_audit``: walks the chain and the ledger (design D8, §6)."""

from django.core.management.base import BaseCommand, CommandError

from dps_portal.audit import verification
from placements.services import compare_ledger


class Command(BaseCommand):
    help = "Verifies the audit trail and the ledger; exit 1 with the first broken row."

    def handle(self, **options):
        chain, ledger = verification.verify(), compare_ledger()
        self.stdout.write(f"events: {chain.events}\nhead: {chain.head}")
        self.stdout.write(
            f"ledger entries: {ledger.entries}\nyears: {ledger.years}\n"
            f"placements: {ledger.placements}"
        )
        if chain.broken_at is not None:
            raise CommandError(f"The trail is broken at event {chain.broken_at}.", returncode=1)
        if ledger.differences:
            raise CommandError(ledger.differences[0], returncode=1)
        self.stdout.write("The trail and the ledger are whole.")

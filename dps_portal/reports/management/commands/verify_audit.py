"""``manage.py verify_audit``: walks the chain and the ledger (design D8, §6)."""

from django.core.management.base import BaseCommand, CommandError

from dps_portal.audit import verification
from dps_portal.reports.verification import verify_ledger


class Command(BaseCommand):
    help = "Verifies the audit trail and the ledger; exit 1 with the first broken row."

    def handle(self, **options):
        chain, ledger = verification.verify(), verify_ledger()
        self.stdout.write(f"events: {chain.events}\nhead: {chain.head}")
        self.stdout.write(
            f"ledger entries: {ledger.entries}\nyears: {ledger.years}\n"
            f"placements: {ledger.placements}"
        )
        if chain.broken_at is not None:
            raise CommandError(f"The trail is broken at event {chain.broken_at}.", returncode=1)
        if ledger.broken:
            raise CommandError(ledger.broken, returncode=1)
        self.stdout.write("The trail and the ledger are whole.")

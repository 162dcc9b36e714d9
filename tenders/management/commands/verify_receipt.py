"""``manage.py verify_receipt FILE``: checks the receipt of a bid, without the portal (T6).

Needs neither the database nor a key of the portal: the receipt holds what is signed and the key
to check it with. ``--key`` pins the key that the council publishes.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from dps_portal.money import gbp
from tenders import rules


class Command(BaseCommand):
    help = "Verifies the signed receipt of a bid; exit 1 if it does not hold, 2 if unreadable."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="the receipt, as it was downloaded")
        parser.add_argument("--key", help="the key that the council publishes, in hex")
        parser.add_argument("--content", help="the sealed content, as it was downloaded")
        parser.add_argument(
            "--attachment", action="append", default=[], help="a file of the bid; may be repeated"
        )

    def handle(self, *, file, key, content, attachment, **options):
        try:
            receipt = rules.read_receipt(_read(file).decode("utf-8-sig"))
        except (rules.NoReceipt, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: not a receipt: {error}", returncode=2) from error
        faults = rules.faults_of_receipt(
            receipt,
            key=key,
            content=content and _read(content),
            attachments=[(path, _read(path)) for path in attachment],
        )
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
        self._tell(receipt, key)

    def _tell(self, receipt, key):
        for name, value in receipt.heads.items():
            self.stdout.write(f"{name}: {value}")
        self.stdout.write(f"Weekly price: {gbp(receipt.quote.weekly_pence)}")
        if receipt.quote.compared_weeks:
            self.stdout.write(f"Price compared: {receipt.quote}")
        for one in rules.attachments_of(receipt.facts):
            self.stdout.write(f"File: {one['name']} {one['sha256']}")
        self.stdout.write(f"Digest: {receipt.digest}\nKey: {receipt.key}")
        self.stdout.write("The receipt holds: this content was received then, and is unaltered.")
        if key is None:
            self.stdout.write(
                "The key is the one in the receipt. Compare it with the one on the council's "
                "portal, or give that one with --key."
            )


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}", returncode=2) from error

"""``manage.py load_agreement``: takes in the published facts of the agreement."""

import json
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from dps_portal.agreements.services import exercise_option, load_agreement

DATA = Path(__file__).resolve().parents[2] / "data" / "sefton_2022.json"
# The decision that extended the term to 31 March 2026; none is known for option 2.
OPTION_1 = {"evidence": "Cabinet Member decision, ModernGov ID 11745", "on": date(2025, 3, 31)}


def published() -> dict:
    """The published facts as ``load_agreement`` takes them."""
    return json.loads(DATA.read_text(encoding="utf-8"))


class Command(BaseCommand):
    help = "Loads the published agreement, with option 1 exercised."

    def handle(self, **options):
        now = timezone.now()
        agreement = load_agreement(data=published(), by=None, at=now)
        option = agreement.options.get(number=1)
        if option.exercised_on is None:
            exercise_option(option=option, by=None, at=now, **OPTION_1)
        self.stdout.write(f"{agreement.title}: {agreement.reference}")

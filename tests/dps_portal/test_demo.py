"""The demonstration is the same whenever it is made for one day."""

from django.db import transaction

from dps_portal.demo.seed import seed
from placements.models import LedgerEntry
from tests.demo.conftest import TODAY


def story() -> list[tuple]:
    rows = LedgerEntry.objects.order_by("pk")
    return list(rows.values_list("pence", "kind", "placement__reference", "effective_on"))


def test_the_same_day_makes_the_same_story(db):
    stories = []
    for _ in range(2):
        with transaction.atomic():
            seed(TODAY)
            stories.append(story())
            transaction.set_rollback(True)

    assert len(stories[0]) > 200
    assert stories[0] == stories[1]

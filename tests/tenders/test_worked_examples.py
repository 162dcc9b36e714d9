"""The ranking page shows the figures of the worked examples, from sealed bids onwards (T18)."""

import json
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse

from dps_portal.money import gbp
from providers.models import Rate
from tenders import services
from tenders.services import envelopes, own_copies
from tests.factories.agreements import LotFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db

VECTORS = Path(__file__).parent.parent / "vectors"
CASES = json.loads((VECTORS / "meat.json").read_text(encoding="utf-8"))["cases"]
NO_CEILING = 10_000_000
PARTED = {"tie": {"A": "2"}}  # the example leaves its tie; the portal always publishes a tie-break


def pence(pounds) -> int:
    return int(Decimal(str(pounds)) * 100)


class Example(Competition):
    """A tender with the model, the bids and the agreed scores of a worked example."""

    def __init__(self, case):
        ceiling = case["ceiling_price"]
        lot = LotFactory(ceiling_weekly_pence=pence(ceiling) if ceiling else NO_CEILING)
        super().__init__(lot=lot, providers=len(case["bids"]))
        self.case = case
        Rate.objects.update(weekly_pence=NO_CEILING)
        self.names = dict(zip(case["bids"], self.providers, strict=True))
        lot.agreement.price_weight_min, lot.agreement.price_weight_max = 0, 100
        lot.agreement.save()

    def drafted(self, **facts):
        by = {"by": self.drafter, "at": self.published_at}
        tender = services.create_tender(**self.terms(**facts), **by)
        asked = {"question": "How?", "word_limit": 100}
        criteria = [one | asked for one in self.case["criteria"]]
        return services.set_criteria(tender=tender, criteria=criteria, **by)

    def terms(self, **facts):
        names = ("price_weight", "score_scale_max", "minimum_question_score")
        own = {name: self.case[name] for name in names}
        return super().terms(**own | facts)

    def bid_all(self, *_):
        """Past the service, which takes no price above the ceiling."""
        for name, facts in self.case["bids"].items():
            invitation = self.invitation(self.names[name])
            draft = own_copies.NOTHING_YET | {
                "answers": {str(place): "So." for place in range(1, len(facts["scores"]) + 1)},
                "weekly_pence": pence(facts["price"]),
            }
            bid = envelopes.make_bid(
                invitation, draft, by=owner_of(invitation.provider), at=self.published_at
            )
            own_copies.keep(invitation, draft=draft, bid=bid)

    def evaluated(self):
        self.scored(points=0)
        names = {provider: name for name, provider in self.names.items()}
        for response in self.responses():
            scores = self.case["bids"][names[response.bid.provider]]["scores"]
            self.moderate(response, points=scores[response.criterion.position - 1])
        self.tender = services.lock_quality(tender=self.tender, by=self.officer, at=self.now)

    def expected(self) -> dict[str, list[str]]:
        """The cells of each provider, as the example has them."""
        parted = PARTED.get(self.case["name"], {})
        return {
            provider.name: [
                f"Excluded: {told['excluded']}"
                if "excluded" in told
                else parted.get(name, str(told["rank"])),
                gbp(pence(self.case["bids"][name]["price"])),
                *(told.get(part, "–") for part in ("price_score", "quality_score", "total")),
            ]
            for name, provider in self.names.items()
            for told in [self.case["expected"][name]]
        }


def table(page) -> list[list[str]]:
    """The cells of the first table, row by row."""
    rows = re.findall(r"<tr.*?</tr>", page.split("</table>")[0], re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_ranking_page_shows_the_worked_figures(client, case):
    one = Example(case)
    one.evaluated()
    client.force_login(one.officer)

    page = client.get(reverse("tenders:ranking", args=[one.tender.reference])).content.decode()

    shown = {name: [rank.split(",")[0], *others] for rank, name, *others in table(page)}
    assert shown == one.expected()

"""Placements made by the row, thousands at a time, and the acts on them that move money."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from dps_portal.clock import financial_year, year_start
from placements import rules
from placements.models import (
    BudgetYear,
    FundingRequest,
    LedgerEntry,
    Person,
    Placement,
    Referral,
    Term,
)
from placements.states import PlacementState, ReferralState, RequestKind
from tests.factories.agreements import LotFactory
from tests.factories.placements import admit, owner_of

DAY = timedelta(days=1)
ACTS = 64
APPROVAL = {"decision": "approved", "reason": "Agreed."}


@dataclass(frozen=True)
class Story:
    """One stay and what is to happen to it now: its first funding, an extension, or the exit."""

    act: str
    start: date
    end: date
    weekly_pence: int
    longer_until: date | None = None
    leaves_on: date | None = None

    def cost(self, *, end=None, **facts) -> dict[int, int]:
        price = rules.Price(self.start, self.weekly_pence)
        return rules.position(rules.Stay(self.start, end or self.end, (price,), **facts))

    @property
    def held(self) -> dict[int, int]:
        return {} if self.act == "initial" else self.cost()

    @property
    def need(self) -> dict[int, int]:
        if self.act == "exit":
            new = self.cost(discharge=self.leaves_on)
        else:
            new = self.cost(end=self.longer_until)
        return rules.difference(new, self.held)


def stories(random: Random, today: date, *, exits: int, number: int = ACTS) -> list[Story]:
    """Around the coming 31 March, with a price of its own each."""
    march = year_start(financial_year(today) + 1)
    found = []
    for place in range(number):
        weekly = random.randrange(60_000, 110_000)
        if place < exits:
            end = march + random.randrange(10, 60) * DAY
            story = Story("exit", today - 30 * DAY, end, weekly, leaves_on=today)
        elif place < number // 4:
            end = max(today + DAY, march - random.randrange(-3, 50) * DAY)
            longer = end + random.randrange(14, 57) * DAY
            story = Story("extension", today - 30 * DAY, end, weekly, longer_until=longer)
        else:
            start = march - random.randrange(-5, 110) * DAY
            story = Story("initial", start, start + 91 * DAY, weekly)
        found.append(story)
    random.shuffle(found)
    return found


@dataclass(frozen=True)
class Act:
    """A form that is sent, what it needs of each year, and under which reference it is on record."""

    path: str
    form: dict
    need: dict[int, int]
    reference: str


@dataclass(frozen=True)
class Round:
    agreement: object
    acts: list[Act]
    ceilings: dict[int, int]
    committed: dict[int, int]  # before anything happens


def make_rounds(all_stories, shares, *, people, provider) -> list[Round]:
    """Each round has an agreement to itself, with ``share`` of what its acts ask of each year."""
    lots = [LotFactory() for _ in all_stories]
    for lot in lots:
        admit(provider, lot, since=date(2022, 4, 1), owner=owner_of(provider))
    rows = [(lot, story) for lot, many in zip(lots, all_stories, strict=True) for story in many]
    placements = make_placements(rows, people=people, provider=provider)
    requests = make_requests(rows, placements, people=people)
    rounds = []
    per_round = iter(zip(rows, placements, requests, strict=True))
    for lot, many, share in zip(lots, all_stories, shares, strict=True):
        mine = [next(per_round) for _ in many]
        committed, asked = {}, {}
        for story in many:
            for year, pence in story.held.items():
                committed[year] = committed.get(year, 0) + pence
            for year, pence in story.need.items():
                asked[year] = asked.get(year, 0) + max(pence, 0)
        ceilings = {
            year: committed.get(year, 0) + int(share * asked.get(year, 0))
            for year in sorted(committed | asked)
        }
        committed = {year: committed.get(year, 0) for year in ceilings}
        years = {
            year: BudgetYear.objects.create(
                agreement=lot.agreement,
                year=year,
                ceiling_pence=pence,
                committed_pence=committed[year],
            )
            for year, pence in ceilings.items()
        }
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                budget_year=years[year],
                placement=placement,
                kind="commit",
                pence=pence,
                effective_on=story.start,
                at=placement.proposed_at,
            )
            for (_, story), placement, _ in mine
            for year, pence in story.held.items()
        )
        acts = [act_of(story, placement, request) for (_, story), placement, request in mine]
        rounds.append(Round(lot.agreement, acts, ceilings, committed))
    return rounds


def make_placements(rows, *, people, provider) -> list[Placement]:
    at, worker = timezone.now() - 40 * DAY, people["assessor"]
    persons = Person.objects.bulk_create(
        Person(identity=b"unknown", number_hash=secrets.token_hex(32)) for _ in rows
    )
    referrals = Referral.objects.bulk_create(
        Referral(
            agreement=lot.agreement,
            person=person,
            state=ReferralState.PLACEMENT_PROPOSED
            if story.act == "initial"
            else ReferralState.PLACED,
            has_consent=True,
            created_by=worker,
            created_at=at,
            worker=worker,
            care_act_assessed_on=at.date(),
            clinical_review_on=at.date(),
            lot=lot,
        )
        for (lot, story), person in zip(rows, persons, strict=True)
    )
    placements = Placement.objects.bulk_create(
        Placement(
            referral=referral,
            provider=provider,
            lot=lot,
            weekly_pence=story.weekly_pence,
            planned_admission=story.start,
            person_choice="By the sea.",
            proposed_by=worker,
            proposed_at=at,
            **(
                {"state": PlacementState.AWAITING_FUNDING}
                if story.act == "initial"
                else {
                    "state": PlacementState.ADMITTED,
                    "admission": story.start,
                    "funded_until": story.end,
                }
            ),
        )
        for (lot, story), referral in zip(rows, referrals, strict=True)
    )
    Term.objects.bulk_create(
        Term(
            placement=placement,
            lot=lot,
            start=story.start,
            end=story.end,
            weekly_pence=story.weekly_pence,
            kind=RequestKind.INITIAL,
        )
        for (lot, story), placement in zip(rows, placements, strict=True)
        if story.act != "initial"
    )
    return placements


def make_requests(rows, placements, *, people) -> list[FundingRequest | None]:
    """In the order of the rows; an exit needs none."""
    requests = [
        FundingRequest(
            placement=placement,
            kind=story.act,
            lot=lot,
            start=story.end if story.longer_until else story.start,
            end=story.longer_until or story.end,
            weekly_pence=story.weekly_pence,
            reason="It is needed.",
            requested_by=people["assessor"],
            requested_at=timezone.now(),
        )
        if story.act != "exit"
        else None
        for (lot, story), placement in zip(rows, placements, strict=True)
    ]
    FundingRequest.objects.bulk_create(request for request in requests if request)
    return requests


def act_of(story: Story, placement: Placement, request: FundingRequest | None) -> Act:
    if request:
        path = f"/funding-requests/{request.reference}/decision/"
        return Act(path, APPROVAL, story.need, request.reference)
    day = story.leaves_on
    form = {"day_day": day.day, "day_month": day.month, "day_year": day.year}
    form |= {"status": "planned", "reason": "moved_on", "destination": "Home", "notice_nights": 0}
    path = f"/placements/{placement.reference}/exit/"
    return Act(path, form, story.need, placement.reference)

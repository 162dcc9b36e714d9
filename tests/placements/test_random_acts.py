"""Whatever is decided and whatever happens, in any order: the ledger holds the position (R8, T12).

Acts drawn at random over up to two years, each through the service that does it and each at a
state where somebody might try it; what is refused must change nothing. Every check draws 300, the
bench 10,000. ``SEED=7 make bench`` draws others.
"""

import os
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from dps_portal.clock import year_start
from dps_portal.refusals import Refused
from placements import services
from placements.models import BudgetYear, FundingRequest, LedgerEntry, Placement, Referral
from placements.services.ledger import held_by_year
from placements.states import (
    CostCentre,
    PlacementState,
    ReferralState,
    RequestKind,
    RequestState,
    YearState,
)
from providers.models import Rate
from tests.factories.agreements import LotFactory
from tests.factories.placements import REASONS, Journey, admit, owner_of
from tests.sizes import sized

pytestmark = pytest.mark.django_db

SEED = int(os.environ.get("SEED", "12"))
BEGIN, END = datetime(2027, 2, 1, 9, tzinfo=UTC), datetime(2028, 10, 1, 9, tzinfo=UTC)
PAUSE = timedelta(hours=8)  # between two acts, or less
YEARS = range(2026, 2031)
LIVE = 12  # so many at a time
DAY = timedelta(days=1)
FACTS = {  # what may happen to a placement in each state, the usual more often
    PlacementState.AWAITING_PROVIDER: (*["accept"] * 6, "decline", "cancel"),
    PlacementState.PROVIDER_DECLINED: ("reopen", "choose"),
    PlacementState.AWAITING_FUNDING: ("cancel",),
    PlacementState.FUNDING_DECLINED: ("reopen", "choose"),
    PlacementState.APPROVED: (*["arrive"] * 6, "not_arrive", "cancel"),
    PlacementState.ADMITTED: (
        *("be_away", "be_away", "correct_absence", "contribute", "correct_arrival", "leave"),
    ),
    PlacementState.DISCHARGED: (
        *("correct_exit", "reopen", "correct_arrival", "be_away", "correct_absence"),
    ),
    PlacementState.NON_ARRIVAL: ("reopen", "choose"),
    PlacementState.CANCELLED: ("reopen", "choose"),
}
ASKED = {  # and what may be asked for
    PlacementState.AWAITING_FUNDING: ["ask_first"] * 6,
    PlacementState.APPROVED: ["charge"],
    PlacementState.ADMITTED: (
        *("extend", "fund_afterwards", "move_lot", "change_price", "shorten", "correct_price"),
        "charge",
    ),
    PlacementState.DISCHARGED: ("fund_afterwards", "correct_price", "charge"),
}
ANSWERS = {  # and to what is asked
    RequestState.SUBMITTED: (*["decide"] * 6, "withdraw"),
    RequestState.DEFERRED: (*["decide"] * 3, "withdraw"),
    RequestState.RETURNED: (*["again"] * 3, "withdraw"),
}
OF_THE_TEAM = {"refer": 6, "revise_ceiling": 1, "close_year": 2}
ALL = {*OF_THE_TEAM}.union(*FACTS.values(), *ASKED.values(), *ANSWERS.values())


class Team:
    """One agreement with two lots, one provider, and everything that is drawn."""

    def __init__(self, random: Random):
        self.random = random
        self.journey = Journey(at=BEGIN)
        self.lots = [self.journey.lot, LotFactory(agreement=self.journey.agreement)]
        provider = self.journey.provider
        admit(provider, self.lots[1], since=date(2022, 4, 1), owner=owner_of(provider))
        for lot in self.lots:
            for year in YEARS:
                Rate.objects.create(
                    provider=provider,
                    lot=lot,
                    effective_from=year_start(year) + 30 * DAY,
                    weekly_pence=random.randrange(70_000, 110_000),
                    source="price_list",
                )
        self.journey.agreement.funding_stages = [4, 8]
        self.journey.agreement.save()
        for year in YEARS:
            self.journey.budget(**{f"y{year}": 40_000_000})
        self.done, self.refused = Counter(), Counter()
        self.positions: dict[int, dict[int, int]] = {}

    @property
    def at(self):
        return self.journey.at

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def by(self, role):
        return {"by": self.journey.people[role], "at": self.at}

    def day(self, first: date, last: date) -> date:
        return first + self.random.randint(0, max((last - first).days, 0)) * DAY

    # ── One step ─────────────────────────────────────────────────────────────────────────────
    def step(self):
        """Do or try one act; of three that are drawn the first that was never done."""
        drawn = [(one, self.random.choice(self.acts(one))) for one in map(self.draw, range(3))]
        placement, act = next((pair for pair in drawn if pair[1] not in self.done), drawn[0])
        before = dict(self.positions)
        try:
            with transaction.atomic():
                touched = getattr(self, act)(placement)
        except Refused as refusal:
            self.refused[act, refusal.reasons] += 1
            touched, self.positions = placement, before  # of steps on the way, taken back as well
        else:
            self.done[act] += 1
        self.check(touched)

    def draw(self, _) -> Placement | None:
        live = Placement.objects.live()
        if live.count() < LIVE or self.random.random() < 0.05:
            return None
        rows = Placement.objects.exclude(state=PlacementState.CLOSED).order_by("-pk")
        rows = live.order_by("-pk") if self.random.random() < 0.7 else rows
        return rows[self.random.randrange(rows.count())]

    def acts(self, placement: Placement | None) -> list[str]:
        """Without what there is no occasion for."""
        if not placement:
            acts = [act for act, times in OF_THE_TEAM.items() for _ in range(times)]
            return [act for act in acts if act != "close_year" or self.today >= self.oldest_end()]
        request = placement.requests.open().first()
        answers = ANSWERS[request.state] if request else ASKED.get(placement.state, ())
        vain = set()
        if placement.funded_until is None or placement.funded_until >= self.today:
            vain.add("fund_afterwards")
        if not placement.absences.exists():
            vain.add("correct_absence")
        return [act for act in [*FACTS[placement.state], *answers] if act not in vain] or ["refer"]

    def oldest_end(self) -> date:
        open_years = BudgetYear.objects.exclude(state=YearState.CLOSED)
        return year_start(min(open_years.values_list("year", flat=True)) + 1)

    def check(self, touched: Placement | None):
        """The one that was touched against its entries; the years against all of them."""
        if touched:
            fresh = Placement.objects.get(pk=touched.pk)
            position = {year: p for year, p in services.position(fresh).items() if p}
            held = {year: p for year, p in held_by_year(fresh.entries.all()) if p}
            assert held == position
            self.positions[fresh.pk] = position
        about = Counter()
        for position in self.positions.values():
            about.update(position)
        held = {year: p for year, p in held_by_year(LedgerEntry.objects.all()) if p}
        assert held == {year: p for year, p in about.items() if p}
        years = BudgetYear.objects.annotate(held=Sum("entries__pence"))
        assert [year.committed_pence for year in years] == [year.held or 0 for year in years]

    # ── The acts ─────────────────────────────────────────────────────────────────────────────
    def refer(self, _):
        self.journey.planned = self.day(self.today, self.today + 20 * DAY)
        return self.journey.offered()

    def choose(self, placement):
        matching = Referral.objects.filter(state=ReferralState.MATCHING)
        referral = matching.filter(pk=placement.referral_id).first()
        if not referral:
            raise Refused(["It went on already."])
        return self.journey.choose(referral, planned_admission=self.today + 7 * DAY)

    def accept(self, placement):
        return self.journey.answer(
            placement, earliest_admission=max(placement.planned_admission, self.today)
        )

    def decline(self, placement):
        return self.journey.decline(placement)

    def cancel(self, placement):
        reason = "It is not wanted."
        return services.cancel_placement(placement=placement, reason=reason, **self.by("assessor"))

    def not_arrive(self, placement):
        return services.record_non_arrival(
            placement=placement, reason="Nobody came.", **self.by("assessor")
        )

    def reopen(self, placement):
        return services.reopen_placement(
            placement=placement, reason="In error.", **self.by("manager")
        )

    def ask(self, placement, kind=RequestKind.INITIAL, **asked):
        services.request_funding(
            placement=placement, kind=kind, reason="Needed.", **asked, **self.by("assessor")
        )
        return placement

    def ask_first(self, placement):
        return self.ask(placement)

    def extend(self, placement):
        end = placement.funded_until + self.random.randint(1, 60) * DAY
        return self.ask(placement, RequestKind.EXTENSION, end=end)

    def fund_afterwards(self, placement):
        end = self.day(placement.funded_until, self.today)
        return self.ask(placement, RequestKind.RETROSPECTIVE, end=end)

    def move_lot(self, placement):
        lot = next(lot for lot in self.lots if lot.pk != placement.lot_id)
        start = self.day(placement.admission, placement.funded_until)
        return self.ask(placement, RequestKind.BAND_CHANGE, lot=lot, start=start)

    def price(self) -> int:
        return self.random.randrange(50_000, 110_000)

    def change_price(self, placement):
        start = self.day(self.today, placement.funded_until)
        return self.ask(placement, RequestKind.PRICE_CHANGE, start=start, weekly_pence=self.price())

    def shorten(self, placement):
        start = self.day(self.today, placement.funded_until)
        return self.ask(placement, RequestKind.SHORTENING, start=start)

    def correct_price(self, placement):
        start = self.day(placement.admission, placement.funded_until)
        end = self.day(start, placement.funded_until)
        facts = {"start": start, "end": end, "weekly_pence": self.price()}
        return self.ask(placement, RequestKind.CORRECTION, **facts)

    def charge(self, placement):
        pence = self.random.choice([-1, 1]) * self.random.randrange(1, 50_000)
        start = self.day(self.today - 60 * DAY, self.today + 30 * DAY)
        facts = {"start": start, "one_off_pence": pence, "label": "Taxi"}
        return self.ask(placement, RequestKind.ONE_OFF, **facts)

    def request_of(self, placement, *states) -> FundingRequest:
        request = placement.requests.filter(state__in=states).first()
        if not request:
            raise Refused(["Nothing is asked."])
        return request

    def decide(self, placement):
        request = self.request_of(placement, RequestState.SUBMITTED, RequestState.DEFERRED)
        chances = {
            RequestState.APPROVED: 17,
            RequestState.DEFERRED: 1,
            RequestState.RETURNED: 2,
            RequestState.DECLINED: 1,
        }
        decision = self.random.choices(list(chances), weights=chances.values())[0]
        services.decide_funding(
            request=request, decision=decision, reason="So be it.", **self.by("manager")
        )
        return placement

    def again(self, placement):
        request = self.request_of(placement, RequestState.RETURNED)
        asked = ("lot", "start", "end", "weekly_pence", "one_off_pence", "label")
        facts = {name: getattr(request, name) for name in asked}
        if request.kind == RequestKind.EXTENSION:
            facts["end"] += self.random.randint(1, 10) * DAY
        services.change_request(request=request, reason="Anew.", **facts, **self.by("assessor"))
        return placement

    def withdraw(self, placement):
        request = self.request_of(placement, *RequestState)
        services.withdraw_request(request=request, **self.by("assessor"))
        return placement

    def arrive(self, placement):
        planned = placement.planned_admission
        admission = self.day(planned - 3 * DAY, min(self.today, planned + 10 * DAY))
        return services.record_admission(
            placement=placement, admission=admission, **self.by("assessor")
        )

    def correct_arrival(self, placement):
        admission = placement.admission + self.random.randint(-10, 10) * DAY
        return services.correct_admission(
            placement=placement, admission=admission, reason="Wrong.", **self.by("manager")
        )

    def be_away(self, placement):
        start = self.day(placement.admission, self.today)
        return services.record_absence(
            placement=placement,
            start=start,
            end=start + self.random.randint(1, 20) * DAY,
            reason="In hospital",
            cost_centre=self.random.choice(list(CostCentre)),
            first_nights=self.random.randint(0, 10),
            first_percent=self.random.choice([100, 75, 50]),
            later_percent=self.random.choice([100, 33, 0]),
            **self.by("assessor"),
        ).placement

    def correct_absence(self, placement):
        absence = placement.absences.order_by("-pk").first()
        if not absence:
            raise Refused(["There is none."])
        end = self.random.choice([None, absence.start + self.random.randint(1, 9) * DAY])
        services.correct_absence(absence=absence, end=end, reason="Wrong.", **self.by("manager"))
        return placement

    def contribute(self, placement):
        return services.record_contribution(
            placement=placement,
            start=self.day(placement.admission, placement.funded_until),
            weekly_pence=self.random.randrange(0, 120_000),
            collector="council",
            **self.by("assessor"),
        ).placement

    def exit_facts(self, placement) -> dict:
        status = self.random.choice(list(REASONS))
        return {
            "day": self.day(placement.admission, self.today),
            "status": status,
            "reason": REASONS[status],
            "destination": "Home",
            "aftercare_agreed": True,
            "notice_nights": self.random.choice([0, 7]) if status == "unplanned" else 0,
        }

    def leave(self, placement):
        facts = self.exit_facts(placement)
        return services.record_exit(placement=placement, **facts, **self.by("assessor")).placement

    def correct_exit(self, placement):
        facts = self.exit_facts(placement)
        return services.correct_exit(
            placement=placement, why="Wrong.", **facts, **self.by("manager")
        ).placement

    def revise_ceiling(self, _):
        year = self.random.choice(list(YEARS))
        revision = services.propose_ceiling(
            agreement=self.journey.agreement,
            year=year,
            ceiling_pence=self.random.randrange(20_000_000, 60_000_000),
            decision_reference="CAB",
            **self.by("commissioner"),
        )
        services.confirm_ceiling(revision=revision, **self.by("finance"))

    def close_year(self, _):
        """End what has no money any more, decline what is undecided, and close the oldest."""
        end = self.oldest_end()
        year = BudgetYear.objects.get(year=end.year - 1)
        for placement in Placement.objects.filter(state="admitted", funded_until__lt=end):
            self.leave(placement)
            self.check(placement)
        for request in FundingRequest.objects.undecided().filter(start__lt=end):
            if not services.is_in_place(request.placement, request):
                self.journey.decide(request, RequestState.DECLINED, reason="Too late.")
            else:
                self.journey.decide(request, reason="So be it.")
            self.check(request.placement)
        services.propose_close(year=year, **self.by("commissioner"))
        services.confirm_close(year=year, **self.by("finance"))


@sized("acts", check=300, bench=10_000)
def test_ledger_holds_the_position_after_each_of_many_random_acts(acts):
    sys.stdout.write(f"SEED={SEED}\n")
    team = Team(Random(SEED))  # noqa: S311
    pause = min((END - BEGIN) / acts, PAUSE)
    for number in range(1, acts + 1):
        team.journey.at += pause
        team.step()
        if number % 100 == 0:
            assert services.compare_ledger().differences == []

    sys.stdout.write(f"done {team.done}\nrefused {team.refused}\n")
    assert set(team.done) == ALL
    assert LedgerEntry.objects.exclude(corrects=None).exists()


@pytest.mark.parametrize("table", ["placements_ledgerentry", "audit_auditevent"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_database_itself_refuses_to_change_ledger_and_trail(table, act):
    Journey().budget(y2026=27_000_000).approved()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table))

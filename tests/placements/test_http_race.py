"""64 people decide at the same moment, each in a browser, on money that is nearly gone (T10, R12).

Against the web server of production, on mixed amounts, extensions and exits around 31 March. Who
was refused has to have been so by right: the ledger says in which order the others came, and the
clock of the clients between which two of them the refused one can have looked. Every check has
50 rounds, of which each takes three seconds on two free processors; the bench has 1,000.
"""

import contextlib
import http.client
import secrets
import sys
import threading
import time
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F, Sum
from django.test import Client
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import refuse_if
from placements import services
from placements.models import BudgetYear, FundingRequest
from placements.services import funding
from placements.states import RequestState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import council, provider_on
from tests.portal import portal
from tests.sizes import sized

from .crowd import ACTS, Act, Round, make_rounds, stories

pytestmark = pytest.mark.django_db(transaction=True)

NO_MONEY = "There is not enough money left"
BATCH = 25  # rounds that are made ready together
EXITS = 8  # in every other round, where what was refused may fit later


@dataclass(frozen=True)
class Answer:
    act: Act
    status: int
    says_no_money: bool
    sent: float
    answered: float

    @property
    def is_done(self) -> bool:
        return self.status == 302


def sessions(number: int) -> list[str]:
    """The cookies of so many managers, each signed in."""
    cookies = []
    for _ in range(number):
        manager = UserFactory(roles=[Role.ASSESSMENT_MANAGER], approval_limit_pence=10**9)
        client = Client()
        client.force_login(manager)
        cookies.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return cookies


def send(address: str, session: str, act: Act) -> Answer:
    token = secrets.token_hex(16)
    names = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in names.items()),
        "X-CSRFToken": token,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    sent = time.monotonic()
    with contextlib.closing(http.client.HTTPConnection(address, timeout=120)) as server:
        server.request("POST", act.path, urlencode(act.form), headers)
        response = server.getresponse()
        says_no_money = NO_MONEY in response.read().decode()
    return Answer(act, response.status, says_no_money, sent, time.monotonic())


def send_all(address: str, cookies: list[str], rounds: list[Round]) -> list[list[Answer]]:
    """Round after round, each act of a round from another person at the same moment."""
    answers, errors = [[] for _ in rounds], []
    barrier = threading.Barrier(len(cookies))

    def work(place):
        try:
            for number, one in enumerate(rounds):
                barrier.wait(timeout=180)
                answers[number].append(send(address, cookies[place], one.acts[place]))
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
            barrier.abort()

    threads = [threading.Thread(target=work, args=[place]) for place in range(len(cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return answers


# ── The judge ────────────────────────────────────────────────────────────────────────────────
def in_order(references: set[str]) -> list[str]:
    """What was done, one after the other: each had the years locked when it took its number."""
    done = AuditEvent.objects.filter(action__in=["funding.approved", "placement.discharged"])
    found = done.in_order().values_list("subject_ref", flat=True)
    return [reference for reference in found if reference in references]


def sums(one: Round, order: list[str]) -> list[dict[int, int]]:
    """What each year has committed, before the first and after each."""
    need = {act.reference: act.need for act in one.acts}
    found = [dict(one.committed)]
    for reference in order:
        change = need[reference]
        found.append({year: sum_ + change.get(year, 0) for year, sum_ in found[-1].items()})
    return found


def wrongly_refused(one: Round, answers: list[Answer], order: list[str]) -> list[Answer]:
    """Those that fitted into every year, whenever it was that they looked."""
    at = {answer.act.reference: answer for answer in answers}
    after = sums(one, order)

    def looked(answer):
        """At one of these sums: the last that it must know, up to the last that it may know."""
        before = [n for n, ref in enumerate(order, 1) if at[ref].answered < answer.sent]
        later = [n for n, ref in enumerate(order) if at[ref].sent > answer.answered]
        return after[max(before, default=0) : min(later, default=len(order)) + 1]

    def fits(answer, sum_):
        return all(
            sum_[year] + need <= one.ceilings[year] for year, need in answer.act.need.items()
        )

    refused = [answer for answer in answers if not answer.is_done]
    return [one for one in refused if all(fits(one, sum_) for sum_ in looked(one))]


def judge(one: Round, answers: list[Answer]) -> dict:
    order = in_order({act.reference for act in one.acts})
    years = BudgetYear.objects.filter(agreement=one.agreement).order_by("year")
    held = dict(years.values_list("year").annotate(Sum("entries__pence")))
    approved = FundingRequest.objects.filter(
        placement__referral__agreement=one.agreement, state=RequestState.APPROVED
    )
    after = sums(one, order)
    approvals = {answer.act.reference for answer in answers if answer.is_done} - {
        act.reference for act in one.acts if "decision" not in act.form
    }
    return {
        "errors": [
            answer.status
            for answer in answers
            if not answer.is_done and (answer.status, answer.says_no_money) != (200, True)
        ],
        "done": sorted(order) == sorted(each.act.reference for each in answers if each.is_done),
        "approved": set(approved.values_list("reference", flat=True)) == approvals,
        "books": dict(years.values_list("year", "committed_pence")) == after[-1],
        "ledger": {year: pence or 0 for year, pence in held.items()} == after[-1],
        "over": [sum_ for sum_ in after if any(sum_[y] > one.ceilings[y] for y in sum_)],
        "wrongly refused": wrongly_refused(one, answers, order),
    }


RIGHT = {
    "errors": [],
    "done": True,
    "approved": True,
    "books": True,
    "ledger": True,
    "over": [],
    "wrongly refused": [],
}


# ── The races ────────────────────────────────────────────────────────────────────────────────
@sized("rounds", check=50, bench=1_000)
def test_decided_by_64_at_once_no_year_is_over_and_nobody_is_wrongly_refused(rounds):
    random = Random(10)  # noqa: S311
    people, cookies = council(), sessions(ACTS)
    provider = provider_on(LotFactory())
    today = timezone.localdate()
    took, refused, exits = [], 0, 0
    with portal() as running:
        address = running.start_web()
        for first in range(0, rounds, BATCH):
            numbers = range(first, min(first + BATCH, rounds))
            made = make_rounds(
                [stories(random, today, exits=EXITS * (number % 2)) for number in numbers],
                [random.uniform(0.1, 0.6) for _ in numbers],
                people=people,
                provider=provider,
            )
            connection.close()
            for one, answers in zip(made, send_all(address, cookies, made), strict=True):
                assert judge(one, answers) == RIGHT
                took += [answer.answered - answer.sent for answer in answers]
                refused += sum(not answer.is_done for answer in answers)
                exits += sum("day_day" in answer.act.form for answer in answers if answer.is_done)

    assert exits == rounds // 2 * EXITS
    assert refused > rounds
    assert services.compare_ledger().differences == []
    took.sort()
    ninety_fifth = took[len(took) * 95 // 100]
    sys.stdout.write(f"{len(took)} answers, {refused} refused; p95 {ninety_fifth:.2f} s\n")


LOOKING = 8


def without_protection():
    """In the nursery: all look first and write after, and no write has a condition."""
    looked = threading.Barrier(LOOKING)
    decide = services.decide_funding

    def look_then_write(*, request, **facts):
        fits = services.quote(request).fits
        looked.wait(timeout=60)
        refuse_if([] if fits else [NO_MONEY])
        return decide(request=request, **facts)

    def write_without_condition(agreement, entries):
        for entry in entries:
            agreement.budget_years.filter(year=entry.year).update(
                committed_pence=F("committed_pence") + entry.pence
            )
        return []

    funding.commit = write_without_condition
    services.decide_funding = look_then_write


def test_without_protection_the_same_judge_finds_years_that_are_over():
    """The twin: looking first and writing after must fail, or the race above proves nothing."""
    story = stories(Random(1), timezone.localdate(), exits=0, number=1)[0]  # noqa: S311
    [one] = make_rounds(
        [[story] * LOOKING],
        [1 / LOOKING],
        people=council(),
        provider=provider_on(LotFactory()),
    )
    cookies = sessions(LOOKING)
    connection.close()
    with portal(prepared_by=f"{__name__}:without_protection") as running:
        address = running.start_web("--workers", "1", "--threads", str(LOOKING))
        [answers] = send_all(address, cookies, [one])

    found = judge(one, answers)

    assert all(answer.is_done for answer in answers)
    assert len(found.pop("over")) == LOOKING - 1
    assert found == {key: value for key, value in RIGHT.items() if key != "over"}


def test_the_judge_knows_who_was_refused_without_need():
    """A release before the second looked, another after the third had its answer."""

    def act(reference, pence):
        return Act("", {}, {2026: pence}, reference)

    def answer(reference, pence, sent, answered, status=200):
        return Answer(act(reference, pence), status, True, sent, answered)

    early, late = answer("early", -10, 0, 1, 302), answer("late", -50, 8, 9, 302)
    by_right, in_vain = answer("by right", 11, 0, 2), answer("in vain", 10, 2, 3)
    too_much = answer("too much", 60, 4, 5)
    answers = [early, late, by_right, in_vain, too_much]
    one = Round(None, [each.act for each in answers], {2026: 100}, {2026: 100})

    assert wrongly_refused(one, answers, ["early", "late"]) == [in_vain]

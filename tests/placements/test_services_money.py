"""Funding inside the ceiling, facts beyond it, and a ledger that always agrees."""

import random
from datetime import date, timedelta

import pytest
from django.db.models import Sum

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements import services
from placements.models import BudgetYear, LedgerEntry, Placement
from placements.states import LedgerKind, PlacementState, ReferralState, RequestState
from providers.models import Rate
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, PLANNED, Journey, council, noon, provider_on

pytestmark = pytest.mark.django_db

COST = 1_110_571  # 92 nights at £845.00 a week
MARCH = date(2027, 3, 10)


def reasons(refusal):
    return list(refusal.value.reasons)


def committed():
    return dict(BudgetYear.objects.order_by("year").values_list("year", "committed_pence"))


def entries(placement):
    return list(placement.entries.order_by("pk").values_list("kind", "budget_year__year", "pence"))


def assert_ledger_agrees():
    """Entries, years and positions are three views of one sum."""
    for year in BudgetYear.objects.all():
        assert year.committed_pence == (year.entries.aggregate(sum=Sum("pence"))["sum"] or 0)
        assert year.committed_pence == sum(
            services.position(placement).get(year.year, 0)
            for placement in Placement.objects.filter(referral__agreement=year.agreement)
        )


# ── Asking ───────────────────────────────────────────────────────────────────────────────────
def test_request_asks_for_the_first_funding_period_and_tells_those_who_decide():
    journey = Journey()

    request = journey.requested()

    assert (request.start, request.end, request.weekly_pence) == (
        date(2026, 6, 10),
        date(2026, 9, 10),
        84_500,
    )
    assert sorted(
        Notification.objects.filter(subject__startswith="Funding is asked for").values_list(
            "email", flat=True
        )
    ) == sorted([journey.people["manager"].email, journey.people["commissioner"].email])


def test_asking_twice_has_one_effect():
    journey = Journey()
    request = journey.requested()

    with pytest.raises(Refused) as refusal:
        services.request_funding(
            placement=request.placement, reason="Again.", by=journey.people["assessor"], at=AT
        )

    assert reasons(refusal) == ["A request for this placement is already waiting for a decision."]


def test_quote_shows_cost_and_headroom_by_year_and_the_longest_affordable_end():
    journey = Journey(planned=MARCH).budget(y2026=27_000_000, y2027=100_000)

    quote = services.quote(journey.requested())

    assert [
        (year.label, year.cost_pence, year.headroom_pence, year.fits) for year in quote.years
    ] == [
        ("2026/27", 265_571, 27_000_000, True),
        ("2027/28", 845_000, 100_000, False),
    ]
    assert quote.total_pence == COST
    assert quote.objections == ["There is not enough money left in 2027/28."]
    # Eight nights at £120.714…: £965.72 after the 22 of the year before; nine would be £1,086.43.
    assert quote.longest_end == date(2027, 4, 9)


# ── Deciding ─────────────────────────────────────────────────────────────────────────────────
def test_approval_commits_in_each_year_and_adds_the_term():
    journey = Journey(planned=MARCH).budget(y2026=265_571, y2027=845_000)

    placement = journey.approved()

    assert placement.state == PlacementState.APPROVED
    assert placement.funded_until == date(2027, 6, 10)
    assert committed() == {2026: 265_571, 2027: 845_000}
    assert entries(placement) == [
        (LedgerKind.COMMIT, 2026, 265_571),
        (LedgerKind.COMMIT, 2027, 845_000),
    ]
    event = AuditEvent.objects.order_by("seq").last()
    assert (event.action, event.facts["pence"]) == (
        "funding.approved",
        {"2026": 265_571, "2027": 845_000},
    )
    assert Notification.objects.filter(
        to=journey.people["assessor"], subject__startswith="There is a decision"
    ).exists()
    assert_ledger_agrees()


def test_approval_is_refused_with_a_sentence_for_each_year_and_leaves_no_trace():
    journey = Journey(planned=MARCH).budget(y2026=265_570)
    request = journey.requested()
    events = AuditEvent.objects.count()

    with pytest.raises(Refused) as refusal:
        journey.decide(request)

    assert reasons(refusal) == [
        "No ceiling has been set for 2027/28.",
        "There is not enough money left in 2026/27.",
    ]
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED
    assert committed() == {2026: 0}
    assert not LedgerEntry.objects.exists()
    assert AuditEvent.objects.count() == events


def test_money_taken_from_one_year_comes_back_when_another_has_no_room():
    journey = Journey(planned=MARCH).budget(y2026=265_571, y2027=844_999)

    with pytest.raises(Refused):
        journey.decide(journey.requested())

    assert committed() == {2026: 0, 2027: 0}


def test_approving_twice_has_one_effect():
    journey = Journey().budget(y2026=27_000_000)
    request = journey.requested()
    journey.decide(request)

    with pytest.raises(Refused) as refusal:
        journey.decide(request)

    assert reasons(refusal) == ["The request is marked “Approved”, which does not allow this."]
    assert committed() == {2026: COST}


def test_own_request_and_own_referral_are_for_another_person():
    journey = Journey().budget(y2026=27_000_000)
    manager = journey.people["manager"]
    colleague = UserFactory(roles=[Role.ASSESSMENT_MANAGER])
    journey.people |= {"assessor": manager, "manager": colleague}
    request = journey.requested()

    with pytest.raises(Refused) as refusal:
        journey.decide(request, by=manager)

    assert reasons(refusal) == [
        "You asked for this funding, so another person decides on it.",
        "You made this referral, so another person decides on its funding.",
    ]


def test_approval_limit_passes_at_equality():
    journey = Journey(people=council(manager=COST)).budget(y2026=27_000_000)

    assert journey.approved().state == PlacementState.APPROVED


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        (COST - 1, "The cost of this request is above your approval limit."),
        (None, "You have no approval limit, so you cannot approve funding."),
    ],
)
def test_approval_above_the_limit_or_without_one_is_refused(limit, reason):
    journey = Journey(people=council(manager=limit)).budget(y2026=27_000_000)
    request = journey.requested()

    with pytest.raises(Refused) as refusal:
        journey.decide(request)

    assert reasons(refusal) == [reason]


def test_approval_needs_the_provider_on_the_lot_on_the_first_night():
    journey = Journey().budget(y2026=27_000_000)
    request = journey.requested()
    journey.provider.admissions.update(suspended_from=date(2026, 6, 10))

    with pytest.raises(Refused) as refusal:
        journey.decide(request)

    assert reasons(refusal) == ["The provider has no place on the lot on the first night."]


def test_declining_sends_the_referral_back_to_matching():
    journey = Journey()

    request = journey.decide(journey.requested(), RequestState.DECLINED, reason="Not agreed.")

    assert request.placement.state == PlacementState.FUNDING_DECLINED
    assert Placement.objects.get().referral.state == ReferralState.MATCHING


def test_deferred_request_waits_and_can_be_approved_later():
    journey = Journey().budget(y2026=COST)
    request = journey.decide(journey.requested(), RequestState.DEFERRED, reason="No money.")
    assert request.state == RequestState.DEFERRED
    assert request.placement.state == PlacementState.AWAITING_FUNDING

    assert journey.decide(request).state == RequestState.APPROVED


@pytest.mark.parametrize("decision", [RequestState.DECLINED, RequestState.DEFERRED])
def test_refusing_needs_a_reason_and_another_person(decision):
    journey = Journey()
    request = journey.requested()

    with pytest.raises(Refused) as refusal:
        journey.decide(request, decision, by=journey.people["assessor"])

    assert reasons(refusal) == [
        "This is your own case, so another person decides on its funding.",
        "Give a reason.",
    ]


# ── Admission ────────────────────────────────────────────────────────────────────────────────
def test_admission_moves_the_funded_months_to_the_actual_date():
    journey = Journey(planned=date(2027, 3, 24)).budget(y2026=27_000_000, y2027=27_000_000)

    placement = journey.admitted(date(2027, 4, 2))

    assert (placement.state, placement.funded_until) == (
        PlacementState.ADMITTED,
        date(2027, 7, 2),
    )
    assert entries(placement) == [
        (LedgerKind.COMMIT, 2026, 96_571),
        (LedgerKind.COMMIT, 2027, 1_014_000),
        (LedgerKind.ADMISSION_SHIFT, 2026, -96_571),
        (LedgerKind.ADMISSION_SHIFT, 2027, 84_500),
    ]
    assert Placement.objects.get().referral.state == ReferralState.PLACED
    assert_ledger_agrees()


def test_admission_is_recorded_beyond_the_ceiling_and_in_a_year_without_one():
    journey = Journey(planned=date(2026, 12, 31)).budget(y2026=1_098_500)

    placement = journey.admitted(date(2027, 1, 10))

    assert placement.state == PlacementState.ADMITTED
    assert committed() == {2026: 977_786, 2027: 108_643}
    assert BudgetYear.objects.get(year=2027).ceiling_pence == 0
    assert_ledger_agrees()


def test_same_admission_again_changes_nothing():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    events = AuditEvent.objects.count()

    services.record_admission(
        placement=placement, admission=PLANNED, by=journey.people["assessor"], at=noon(PLANNED)
    )

    assert AuditEvent.objects.count() == events


def test_another_admission_date_needs_a_correction():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()

    with pytest.raises(Refused) as refusal:
        services.record_admission(
            placement=placement,
            admission=PLANNED + timedelta(days=1),
            by=journey.people["assessor"],
            at=noon(PLANNED + timedelta(days=1)),
        )

    assert reasons(refusal) == [
        "Another admission date is already recorded. Use a correction to change it."
    ]


def test_admission_is_refused_for_a_day_that_cannot_be_true():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.approved()
    by = journey.people["assessor"]

    for day, reason in [
        (PLANNED, "The admission cannot be in the future."),
        (date(2022, 3, 31), "The admission cannot be before the agreement began."),
    ]:
        with pytest.raises(Refused) as refusal:
            services.record_admission(placement=placement, admission=day, by=by, at=AT)
        assert reasons(refusal) == [reason]


def test_admission_is_refused_for_a_night_in_another_placement():
    journey = Journey().budget(y2026=27_000_000)
    first = journey.admitted()
    journey.leave(first, PLANNED + timedelta(days=10))
    referral = journey.draft(number=services.identities.identity_of(first.referral.person).number)
    journey.submit_and_allocate(referral)
    journey.assess(referral)
    services.start_matching(referral=referral, by=journey.people["assessor"], at=AT)
    second = journey.fund(journey.choose(referral))

    with pytest.raises(Refused) as refusal:
        services.record_admission(
            placement=second,
            admission=PLANNED + timedelta(days=9),
            by=journey.people["assessor"],
            at=noon(PLANNED + timedelta(days=12)),
        )

    assert reasons(refusal) == ["The person was in another placement on that night."]


# ── Extension ────────────────────────────────────────────────────────────────────────────────
def test_extension_is_contiguous_marginal_and_at_the_list_price_of_its_first_night():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    Rate.objects.create(
        provider=journey.provider,
        lot=journey.lot,
        effective_from=date(2026, 9, 10),
        weekly_pence=87_880,
        source="price_list",
    )

    request = journey.extension(placement, date(2026, 10, 8))
    journey.decide(request)

    assert (request.start, request.weekly_pence) == (date(2026, 9, 10), 87_880)
    assert entries(placement) == [
        (LedgerKind.COMMIT, 2026, COST),
        (LedgerKind.EXTEND, 2026, 351_520),
    ]
    placement.refresh_from_db()
    assert placement.funded_until == date(2026, 10, 8)
    assert_ledger_agrees()


def test_second_extension_waits_for_the_first():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    journey.extension(placement, date(2026, 10, 8))

    with pytest.raises(Refused) as refusal:
        journey.extension(placement, date(2026, 10, 15))

    assert reasons(refusal) == ["A request for this placement is already waiting for a decision."]


def test_extension_must_end_later_than_the_funding_in_place():
    journey = Journey().budget(y2026=27_000_000)

    with pytest.raises(Refused) as refusal:
        journey.extension(journey.admitted(), date(2026, 9, 10))

    assert reasons(refusal) == ["An extension must end later than the funding that is in place."]


def test_extension_of_a_placement_not_yet_funded_is_refused():
    journey = Journey()

    with pytest.raises(Refused) as refusal:
        journey.extension(journey.accepted(), date(2026, 10, 8))

    assert reasons(refusal) == [
        "The placement is marked “Waiting for funding”, which does not allow this."
    ]


def test_extension_without_a_price_is_refused():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    journey.provider.rates.update(effective_from=date(2026, 9, 11))

    with pytest.raises(Refused) as refusal:
        journey.extension(placement, date(2026, 10, 8))

    assert reasons(refusal) == ["The provider has no price on the lot for the first night of this."]


def test_stay_beyond_six_months_needs_the_approvers_reason():
    journey = Journey().budget(y2026=27_000_000)
    request = journey.extension(journey.admitted(), date(2026, 12, 11))

    with pytest.raises(Refused) as refusal:
        journey.decide(request)

    assert reasons(refusal) == ["Say why the stay is longer than the usual maximum."]
    assert journey.decide(request, reason="Agreed.").state == RequestState.APPROVED


def test_stay_of_six_months_needs_no_reason():
    journey = Journey().budget(y2026=27_000_000)
    request = journey.extension(journey.admitted(), date(2026, 12, 10))

    assert journey.decide(request).state == RequestState.APPROVED


def test_declined_extension_leaves_the_stay_as_it_is():
    journey = Journey().budget(y2026=27_000_000)
    request = journey.extension(journey.admitted(), date(2026, 10, 8))

    journey.decide(request, RequestState.DECLINED, reason="Not agreed.")

    placement = Placement.objects.get()
    assert (placement.state, placement.funded_until) == (
        PlacementState.ADMITTED,
        date(2026, 9, 10),
    )


# ── Exit ─────────────────────────────────────────────────────────────────────────────────────
def test_exit_releases_later_nights_in_each_year_and_closes_the_referral():
    journey = Journey(planned=MARCH).budget(y2026=27_000_000, y2027=27_000_000)
    placement = journey.admitted()

    journey.leave(placement, date(2027, 3, 20))

    placement.refresh_from_db()
    assert placement.state == PlacementState.DISCHARGED
    assert (placement.referral.state, placement.referral.closed_reason) == (
        ReferralState.CLOSED,
        "Completed",
    )
    assert entries(placement)[2:] == [
        (LedgerKind.RELEASE, 2026, 120_714 - 265_571),
        (LedgerKind.RELEASE, 2027, -845_000),
    ]
    assert_ledger_agrees()


def test_unplanned_exit_pays_the_notice_nights():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()

    journey.leave(placement, date(2026, 7, 5), status="unplanned", notice_nights=7)

    assert committed() == {2026: 386_286}


def test_exit_lapses_the_open_request():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    request = journey.extension(placement, date(2026, 10, 8))

    journey.leave(placement, date(2026, 7, 5))

    request.refresh_from_db()
    assert request.state == RequestState.LAPSED
    with pytest.raises(Refused) as refusal:
        journey.decide(request)
    assert reasons(refusal) == ["The request is marked “Lapsed”, which does not allow this."]


def test_exit_before_an_approved_extension_releases_all_of_it():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    journey.decide(journey.extension(placement, date(2026, 10, 8)))

    journey.leave(placement, date(2026, 9, 10))

    assert committed() == {2026: COST}
    assert_ledger_agrees()


def test_exit_after_the_funding_releases_nothing():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()

    journey.leave(placement, date(2026, 9, 20))

    assert entries(placement) == [(LedgerKind.COMMIT, 2026, COST)]


def test_same_exit_again_changes_nothing_and_another_needs_a_correction():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()
    left = journey.leave(placement, date(2026, 7, 5))

    assert journey.leave(placement, date(2026, 7, 5)) == left
    with pytest.raises(Refused) as refusal:
        journey.leave(placement, date(2026, 7, 8))
    assert reasons(refusal) == ["Another exit is already recorded. Use a correction to change it."]


def test_exit_is_refused_with_every_reason_at_once():
    journey = Journey().budget(y2026=27_000_000)
    placement = journey.admitted()

    with pytest.raises(Refused) as refusal:
        journey.leave(
            placement, PLANNED - timedelta(days=1), status="planned", notice_nights=1, at=AT
        )

    assert reasons(refusal) == [
        "The exit cannot be in the future.",
        "The exit cannot be before the admission.",
        "Notice nights are paid only after an unplanned exit.",
    ]


# ── Ceiling ──────────────────────────────────────────────────────────────────────────────────
def propose(journey, pence, *, year=2026):
    return services.propose_ceiling(
        agreement=journey.agreement,
        year=year,
        ceiling_pence=pence,
        decision_reference="CAB 12/26",
        by=journey.people["commissioner"],
        at=AT,
    )


def test_ceiling_is_in_force_once_another_person_confirms_it():
    journey = Journey()
    revision = propose(journey, 27_000_000)
    assert not BudgetYear.objects.exists()
    assert list(Notification.objects.values_list("email", flat=True)) == [
        journey.people["finance"].email
    ]

    year = services.confirm_ceiling(revision=revision, by=journey.people["finance"], at=AT)

    assert (year.year, year.ceiling_pence) == (2026, 27_000_000)


def test_ceiling_below_what_is_committed_is_allowed_and_flagged():
    journey = Journey().budget(y2026=27_000_000)
    journey.approved()

    revision = propose(journey, COST - 1)
    year = services.confirm_ceiling(revision=revision, by=journey.people["finance"], at=AT)

    assert (year.ceiling_pence, year.committed_pence) == (COST - 1, COST)
    assert AuditEvent.objects.order_by("seq").last().facts["below_committed"] is True


def test_second_proposal_for_the_year_waits_for_the_first():
    journey = Journey()
    propose(journey, 27_000_000)

    with pytest.raises(Refused) as refusal:
        propose(journey, 28_000_000)

    assert reasons(refusal) == ["A ceiling for this year is already waiting to be confirmed."]


def test_confirming_is_refused_to_the_proposer_and_the_second_time():
    journey = Journey()
    both = UserFactory(roles=[Role.COMMISSIONER, Role.FINANCE])
    journey.people["commissioner"] = both
    revision = propose(journey, 27_000_000)
    with pytest.raises(Refused) as refusal:
        services.confirm_ceiling(revision=revision, by=both, at=AT)
    assert reasons(refusal) == ["You proposed this ceiling, so another person confirms it."]

    services.confirm_ceiling(revision=revision, by=journey.people["finance"], at=AT)
    with pytest.raises(Refused) as refusal:
        services.confirm_ceiling(revision=revision, by=journey.people["finance"], at=AT)
    assert reasons(refusal) == ["This ceiling is already confirmed."]


# ── All together ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("seed", range(4))
def test_entries_years_and_positions_agree_after_any_sequence_of_acts(seed):
    """Random acts, some refused: decisions never pass the ceiling, and every sum agrees."""
    dice = random.Random(seed)  # noqa: S311
    lot = LotFactory()
    people = council()
    journeys = [
        Journey(
            lot=lot,
            people=people,
            provider=provider_on(lot, weekly_pence=dice.randint(50_000, 99_999)),
            planned=date(2026, 6, 1) + timedelta(days=dice.randrange(300)),
        )
        for _ in range(6)
    ]
    journeys[0].budget(y2026=3_000_000, y2027=2_000_000)
    requests = {journey: journey.requested() for journey in journeys}

    for _ in range(40):
        journey = dice.choice(journeys)
        placement = requests[journey].placement
        before = committed()
        act = dice.choice(["decide", "decide", "admit", "extend", "leave"])
        try:
            if act == "decide":
                journey.decide(requests[journey], reason="Agreed.")
            elif act == "admit":
                day = journey.planned + timedelta(days=dice.randrange(-9, 30))
                services.record_admission(
                    placement=placement, admission=day, by=people["assessor"], at=noon(day)
                )
            elif act == "extend" and placement.funded_until:
                end = placement.funded_until + timedelta(days=dice.randrange(1, 60))
                requests[journey] = journey.extension(placement, end)
            elif act == "leave" and placement.admission:
                day = placement.admission + timedelta(days=dice.randrange(120))
                notice = dice.choice([0, 0, 7])
                status = "unplanned" if notice else "planned"
                journey.leave(placement, day, status=status, notice_nights=notice)
        except Refused:
            assert committed() == before
        placement.refresh_from_db()
        assert_ledger_agrees()
        if act == "decide":
            for year in BudgetYear.objects.all():
                assert (
                    year.committed_pence <= year.ceiling_pence
                    or year.committed_pence == before[year.year]
                )

"""The pages: happy path, refusals shown, who may open what, and the cost of the lists."""

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from placements import services
from placements.models import (
    BudgetRevision,
    BudgetYear,
    FundingRequest,
    PersonAccess,
    Placement,
    Referral,
)
from placements.states import PlacementState, ReferralState, RequestState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.placements import AT, PLANNED, Journey, owner_of, provider_on

pytestmark = pytest.mark.django_db

COST = 1_110_571


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def on(name, *args, **query):
    return reverse(f"placements:{name}", args=args, query=query or None)


def boxes(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def errors(response):
    return [
        text for form_errors in response.context["form"].errors.values() for text in form_errors
    ]


# ── Referral ─────────────────────────────────────────────────────────────────────────────────
def referral_facts(journey, **facts):
    return {
        "agreement": journey.agreement.pk,
        "number": "AB123",
        "name": "Alex Example",
        **boxes("date_of_birth", date(1980, 2, 29)),
    } | facts


def test_make_referral_saves_a_draft(client, journey):
    client.force_login(journey.people["assessor"])

    response = client.post(on("make_referral"), referral_facts(journey))

    referral = Referral.objects.get()
    assert response["Location"] == referral.get_absolute_url()
    assert referral.state == ReferralState.DRAFT


def test_make_referral_keeps_what_was_typed_when_a_field_is_wrong(client, journey):
    client.force_login(journey.people["assessor"])

    response = client.post(on("make_referral"), referral_facts(journey, date_of_birth_month="13"))

    assert response.status_code == 200
    assert "Alex Example" in response.content.decode()
    assert not Referral.objects.exists()


def test_make_referral_shows_the_refusal(client, journey):
    journey.draft(number="AB123", by=UserFactory(roles=[Role.ASSESSOR]))
    client.force_login(journey.people["assessor"])

    response = client.post(on("make_referral"), referral_facts(journey))

    assert errors(response) == [
        "This person already has an open referral with the team. Ask your manager."
    ]


def test_act_that_is_too_late_is_explained_on_the_next_page(client, journey):
    referral = journey.submitted()
    client.force_login(journey.people["assessor"])

    response = client.post(on("submit_referral", referral), follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "The referral is marked “Submitted”, which does not allow this."
    ]


def test_act_that_is_not_the_readers_is_greyed_out(client, journey):
    referral = journey.submitted()
    client.force_login(journey.people["assessor"])

    response = client.get(referral.get_absolute_url())

    assert [(act.label, act.objections) for act in response.context["acts"]] == [
        ("Allocate to a worker", ["An assessment manager does this."]),
        ("Withdraw the referral", []),
    ]


@pytest.mark.parametrize("state", ["draft", "matching", "placed"])
def test_no_page_but_one_shows_who_a_person_is(client, journey, state):
    placement = None
    if state == "placed":
        placement = journey.fund(journey.choose(journey.matching()))
        referral = placement.referral
    else:
        referral = journey.draft() if state == "draft" else journey.matching()
    pages = [referral.get_absolute_url(), on("referral_list")]
    if placement:
        pages += [placement.get_absolute_url(), on("placement_list")]
    for role in ("assessor", "manager"):
        client.force_login(journey.people[role])
        for page in pages:
            words = client.get(page).content.decode()
            assert "Alex" not in words
            assert "1980" not in words


def test_identity_is_shown_in_answer_to_a_purpose_and_the_look_recorded(client, journey):
    person = journey.draft().person
    client.force_login(journey.people["assessor"])
    page = on("person_identity", person)

    assert "Alex Example" not in client.get(page).content.decode()
    assert not PersonAccess.objects.exists()
    response = client.post(page, {"purpose": "contact"})

    assert "Alex Example" in response.content.decode()
    assert PersonAccess.objects.get().purpose == "contact"
    assert AuditEvent.objects.order_by("seq").last().action == "person.identity_seen"


def test_identity_outside_the_caseload_is_not_found(client, journey):
    person = journey.draft().person
    client.force_login(UserFactory(roles=[Role.ASSESSOR]))

    assert client.post(on("person_identity", person), {"purpose": "contact"}).status_code == 404
    assert not PersonAccess.objects.exists()


# ── Matching ─────────────────────────────────────────────────────────────────────────────────
CHOICE = {"person_choice": "Near the sea.", "needs": "Needs a residential programme."}


def test_match_referral_lists_the_options_and_choose_option_offers_one(client, journey):
    referral = journey.matching()
    client.force_login(journey.people["assessor"])
    planned = boxes("planned_admission", PLANNED)

    response = client.get(on("match_referral", referral, **planned))
    assert [option.provider for option in response.context["options"]] == [journey.provider]

    choose = on("choose_option", referral, journey.provider, **planned)
    response = client.post(choose, CHOICE)

    placement = Placement.objects.get()
    assert response["Location"] == placement.get_absolute_url()
    assert placement.person_choice == "Near the sea."


def test_choosing_a_dearer_provider_asks_why(client, journey):
    provider_on(journey.lot, weekly_pence=80_000, name="Cheaper House")
    referral = journey.matching()
    client.force_login(journey.people["assessor"])
    choose = on("choose_option", referral, journey.provider, **boxes("planned_admission", PLANNED))

    response = client.post(choose, CHOICE)

    assert list(response.context["form"].errors) == ["why_not_cheapest"]


@pytest.mark.parametrize("query", [{}, {"planned_admission_day": "x"}])
def test_choose_option_without_a_day_goes_back_to_the_options(client, journey, query):
    referral = journey.matching()
    client.force_login(journey.people["assessor"])

    response = client.get(on("choose_option", referral, journey.provider, **query))

    assert response["Location"] == on("match_referral", referral)


def test_choose_option_of_a_provider_without_place_goes_back_to_the_options(client, journey):
    referral = journey.matching()
    client.force_login(journey.people["assessor"])
    query = boxes("planned_admission", PLANNED)

    response = client.get(on("choose_option", referral, provider_on(LotFactory()), **query))

    assert response["Location"] == on("match_referral", referral, **query)


def test_provider_sees_the_profile_without_the_person_and_answers(client, journey):
    placement = journey.offered()
    client.force_login(owner_of(journey.provider))
    assert client.get(on("offer_list")).status_code == 200

    words = client.get(on("offer_profile", placement)).content.decode()
    assert "Needs a residential programme." in words
    assert "Dual diagnosis" in words
    assert "45 to 54" in words
    words += client.get(placement.get_offer_url()).content.decode()
    for secret in ("Alex", "1980", placement.referral.reference, "SC1"):
        assert secret not in words
    client.post(
        on("answer_offer", placement),
        {"accepts": "yes", **boxes("earliest_admission", date(2027, 1, 4))},
    )

    placement.refresh_from_db()
    assert placement.state == PlacementState.AWAITING_FUNDING


def test_provider_no_longer_sees_the_profile_once_the_placement_is_over(client, journey):
    placement = journey.offered()
    client.force_login(owner_of(journey.provider))
    assert client.get(on("offer_profile", placement)).status_code == 200
    client.post(
        on("answer_offer", placement),
        {"accepts": "no", "decline_kind": "no_place", "reason": "No bed."},
    )

    assert client.get(on("offer_profile", placement)).status_code == 404
    words = client.get(placement.get_offer_url()).content.decode()
    assert "10 June 2026" in words
    for gone in ("Needs a residential programme.", "Dual diagnosis", "45 to 54"):
        assert gone not in words


def test_another_providers_offer_is_not_found(client, journey):
    placement = journey.offered()
    client.force_login(owner_of(provider_on(journey.lot)))

    assert client.get(placement.get_offer_url()).status_code == 404
    assert client.get(on("offer_profile", placement)).status_code == 404
    assert client.post(on("answer_offer", placement), {"accepts": "yes"}).status_code == 404


# ── Funding ──────────────────────────────────────────────────────────────────────────────────
def test_funding_is_asked_for_and_approved_by_the_pages(client, journey):
    placement = journey.accepted()
    client.force_login(journey.people["assessor"])
    page = on("request_funding", placement, "initial")
    assert client.get(page).context["quote"].total_pence == COST
    client.post(page, {"reason": "Agreed."})
    request = FundingRequest.objects.get()
    client.force_login(journey.people["manager"])

    assert client.get(on("request_list")).status_code == 200
    assert client.get(on("decide_funding", request)).status_code == 200
    response = client.post(on("decide_funding", request), {"decision": "approved"})

    assert response["Location"] == request.get_absolute_url()
    assert BudgetYear.objects.get().committed_pence == COST
    assert "£11,105.71" in client.get(request.get_absolute_url()).content.decode()


def test_approval_refused_shows_every_reason_on_the_form(client):
    journey = Journey(planned=date(2027, 3, 10)).budget(y2026=1)
    request = journey.requested()
    client.force_login(journey.people["manager"])

    response = client.post(on("decide_funding", request), {"decision": "approved"})

    assert errors(response) == [
        "No ceiling has been set for 2027/28.",
        "There is not enough money left in 2026/27.",
    ]


@pytest.mark.parametrize("decision", ["declined", "deferred"])
def test_declining_without_a_reason_is_an_error_of_the_field(client, journey, decision):
    request = journey.requested()
    client.force_login(journey.people["manager"])

    response = client.post(on("decide_funding", request), {"decision": decision})

    assert response.context["form"].errors == {"reason": ["Give a reason."]}


def test_request_page_greys_out_the_approval_with_the_same_reasons(client):
    journey = Journey().budget(y2026=COST - 1)
    request = journey.requested()
    client.force_login(journey.people["manager"])

    response = client.get(request.get_absolute_url())

    assert [(act.label, act.objections) for act in response.context["acts"]] == [
        ("Approve", ["There is not enough money left in 2026/27."]),
        ("Return, decline, or let it wait", []),
    ]


def test_finance_reads_a_request_without_its_reason(client, journey):
    request = journey.requested()
    client.force_login(journey.people["finance"])

    response = client.get(request.get_absolute_url())

    assert "Agreed." not in response.content.decode()
    assert [act.objections for act in response.context["acts"]] == [
        ["A manager or commissioner does this."],
        ["A manager or commissioner does this."],
    ]


def test_stay_is_admitted_extended_and_left_by_the_pages(client, journey):
    placement = journey.approved()
    client.force_login(journey.people["assessor"])
    with time_machine.travel(PLANNED, tick=False):
        client.force_login(journey.people["assessor"])
        client.post(on("record_admission", placement), boxes("admission", PLANNED))
        page = on("request_funding", placement, "extension")
        assert client.get(page).context["quote"].nights == 28
        client.post(page, {**boxes("end", date(2026, 10, 8)), "reason": "More time."})
    journey.decide(FundingRequest.objects.get(kind="extension"))
    left_on = date(2026, 9, 20)
    with time_machine.travel(left_on, tick=False):
        client.force_login(journey.people["assessor"])
        client.post(
            on("record_exit", placement),
            {
                **boxes("day", left_on),
                "status": "planned",
                "reason": "completed_drug_free",
                "destination": "Own home",
            },
        )
        words = client.get(placement.get_absolute_url()).content.decode()

    placement.refresh_from_db()
    assert placement.state == PlacementState.DISCHARGED
    assert BudgetYear.objects.get().committed_pence == 1_231_286
    assert "20 September 2026" in words


def test_extension_of_a_placement_without_funding_is_not_offered(client, journey):
    placement = journey.accepted()
    client.force_login(journey.people["assessor"])

    response = client.get(on("request_funding", placement, "extension"))

    assert response.context["objections"] == [
        "The placement is marked “Waiting for funding”, which does not allow this."
    ]


@pytest.mark.parametrize(
    ("days", "flag"), [(29, None), (28, "ending"), (1, "ending"), (0, "unfunded"), (-3, "unfunded")]
)
def test_placement_list_flags_the_end_of_the_funding(client, journey, days, flag):
    placement = journey.admitted()
    with time_machine.travel(placement.funded_until - timedelta(days=days), tick=False):
        client.force_login(journey.people["assessor"])
        page = client.get(on("placement_list")).context["page"]

    assert [one.flag for one in page] == [flag]


# ── Ceiling ──────────────────────────────────────────────────────────────────────────────────
def test_ceiling_is_proposed_and_confirmed_by_the_pages(client, journey):
    client.force_login(journey.people["commissioner"])
    client.post(
        on("propose_ceiling"),
        {
            "agreement": journey.agreement.pk,
            "year": "2027",
            "ceiling_pence": "270,000",
            "decision_reference": "CAB 12/26",
        },
    )
    revision = BudgetRevision.objects.get()
    client.force_login(journey.people["finance"])
    assert client.get(revision.get_confirm_url()).status_code == 200

    response = client.post(revision.get_confirm_url())

    year = BudgetYear.objects.get(year=2027)
    assert response["Location"] == year.get_absolute_url()
    assert year.ceiling_pence == 27_000_000
    assert client.get(on("budget_list")).status_code == 200
    assert client.get(year.get_absolute_url()).status_code == 200


def test_proposer_is_shown_why_another_person_confirms(client, journey):
    both = UserFactory(roles=[Role.COMMISSIONER, Role.FINANCE])
    revision = services.propose_ceiling(
        agreement=journey.agreement,
        year=2027,
        ceiling_pence=1,
        decision_reference="CAB 12/26",
        by=both,
        at=AT,
    )
    client.force_login(both)

    response = client.post(revision.get_confirm_url())

    assert errors(response) == ["You proposed this ceiling, so another person confirms it."]


# ── Who may open what ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("referral_list", {Role.ASSESSOR, Role.ASSESSMENT_MANAGER}),
        ("make_referral", {Role.ASSESSOR, Role.ASSESSMENT_MANAGER}),
        ("caseload_list", {Role.ASSESSMENT_MANAGER}),
        ("placement_list", {Role.ASSESSOR, Role.ASSESSMENT_MANAGER}),
        ("offer_list", {Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER}),
        (
            "request_list",
            {Role.ASSESSOR, Role.ASSESSMENT_MANAGER, Role.COMMISSIONER, Role.FINANCE}
            | {Role.AUDITOR},
        ),
        (
            "budget_list",
            {Role.ASSESSMENT_MANAGER, Role.COMMISSIONER, Role.PROCUREMENT, Role.FINANCE}
            | {Role.AUDITOR},
        ),
        ("propose_ceiling", {Role.COMMISSIONER}),
    ],
)
def test_page_opens_for_its_roles_only(client, name, roles):
    opened = set()
    for role in Role:
        client.force_login(UserFactory(roles=[role]))
        if client.get(on(name)).status_code == 200:
            opened.add(role)
    assert opened == roles


def test_row_outside_the_caseload_is_not_found(client, journey):
    placement = journey.admitted()
    client.force_login(UserFactory(roles=[Role.ASSESSOR]))

    for page in (
        placement.get_absolute_url(),
        placement.referral.get_absolute_url(),
        on("record_exit", placement),
        on("request_funding", placement, "extension"),
    ):
        assert client.get(page).status_code == 404


def test_each_form_opens_and_each_state_offers_what_comes_next(client, journey):
    """Walks one stay along its pages; what is not possible yet is named with the reason."""
    people = journey.people

    def opens(who, *pages):
        client.force_login(who)
        for page in pages:
            assert client.get(page).status_code == 200

    def offered(placement):
        client.force_login(people["assessor"])
        acts = client.get(placement.get_absolute_url()).context["acts"]
        return [(act.name, act.objections) for act in acts]

    cancel = ("cancel_placement", [])
    referral = journey.submitted()
    opens(people["manager"], on("allocate_referral", referral))
    referral = journey.assessing()
    opens(people["assessor"], on("record_not_eligible", referral), on("make_referral"))
    placement = journey.offered()
    opens(people["assessor"], on("match_referral", placement.referral))
    assert offered(placement) == [
        (
            "request_funding",
            ["The placement is marked “Waiting for the provider”, which does not allow this."],
        ),
        cancel,
    ]
    opens(owner_of(journey.provider), on("answer_offer", placement))
    journey.accept(placement)
    assert offered(placement) == [("request_funding", []), cancel]
    journey.decide(journey.request(placement))
    assert offered(placement) == [("record_admission", []), cancel]
    opens(people["assessor"], on("record_admission", placement))
    placement = journey.admitted()
    assert offered(placement) == [
        ("request_funding", []),
        ("record_exit", []),
        ("match_referral", []),
    ]
    opens(
        people["assessor"],
        on("record_exit", placement),
        on("request_funding", placement, "extension"),
    )
    journey.leave(placement, PLANNED)
    assert [name for name, _ in offered(placement)] == [
        "record_report",
        "record_outcomes",
        "close_placement",
    ]
    opens(people["commissioner"], on("propose_ceiling"))


@pytest.mark.parametrize("name", ["record_admission", "record_exit", "answer_offer"])
def test_form_sent_empty_says_what_is_missing_and_changes_nothing(client, journey, name):
    placement = journey.offered() if name == "answer_offer" else journey.admitted()
    client.force_login(
        owner_of(journey.provider) if name == "answer_offer" else journey.people["assessor"]
    )
    events = AuditEvent.objects.count()

    response = client.post(on(name, placement), {"unknown": "x"})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert AuditEvent.objects.count() == events


# ── Lists ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "role", "queries"),
    [
        ("referral_list", "manager", 7),
        ("referral_list", "assessor", 5),
        ("caseload_list", "manager", 5),
        ("placement_list", "manager", 5),
        ("request_list", "manager", 11),
        ("offer_list", "owner", 5),
        ("budget_list", "finance", 8),
    ],
)
def test_list_costs_the_same_however_long(  # noqa: PLR0917
    client, django_assert_num_queries, rows, name, role, queries
):
    journey = Journey()
    for number in range(rows):
        journey.requested()
        BudgetYear.objects.create(agreement=journey.agreement, year=2026 + number, ceiling_pence=1)
    people = journey.people | {"owner": owner_of(journey.provider)}
    client.force_login(people[role])
    client.get(on(name))

    with django_assert_num_queries(queries):
        page = client.get(on(name))

    assert page.status_code == 200


def test_lists_are_searched_and_filtered(client, journey):
    mine, other = journey.draft(), journey.submitted()
    client.force_login(journey.people["manager"])

    def listed(**query):
        return set(client.get(on("referral_list", **query)).context["page"].object_list)

    assert listed() == {mine, other}
    assert listed(q=mine.reference) == {mine}
    assert listed(q=other.person.reference) == {other}
    assert listed(state="submitted") == {other}
    assert listed(urgency="urgent") == set()
    assert listed(state="late") == set()
    assert listed(state="rubbish", page="x") == {mine, other}


def test_placements_and_requests_are_searched_and_filtered(client, journey):
    admitted = journey.admitted()
    asked = journey.requested()
    client.force_login(journey.people["manager"])

    def listed(name, **query):
        return set(client.get(on(name, **query)).context["page"].object_list)

    assert listed("placement_list", q=admitted.reference) == {admitted}
    assert listed("placement_list", state="admitted") == {admitted}
    assert listed("placement_list", state="ending") == set()
    assert listed("request_list", q=asked.placement.reference) == {asked}
    assert listed("request_list", state=RequestState.DEFERRED) == set()


def test_queue_is_in_the_order_of_urgency_then_time(client, journey):
    first, second = journey.requested(), journey.requested()
    urgent = journey.requested()
    Referral.objects.filter(pk=urgent.placement.referral_id).update(urgency="urgent")
    client.force_login(journey.people["manager"])

    page = client.get(on("request_list")).context["page"]

    assert list(page) == [urgent, first, second]


def test_ledger_of_a_year_is_a_file(client, journey):
    placement = journey.admitted(PLANNED + timedelta(days=1))
    client.force_login(journey.people["finance"])
    year = (journey.agreement.reference, 2026)

    file = b"".join(client.get(on("budget_year", *year, download="csv"))).decode("utf-8-sig")

    first, *entries = csv.reader(file.splitlines())
    assert first == ["Recorded", "Placement", "Kind", "Corrects", "Takes effect", "Amount"]
    assert [row[1] for row in entries] == [placement.reference] * len(entries)
    committed = BudgetYear.objects.get(year=2026).committed_pence
    assert sum(Decimal(row[5]) for row in entries) * 100 == committed

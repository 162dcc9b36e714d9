"""The pages of a referral: its task lists, what follows, the caseloads and the queue."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.roles import Role
from placements.forms import SECTION_FORMS
from placements.models import Referral
from placements.rules import ASSESSMENT_SECTIONS, DRAFT_SECTIONS
from placements.states import WITHDRAWAL_GROUPS, ReferralState, WithdrawalReason
from tests.factories.accounts import UserFactory
from tests.factories.placements import AT, Journey

from .test_views import boxes, errors, on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def acts(client, referral):
    page = client.get(referral.get_absolute_url())
    return {act.name: act.objections for act in page.context["acts"]}


def tasks(client, referral):
    page = client.get(referral.get_absolute_url())
    return {task["text"]: task["status"] for task in page.context["tasks"]}


def test_every_section_has_a_form_of_its_fields():
    for section in (*DRAFT_SECTIONS, *ASSESSMENT_SECTIONS):
        assert set(SECTION_FORMS[section.key].base_fields) == set(section.fields)


def test_every_reason_to_withdraw_is_in_one_group():
    grouped = [reason for reasons in WITHDRAWAL_GROUPS.values() for reason in reasons]

    assert sorted(grouped) == sorted(WithdrawalReason)


def test_referral_goes_from_draft_to_matching_by_its_pages(client, journey):
    referral, people = journey.empty_draft(), journey.people
    client.force_login(people["assessor"])
    assert set(tasks(client, referral).values()) == {"Incomplete"}
    assert len(acts(client, referral)["submit_referral"]) == 6

    def save(section, **answers):
        page = on("save_answers", referral, section)
        assert client.get(page).status_code == 200
        assert client.post(page, answers)["Location"] == referral.get_absolute_url()

    save(
        "source",
        source="Probation",
        urgency="urgent",
        urgency_reason="Loses the tenancy",
        **boxes("received_on", date(2026, 4, 30)),
    )
    save("needs", needs_summary="A programme.")
    save("circumstances", home_circumstances="Alone.", complexity=["dual_diagnosis", "arbd"])
    save("consent", has_consent="on", **boxes("consent_on", date(2026, 4, 30)))
    save("community", community_options_tried="Detoxification.")
    assert set(tasks(client, referral).values()) == {"Completed"}
    client.post(on("submit_referral", referral))
    client.force_login(people["manager"])
    client.post(on("allocate_referral", referral), {"worker": people["assessor"].pk})
    client.force_login(people["assessor"])
    assert tasks(client, referral)["Community options tried or considered"] == "Completed"
    save(
        "care-act",
        care_act_eligible="yes",
        care_act_reason="Two outcomes.",
        **boxes("care_act_assessed_on", date(2026, 4, 20)),
    )
    save(
        "clinical-review",
        clinical_review_by="Psychiatrist",
        clinical_review="Indicated.",
        **boxes("clinical_review_on", date(2026, 4, 22)),
    )
    save("residence", residence="ours")
    save("charging", charging="assessed", weekly_contribution_pence="12.50")
    save("outcomes", desired_outcomes="A year of sobriety.")
    save("recommendation", lot=journey.lot.pk)
    client.post(on("record_eligible", referral))
    client.post(on("start_matching", referral))

    referral.refresh_from_db()
    assert (referral.state, referral.complexity, referral.lot) == (
        ReferralState.MATCHING,
        ["dual_diagnosis", "arbd"],
        journey.lot,
    )
    assert (referral.urgency_reason, referral.weekly_contribution_pence) == (
        "Loses the tenancy",
        1_250,
    )


def test_section_is_shown_as_it_was_left(client, journey):
    referral = journey.assessed(care_act_eligible=False)
    client.force_login(journey.people["assessor"])

    words = client.get(on("save_answers", referral, "care-act")).content.decode()
    assert "Two outcomes cannot be achieved at home." in words
    form = client.get(on("save_answers", referral, "care-act")).context["form"]
    assert form["care_act_eligible"].value() == "no"
    assert (
        client.get(on("save_answers", referral, "recommendation")).context["form"]["lot"].value()
        == journey.lot.pk
    )


def test_section_that_is_no_longer_open_is_explained(client, journey):
    referral = journey.submitted()
    client.force_login(journey.people["assessor"])

    response = client.post(
        on("save_answers", referral, "needs"), {"needs_summary": "More"}, follow=True
    )

    assert [str(message) for message in response.context["messages"]] == [
        "This section is no longer open for changes."
    ]
    assert client.get(on("save_answers", referral, "nonsense")).status_code == 404


def test_draft_is_discarded_on_a_page_that_asks_first(client, journey):
    referral = journey.draft()
    client.force_login(journey.people["assessor"])
    page = on("discard_draft", referral)

    assert client.get(page).status_code == 200
    assert Referral.objects.exists()
    assert client.post(page)["Location"] == on("referral_list")
    assert not Referral.objects.exists()


def test_every_objection_to_eligibility_is_shown_with_the_act(client, journey):
    referral = journey.assessed(lot=None, care_act_eligible=False)
    client.force_login(journey.people["assessor"])

    assert acts(client, referral)["record_eligible"] == [
        "Recommend a lot.",
        "The Care Act assessment does not find the person eligible.",
    ]


def test_not_eligible_is_recorded_returned_and_countersigned_by_the_pages(client, journey):
    referral = journey.assessing()

    def record():
        client.force_login(journey.people["assessor"])
        assert client.get(on("record_not_eligible", referral)).status_code == 200
        client.post(on("record_not_eligible", referral), {"reason": "No need found"})
        client.force_login(journey.people["manager"])

    record()
    page = on("countersign_referral", referral)
    assert "No need found" in client.get(page).content.decode()
    client.post(page, {"agrees": "no", "reason": "Look again."})
    assert "Look again." in client.get(referral.get_absolute_url()).content.decode()
    record()
    assert acts(client, referral)["countersign_referral"] == []
    client.post(page, {"agrees": "yes"})

    referral.refresh_from_db()
    assert (referral.state, referral.closed_reason) == (ReferralState.CLOSED, "No need found")


def test_manager_who_made_the_referral_is_told_that_another_countersigns(client, journey):
    manager = journey.people["manager"]
    referral = journey.submit_and_allocate(journey.draft(by=manager))
    journey.not_eligible(referral)
    client.force_login(manager)
    reason = "You made this referral, so another person countersigns the decision."

    assert acts(client, referral)["countersign_referral"] == [reason]
    response = client.post(on("countersign_referral", referral), {"agrees": "yes"})
    assert errors(response) == [reason]


def test_hold_and_resume_by_the_pages(client, journey):
    referral = journey.eligible()
    client.force_login(journey.people["assessor"])
    page = on("hold_referral", referral)
    assert client.get(page).status_code == 200

    today = client.post(page, {"reason": "Ill", **boxes("review_on", AT.date())})
    assert list(today.context["form"].errors) == ["review_on"]
    client.post(page, {"reason": "Ill", **boxes("review_on", date(2026, 5, 20))})
    assert "resume_referral" in acts(client, referral)
    client.post(on("resume_referral", referral))

    referral.refresh_from_db()
    assert referral.state == ReferralState.ELIGIBLE


def test_withdrawal_warns_of_the_placement_and_needs_details_for_another_reason(client, journey):
    placement = journey.approved()
    referral = placement.referral
    client.force_login(journey.people["assessor"])
    page = on("withdraw_referral", referral)

    assert placement.reference in client.get(page).content.decode()
    assert errors(client.post(page, {"why": "other"})) == ["Say what the other reason is."]
    client.post(page, {"why": "other", "details": "Changed plans"})

    referral.refresh_from_db()
    assert referral.closed_reason == "Another reason: Changed plans"


def test_placed_referral_shows_why_it_is_not_withdrawn(client, journey):
    placement = journey.admitted()
    client.force_login(journey.people["assessor"])

    assert acts(client, placement.referral) == {
        "match_referral": [],
        "allocate_referral": ["An assessment manager does this."],
        "withdraw_referral": ["The person is in a placement. Record the exit instead."],
    }


def test_manager_reopens_by_the_page(client, journey):
    referral = journey.withdraw(journey.assessing())
    client.force_login(journey.people["manager"])
    page = on("reopen_referral", referral)
    assert acts(client, referral) == {"reopen_referral": []}
    assert client.get(page).status_code == 200

    client.post(page, {"reason": "Came back"})

    referral.refresh_from_db()
    assert referral.state == ReferralState.ASSESSING


def test_placement_is_cancelled_by_the_page(client, journey):
    placement = journey.approved()
    client.force_login(journey.people["assessor"])
    page = on("cancel_placement", placement)
    assert client.get(page).status_code == 200

    response = client.post(page, {"reason": "No bed"}, follow=True)

    assert "Cancelled: No bed" in response.content.decode()


# ── Allocation ───────────────────────────────────────────────────────────────────────────────
def test_referral_is_given_back_and_given_on_by_the_pages(client, journey):
    referral, manager = journey.assessing(), journey.people["manager"]
    client.force_login(manager)
    client.post(on("unallocate_referral", referral))

    form = client.get(on("allocate_referral", referral)).context["form"]
    assert manager not in form.fields["worker"].queryset
    client.post(on("allocate_referral", referral), {"worker": journey.people["assessor"].pk})
    form = client.get(on("allocate_referral", referral)).context["form"]

    assert journey.people["assessor"] not in form.fields["worker"].queryset
    assert referral.assignments.count() == 2


def test_caseloads_count_by_state_and_show_the_oldest(client, journey):
    worker = journey.people["assessor"]
    journey.assessing()
    journey.eligible()
    journey.on_hold()
    journey.withdraw(journey.assessing())

    with time_machine.travel(AT + timedelta(days=30), tick=False):
        client.force_login(journey.people["manager"])
        page = client.get(on("caseload_list"))
    client.force_login(journey.people["manager"])

    (row,) = page.context["page"].object_list
    assert (row["worker__name"], row["assessing"], row["eligible"], row["on_hold"]) == (
        worker.name,
        1,
        1,
        1,
    )
    assert (row["late"], row["oldest"], sum(row["counts"])) == (2, AT, 3)
    assert list(client.get(on("caseload_list", q="Nobody")).context["page"]) == []
    csv = client.get(on("caseload_list", download="csv")).text
    assert csv.splitlines()[1].startswith(f'"{worker.name}","1",')


def test_caseload_of_a_worker_is_searched_and_filtered(client, journey):
    mine, held = journey.assessing(), journey.on_hold()
    journey.submitted()
    client.force_login(journey.people["manager"])

    def listed(**query):
        page = client.get(on("caseload", journey.people["assessor"].ref, **query))
        return set(page.context["page"].object_list)

    assert listed() == {mine, held}
    assert listed(q=mine.reference) == {mine}
    assert listed(state="on_hold") == {held}


def test_caseload_is_transferred_by_the_page(client, journey):
    referral = journey.assessing()
    colleague = UserFactory(roles=[Role.ASSESSOR])
    client.force_login(journey.people["manager"])
    page = on("transfer_caseload", journey.people["assessor"].ref)
    assert client.get(page).status_code == 200

    assert client.post(page, {"worker": colleague.pk})["Location"] == on("caseload_list")

    referral.refresh_from_db()
    assert referral.worker == colleague
    assert client.get(reverse("placements:caseload", args=["U-NOBODY"])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_caseload_costs_the_same_however_long(client, django_assert_num_queries, journey, rows):
    for _ in range(rows):
        journey.assessing()
    client.force_login(journey.people["manager"])
    page = on("caseload", journey.people["assessor"].ref)
    client.get(page)

    with django_assert_num_queries(6):
        assert client.get(page).status_code == 200


def test_queue_shows_what_is_late_first(client, journey):
    waiting = journey.eligible()
    queued = journey.submitted()
    client.force_login(journey.people["manager"])

    def listed(**query):
        return list(client.get(on("referral_list", **query)).context["page"])

    assert listed() == [queued, waiting]
    assert listed(state="late") == []
    assert listed(worker=journey.people["assessor"].ref) == [waiting]
    with time_machine.travel(AT + timedelta(days=6), tick=False):
        client.force_login(journey.people["manager"])
        assert listed(state="late") == [queued]
        assert "Late" in client.get(on("referral_list")).content.decode()

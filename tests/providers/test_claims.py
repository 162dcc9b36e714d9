"""The council's review of a registration whose number is taken."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from dps_portal.reports.worklist import tasks_for
from providers import rules, services
from providers.models import Membership, Provider, RegistrationClaim
from providers.services import claims
from providers.states import ClaimOutcome
from tests.factories.accounts import UserFactory
from tests.factories.providers import AT, owner_of, provider_with_owner

from .test_race import at_once

pytestmark = pytest.mark.django_db
TAKEN = "01234567"


@pytest.fixture(autouse=True)
def _on_the_first_of_december():
    with time_machine.travel(AT, tick=False):
        yield


def on(name, *args):
    return reverse(f"providers:{name}", args=args)


def holder():
    return Provider.objects.filter(company_number=TAKEN).first() or provider_with_owner(
        name="The Holder", company_number=TAKEN
    )


def claimed(*, by=None, name="Haven House"):
    holder()
    return services.register_provider(
        name=name,
        address="1 Quay Lane",
        company_number=TAKEN,
        charity_number=None,
        cqc_provider_id=None,
        by=by or UserFactory(),
        at=AT,
    )


def review(claim, outcome, **facts):
    return services.review_claim(
        **{
            "claim": claim,
            "outcome": outcome,
            "provider": None,
            "company_number": None,
            "charity_number": None,
            "cqc_provider_id": None,
            "reason": "",
            "by": UserFactory(roles=[Role.PROCUREMENT]),
            "at": AT,
        }
        | facts
    )


def mail_of(user):
    return list(Notification.objects.filter(to=user).values_list("subject", flat=True))


def test_the_same_organisation_means_asking_its_owner_for_an_invitation():
    claim = claimed()

    reviewed = review(claim, ClaimOutcome.SAME, provider=holder())

    assert (reviewed.outcome, reviewed.provider) == (ClaimOutcome.SAME, holder())
    assert mail_of(claim.claimed_by) == [f"Your registration {claim} is reviewed"]
    assert mail_of(owner_of(holder())) == ["Somebody tried to register your organisation again"]
    assert Membership.objects.count() == Provider.objects.count() == 1
    event = AuditEvent.objects.get(action="claim.reviewed")
    assert event.facts == {"outcome": "same"}


def test_another_organisation_is_registered_with_the_right_numbers():
    claim = claimed()

    reviewed = review(claim, ClaimOutcome.REGISTERED, company_number="7654321")

    assert reviewed.provider.company_number == "07654321"
    assert (reviewed.provider.name, reviewed.provider.address) == ("Haven House", "1 Quay Lane")
    assert owner_of(reviewed.provider) == claim.claimed_by
    assert User.objects.get(pk=claim.claimed_by_id).roles == {Role.PROVIDER_OWNER}
    assert holder().company_number == TAKEN


def test_a_refusal_has_its_reason_and_the_person_may_register_again():
    claim = claimed()

    reviewed = review(claim, ClaimOutcome.REFUSED, reason="Not a provider.")

    assert (reviewed.outcome_reason, reviewed.provider) == ("Not a provider.", None)
    again = services.register_provider(
        name="Haven House",
        company_number="07654321",
        charity_number=None,
        cqc_provider_id=None,
        by=claim.claimed_by,
        at=AT,
    )
    assert owner_of(again) == claim.claimed_by


@pytest.mark.parametrize(
    ("outcome", "facts", "reasons"),
    [
        (ClaimOutcome.SAME, {}, ["Select the organisation that has one of these numbers."]),
        (ClaimOutcome.REFUSED, {"reason": " "}, ["Enter the reason for the refusal."]),
        (ClaimOutcome.REGISTERED, {"company_number": TAKEN}, [rules.NUMBER_TAKEN]),
        (
            ClaimOutcome.REGISTERED,
            {},
            ["Enter a company number, a charity number or a CQC provider ID."],
        ),
    ],
)
def test_a_review_that_lacks_something_is_refused_and_leaves_no_trace(outcome, facts, reasons):
    claim = claimed()
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refusal:
        review(claim, outcome, **facts)

    assert list(refusal.value.reasons) == reasons
    assert RegistrationClaim.objects.get().outcome == ""
    assert (Provider.objects.count(), AuditEvent.objects.count()) == (1, before)


def test_an_organisation_without_the_number_is_not_the_same():
    with pytest.raises(Refused) as refusal:
        review(claimed(), ClaimOutcome.SAME, provider=provider_with_owner())

    assert refusal.value.reasons == ("Select the organisation that has one of these numbers.",)


def test_who_has_joined_an_organisation_meanwhile_is_not_made_owner_of_another():
    claim, other = claimed(), provider_with_owner()
    services.add_member(
        provider=other, user=claim.claimed_by, is_owner=False, by=owner_of(other), at=AT
    )

    with pytest.raises(Refused) as refusal:
        review(claim, ClaimOutcome.REGISTERED, company_number="07654321")

    assert (
        refusal.value.reasons
        == (
            "One person may not be Provider member and Provider owner.",
            "A person can belong to one organisation only.",
        )[-len(refusal.value.reasons) :]
    )


def test_nobody_reviews_their_own_registration_nor_one_twice():
    claim = claimed()
    review(claim, ClaimOutcome.REFUSED, reason="Not a provider.")

    with pytest.raises(Refused) as refusal:
        review(claim, ClaimOutcome.REFUSED, reason="No.", by=claim.claimed_by)

    assert refusal.value.reasons == (
        "This registration is reviewed already.",
        "Nobody reviews their own registration.",
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_reviews_at_once_one_counts():
    claim = claimed()
    officers = [UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2)]
    acts = [
        lambda: review(claim, ClaimOutcome.REFUSED, reason="No.", by=officers[0]),
        lambda: review(claim, ClaimOutcome.REGISTERED, company_number="07654321", by=officers[1]),
    ]

    done, refused, failed = at_once(*acts)

    assert (len(done), failed) == (1, [])
    assert refused[0][0] == "This registration is reviewed already."
    assert mail_of(claim.claimed_by).count(f"Your registration {claim} is reviewed") == 1


@pytest.mark.django_db(transaction=True)
def test_without_looking_again_under_the_lock_both_would_count(monkeypatch):
    """The twin."""
    claim = claimed()
    monkeypatch.setattr(claims.rules, "objections_to_claim_review", lambda **_: [])
    officers = [UserFactory(roles=[Role.PROCUREMENT]) for _ in range(2)]

    done, refused, failed = at_once(
        *(
            (lambda by=by: review(claim, ClaimOutcome.REFUSED, reason="No.", by=by))
            for by in officers
        )
    )

    assert (len(done), refused, failed) == (2, [], [])
    assert mail_of(claim.claimed_by).count(f"Your registration {claim} is reviewed") == 2


# ── Pages ────────────────────────────────────────────────────────────────────────────────────
def test_review_claim_shows_both_sides_and_records_the_outcome(client):
    claim = claimed()
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    page = on("review_claim", claim.reference)

    shown = client.get(page).content.decode()
    nothing = client.post(page, {})
    same = client.post(page, {"outcome": "same", "provider": holder().pk})

    for text in ("Haven House", claim.claimed_by.email, "The Holder", holder().reference):
        assert text in shown
    assert nothing.status_code == 200
    assert same["Location"] == claim.get_absolute_url()
    assert client.get(page)["Location"] == claim.get_absolute_url()
    again = client.post(page, {"outcome": "refused", "reason": "No."})
    assert "This registration is reviewed already." in again.content.decode()


@pytest.mark.parametrize("outcome", ClaimOutcome)
def test_the_person_reads_the_outcome_and_never_whose_the_number_is(client, outcome):
    claim = claimed()
    review(
        claim,
        outcome,
        provider=holder() if outcome == ClaimOutcome.SAME else None,
        company_number="07654321",
        reason="Not a provider." if outcome == ClaimOutcome.REFUSED else "",
    )
    client.force_login(claim.claimed_by)

    page = client.get(claim.get_absolute_url()).content.decode()

    words = {
        ClaimOutcome.SAME: "Ask the owner of your organisation&#x27;s account",
        ClaimOutcome.REGISTERED: "You are the owner of its account.",
        ClaimOutcome.REFUSED: "Not a provider.",
    }
    assert words[outcome].replace("&#x27;", "'") in page.replace("&#x27;", "'")
    for secret in ("The Holder", holder().reference, owner_of(holder()).email):
        assert secret not in page


def test_a_claim_is_seen_by_its_person_and_the_council_alone(client):
    claim = claimed()
    for person, status in [
        (claim.claimed_by, 200),
        (UserFactory(roles=[Role.PROCUREMENT]), 200),
        (UserFactory(roles=[Role.AUDITOR]), 200),
        (UserFactory(roles=[Role.FINANCE]), 404),
        (owner_of(holder()), 404),
        (UserFactory(), 404),
    ]:
        client.force_login(person)
        assert client.get(claim.get_absolute_url()).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_claim_list_costs_the_same_however_long(client, django_assert_num_queries, count):
    for _ in range(count):
        claimed()
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    client.get(reverse("home"))  # the session is written once

    with django_assert_num_queries(5):
        page = client.get(on("claim_list"))

    assert len(page.context["page"].object_list) == count


def test_claim_list_is_searched_filtered_and_downloaded(client):
    wanted = claimed(name="Quay House")
    reviewed = claimed(name="Pier House")
    review(reviewed, ClaimOutcome.REFUSED, reason="No.")
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))

    def found(**query):
        return [one.name for one in client.get(on("claim_list"), query).context["page"]]

    assert found() == ["Quay House", "Pier House"]
    assert found(q="quay") == found(q=wanted.reference) == ["Quay House"]
    assert found(state="waiting") == ["Quay House"]
    assert found(state="reviewed") == ["Pier House"]
    assert found(q="nobody") == []
    file = client.get(on("claim_list"), {"download": "csv", "state": "waiting"})
    assert list(csv.reader(io.StringIO(file.content.decode())))[1:] == [
        [wanted.reference, "Quay House", TAKEN, "", "", "2026-12-01", "To review"]
    ]


def test_a_waiting_claim_is_on_the_work_list_of_procurement():
    claim, officer = claimed(), UserFactory(roles=[Role.PROCUREMENT])

    assert [task.what for task in tasks_for(officer, AT)] == [f"Registration {claim}"]
    review(claim, ClaimOutcome.REFUSED, reason="No.")
    assert tasks_for(officer, AT) == []

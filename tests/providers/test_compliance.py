"""Documents and ratings after admission, and the council's overview of those admitted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import services
from providers.models import (
    CqcLocation,
    EvidenceDocument,
    Provider,
    RatingChange,
    standing_of,
    with_standing,
)
from providers.states import EvidenceCheck, EvidenceKind, EvidenceState, MeasureKind
from providers.tasks import remind_of_expiring_evidence
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import AT, EXPIRES, PDF, decided, owner_of, provider_with_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot():
    return LotFactory()


@pytest.fixture
def officer():
    return UserFactory(roles=[Role.PROCUREMENT])


def admitted(lot=None, at=AT):
    return decided(lots=[lot or LotFactory()], at=at).admission.provider


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return list(refusal.value.reasons)


def renew(provider, kind=EvidenceKind.INSURANCE, **facts):
    facts = {"content": PDF, "expires_on": EXPIRES + timedelta(days=365), "at": AT} | facts
    return services.renew_evidence(
        provider=provider, kind=kind, name="new.pdf", by=owner_of(provider), **facts
    )


def check(evidence, by, finding=EvidenceCheck.REJECTED, reason="Not legible."):
    return services.check_evidence(evidence=evidence, finding=finding, reason=reason, by=by, at=AT)


def standing(provider, day):
    return standing_of(with_standing(Provider.objects.filter(pk=provider.pk), day).get(), day)


# ── Documents ────────────────────────────────────────────────────────────────────────────────


def test_a_renewed_document_counts_at_once_and_waits_for_a_check(officer):
    provider = admitted()
    before = provider.evidence.get(kind=EvidenceKind.INSURANCE)

    evidence = renew(provider)

    before.refresh_from_db()
    assert before.ended_at == AT
    assert (evidence.needs_check, evidence.state(AT.date())) == (True, EvidenceState.TO_CHECK)
    message = Notification.objects.get(to=officer, subject__contains="waiting to be checked")
    assert reverse("providers:check_evidence", args=[evidence.document_id]) in message.body
    assert AuditEvent.objects.last().action == "evidence.renewed"


def test_a_document_of_somebody_not_admitted_belongs_in_an_application():
    assert refused(lambda: renew(provider_with_owner(), expires_on=None)) == [
        "Your organisation is not admitted to a lot, so add the document to an application.",
        "Enter the expiry date of the document.",
    ]


def test_a_rejected_document_counts_as_missing_and_the_provider_is_told(officer):
    provider = admitted()
    evidence = renew(provider)

    check(evidence, officer)

    evidence.refresh_from_db()
    assert evidence.state(AT.date()) == EvidenceState.REJECTED
    assert standing(provider, AT.date()).has_lapsed
    message = Notification.objects.get(to=owner_of(provider), subject__contains="has checked")
    assert "not legible" not in message.body.lower()
    assert refused(lambda: check(evidence, officer, EvidenceCheck.ACCEPTED)) == [
        "This document is already checked."
    ]


def test_an_accepted_document_is_in_date(officer):
    provider = admitted()

    evidence = check(renew(provider), officer, EvidenceCheck.ACCEPTED, "")

    assert evidence.state(AT.date()) == EvidenceState.IN_DATE


def test_r3_5_reminders_sixty_thirty_and_seven_days_before_and_on_lapse(officer):
    provider = admitted()
    EvidenceDocument.objects.exclude(kind=EvidenceKind.INSURANCE).update(expires_on=None)
    owner = owner_of(provider)

    def sweep(day):
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        new = services.remind_of_expiring_evidence(at=at)
        return (
            new,
            Notification.objects.filter(to=owner, subject__contains="expires on").count(),
            Notification.objects.filter(to=owner, subject__contains="has expired").count(),
            Notification.objects.filter(to=officer, subject__contains="has expired").count(),
        )

    days_before = [61, 60, 60, 31, 30, 7, 0, -1, -2]
    assert [sweep(EXPIRES - timedelta(days=days)) for days in days_before] == [
        (0, 0, 0, 0),
        (1, 1, 0, 0),
        (0, 1, 0, 0),
        (0, 1, 0, 0),
        (1, 2, 0, 0),
        (1, 3, 0, 0),
        (0, 3, 0, 0),
        (1, 3, 1, 1),
        (0, 3, 1, 1),
    ]
    trail = AuditEvent.objects.filter(action="evidence.reminded").order_by("seq")
    assert [event.facts["days"] for event in trail] == [60, 30, 7, -1]


def test_r3_5_a_late_sweep_sends_only_the_nearest_reminder(officer):
    provider = admitted()
    EvidenceDocument.objects.exclude(kind=EvidenceKind.INSURANCE).update(expires_on=None)
    late = datetime(2026, 6, 25, 9, tzinfo=UTC).replace(year=EXPIRES.year)

    assert services.remind_of_expiring_evidence(at=late) == 1
    told = Notification.objects.filter(to=owner_of(provider), subject__contains="expires on")
    assert told.count() == 1


def test_r3_5_an_expired_certificate_shows_as_lapsed():
    provider = admitted()

    assert not standing(provider, EXPIRES).has_lapsed
    after = standing(provider, EXPIRES + timedelta(days=1))
    assert (after.has_lapsed, after.worst_evidence) == (True, EvidenceState.EXPIRED)


def test_nobody_is_reminded_who_is_no_longer_admitted(officer):
    provider = admitted()
    provider.admissions.update(ended_on=date(2026, 12, 24))

    assert services.remind_of_expiring_evidence(at=datetime(2027, 6, 1, tzinfo=UTC)) == 0
    assert remind_of_expiring_evidence() == 0


# ── Ratings ──────────────────────────────────────────────────────────────────────────────────


def rate(rating):
    services.import_cqc_locations(
        locations=[
            CqcLocation(
                location_id="1-100200300",
                name="Haven House",
                service_types="Rehabilitation (substance abuse)",
                rating=rating,
            )
        ],
        at=AT,
    )


def test_r3_4_a_drop_of_a_rating_creates_a_review_task(client, officer):
    now = timezone.now()
    rate("good")
    provider = admitted(at=now)
    rate("inadequate")

    one = standing(provider, timezone.localdate(now))
    assert (one.worst_rating, len(one.changes)) == ("inadequate", 1)
    client.force_login(officer)
    change = RatingChange.objects.get()
    path = reverse("providers:review_rating", args=[change.pk])
    assert path in client.get(reverse("providers:compliance_list")).content.decode()
    answer = client.post(path, {"note": "Visited; a plan is agreed."})
    assert answer.headers["Location"] == reverse("providers:compliance_list")
    again = client.post(path, {"note": "Again."}).content.decode()
    assert "This change of rating is already reviewed." in again
    change.refresh_from_db()
    assert (change.reviewed_by, change.note) == (officer, "Visited; a plan is agreed.")
    assert standing(provider, timezone.localdate(now)).changes == ()
    assert AuditEvent.objects.filter(action="provider.rating_reviewed").count() == 1


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def upload(client, **facts):
    path = reverse("providers:renew_evidence", args=["insurance"])
    file = SimpleUploadedFile("new.pdf", PDF)
    return client.post(path, {"file": file} | facts)


def test_a_member_renews_and_the_council_checks(client, officer):
    now = timezone.now()
    provider = admitted(at=now)
    member = UserFactory()
    services.add_member(
        provider=provider, user=member, is_owner=False, by=owner_of(provider), at=now
    )
    client.force_login(member)
    day = timezone.localdate(now)
    expiry = {"expires_on_day": 1, "expires_on_month": 5, "expires_on_year": day.year + 1}
    assert "Expiry date" in upload(client).content.decode()
    answer = upload(client, **expiry)
    assert answer.headers["Location"] == reverse("providers:evidence_overview")
    assert "To be checked" in client.get(answer.headers["Location"]).content.decode()

    client.force_login(officer)
    evidence = EvidenceDocument.objects.get(needs_check=True)
    path = reverse("providers:check_evidence", args=[evidence.document_id])
    assert path in client.get(provider.get_absolute_url()).content.decode()
    assert "Give the reason" in client.post(path, {"finding": "rejected"}).content.decode()
    facts = {"finding": "rejected", "reason": "The wrong organisation."}
    assert client.post(path, facts).headers["Location"] == provider.get_absolute_url()
    assert "already checked" in client.post(path, facts).content.decode()

    client.force_login(member)
    page = client.get(reverse("providers:evidence_overview")).content.decode()
    assert "Not accepted" in page
    assert "The wrong organisation." in page


def test_a_kind_that_is_unknown_and_a_document_out_of_sight_are_not_found(client, officer):
    client.force_login(owner_of(admitted()))
    assert client.get(reverse("providers:renew_evidence", args=["diary"])).status_code == 404

    draft = renew(admitted())
    EvidenceDocument.objects.filter(pk=draft.pk).update(ended_at=AT)
    client.force_login(officer)
    path = reverse("providers:check_evidence", args=[draft.document_id])
    assert "The provider has replaced this document." in client.get(path).content.decode()


@pytest.mark.parametrize("providers", [1, 3])
def test_compliance_list_costs_the_same_however_long(
    client, lot, officer, providers, django_assert_num_queries
):
    for _ in range(providers):
        admitted(lot, at=timezone.now())
    client.force_login(officer)
    client.get(reverse("providers:compliance_list"))

    with django_assert_num_queries(12):
        page = client.get(reverse("providers:compliance_list"))

    assert len(page.context["page"]) == providers


def test_compliance_list_shows_each_kind_of_problem(client, lot, officer):
    now = timezone.now()
    fine, lapsed, to_check, overdue, expiring, suspended, inadequate = (
        admitted(lot, at=now) for _ in range(7)
    )
    provider_with_owner()
    EvidenceDocument.objects.exclude(expires_on=None).update(
        expires_on=timezone.localdate(now) + timedelta(days=365)
    )
    lapsed.evidence.filter(kind=EvidenceKind.SAFEGUARDING).update(ended_at=now)
    expiring.evidence.filter(kind=EvidenceKind.INSURANCE).update(
        expires_on=timezone.localdate(now) + timedelta(days=60)
    )
    renew(to_check, at=now)
    services.request_declarations(
        agreement=lot.agreement, provider=overdue, reason="Why.", by=officer, at=now
    )
    overdue.declaration_requests.update(due_on=timezone.localdate(now) - timedelta(days=1))
    measure = services.recommend_measure(
        provider=suspended,
        kind=MeasureKind.SUSPENSION,
        admissions=suspended.admissions.all(),
        from_on=timezone.localdate(now),
        until_on=None,
        reason="Why.",
        by=officer,
        at=now,
    )
    services.decide_measure(
        measure=measure, is_approved=True, reason="Why.", by=UserFactory(), at=now
    )
    inadequate.locations.update(cqc_location_id="1-999")
    CqcLocation.objects.create(
        location_id="1-999", name="Haven", service_types="x", rating="inadequate"
    )
    client.force_login(officer)

    def found(**query):
        page = client.get(reverse("providers:compliance_list"), query)
        return {row["standing"].provider for row in page.context["page"]}

    everyone = {fine, lapsed, to_check, overdue, expiring, suspended, inadequate}
    assert found() == found(show="nonsense") == everyone
    assert found(q=fine.reference) == {fine}
    assert found(show="problems") == everyone - {fine, expiring}
    assert found(show="lapsed") == {lapsed}
    assert found(show="expiring") == {expiring}
    assert found(show="to_check") == {to_check}
    assert found(show="overdue") == {overdue}
    assert found(show="suspended") == {suspended}
    assert found(show="rating") == {inadequate}
    answer = client.get(
        reverse("providers:compliance_list"), {"download": "csv", "show": "overdue"}
    )
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert f'"{overdue.reference}","{lot}","In date","","Overdue"' in lines[1]

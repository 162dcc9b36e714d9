"""What an admission opens, the price list, leaving, and the pages of providers."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Handling
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from placements.services.matching import match_options
from providers import services
from providers.models import Admission, CqcLocation, EvidenceDocument, Rate
from providers.states import EvidenceCheck, EvidenceKind, RateSource
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.placements import Journey
from tests.factories.providers import AT, EXPIRES, PDF, decided, owner_of, provider_with_owner

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
AFTER = EXPIRES + timedelta(days=1)


@pytest.fixture
def lot():
    return LotFactory()


def admitted(lot, **facts):
    return decided(lots=[lot], **facts).admission


def listed_prices(provider):
    rates = provider.rates.order_by("effective_from")
    return list(rates.values_list("effective_from", "weekly_pence"))


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return list(refusal.value.reasons)


def invitable(lot, day):
    return list(Admission.objects.invitable(day).filter(lot=lot))


def publish_rule(lot, **facts):
    for name, value in facts.items():
        setattr(lot.agreement, name, value)
    lot.agreement.save()


def set_price(provider, lot, **facts):
    facts = {"effective_from": TODAY + timedelta(days=1), "weekly_pence": 90_000} | facts
    return services.set_price(provider=provider, lot=lot, **facts, by=owner_of(provider), at=AT)


def leave(admission, from_on=TODAY, at=AT):
    provider = admission.provider
    return services.leave_dps(
        provider=provider, admissions=[admission], from_on=from_on, by=owner_of(provider), at=at
    )


def referral_to(lot):
    referral = Journey(lot=lot, provider=provider_with_owner()).draft()
    referral.lot = lot
    return referral


# ── Who may be invited ───────────────────────────────────────────────────────────────────────


def test_r2_10_everyone_current_is_invitable_where_the_published_rule_is_the_default(lot):
    admission = admitted(lot)
    CqcLocation.objects.create(
        location_id="1-100200300", name="Haven", service_types="x", rating="inadequate"
    )

    assert invitable(lot, TODAY - timedelta(days=1)) == []
    assert invitable(lot, TODAY) == [admission]
    assert invitable(lot, AFTER) == [admission]


def test_r3_5_lapsed_evidence_hides_only_where_the_published_rule_says_so(lot):
    admission = admitted(lot)
    publish_rule(lot, lapsed_evidence=Handling.NOT_INVITED)

    assert invitable(lot, EXPIRES) == [admission]  # good on its last day
    assert invitable(lot, AFTER) == []


@pytest.mark.parametrize("what", ["missing", "rejected", "infected"])
def test_r3_5_a_document_that_is_missing_or_rejected_counts_as_lapsed(lot, what):
    admission = admitted(lot)
    publish_rule(lot, lapsed_evidence=Handling.NOT_INVITED)
    document = admission.provider.evidence.get(kind=EvidenceKind.SAFEGUARDING)
    if what == "missing":
        EvidenceDocument.objects.filter(pk=document.pk).update(ended_at=AT)
    elif what == "infected":
        document.document.scan_state = "infected"
        document.document.save()
    else:
        services.check_evidence(
            evidence=document,
            finding=EvidenceCheck.REJECTED,
            reason="Not signed.",
            by=UserFactory(),
            at=AT,
        )

    assert invitable(lot, TODAY) == []


def test_r3_5_a_lapse_is_mended_by_a_newer_document(lot):
    admission = admitted(lot)
    publish_rule(lot, lapsed_evidence=Handling.NOT_INVITED)
    for kind in (
        EvidenceKind.INSURANCE,
        EvidenceKind.EMPLOYERS,
        EvidenceKind.PROFESSIONAL,
        EvidenceKind.DATA_PROTECTION,
        EvidenceKind.SAFEGUARDING,
    ):
        services.renew_evidence(
            provider=admission.provider,
            kind=kind,
            name="new.pdf",
            content=PDF,
            expires_on=AFTER,
            by=owner_of(admission.provider),
            at=AT,
        )

    assert invitable(lot, AFTER) == [admission]


def test_r3_4_a_rating_hides_only_where_the_published_rule_says_so(lot):
    admission = admitted(lot)
    place = CqcLocation.objects.create(
        location_id="1-100200300", name="Haven", service_types="x", rating="inadequate"
    )
    assert invitable(lot, TODAY) == [admission]

    publish_rule(lot, inadequate_rating=Handling.NOT_INVITED)
    assert invitable(lot, TODAY) == []
    assert list(Admission.objects.current(TODAY)) == [admission]

    place.rating = "requires_improvement"
    place.save()
    assert invitable(lot, TODAY) == [admission]


def test_r3_4_a_place_that_the_lot_does_not_use_hides_nobody(lot):
    admission = admitted(lot)
    publish_rule(lot, inadequate_rating=Handling.NOT_INVITED)
    CqcLocation.objects.create(
        location_id="1-999", name="Other", service_types="x", rating="inadequate"
    )
    admission.provider.locations.create(
        cqc_location_id="1-999", name="Other", in_directory=True, added_at=AT
    )

    assert invitable(lot, TODAY) == [admission]


@pytest.mark.parametrize("providers", [1, 3])
def test_invitable_costs_one_query_however_many(lot, providers, django_assert_num_queries):
    publish_rule(lot, lapsed_evidence=Handling.NOT_INVITED, inadequate_rating=Handling.NOT_INVITED)
    for _ in range(providers):
        admitted(lot)

    with django_assert_num_queries(1):
        assert len(invitable(lot, TODAY)) == providers


def test_matching_leaves_out_those_who_may_not_be_invited(lot):
    admission = admitted(lot)
    referral = referral_to(lot)
    assert [option.provider for option in match_options(referral, AFTER)] == [admission.provider]

    publish_rule(lot, lapsed_evidence=Handling.NOT_INVITED)
    assert match_options(referral, AFTER) == []


# ── Prices ───────────────────────────────────────────────────────────────────────────────────


def test_set_price_is_a_new_version_and_the_council_is_told(lot):
    provider = admitted(lot).provider
    officer = UserFactory(roles=[Role.PROCUREMENT])

    rate = set_price(provider, lot)

    in_force = provider.rates.in_force(TODAY).first()
    assert (in_force.weekly_pence, rate.weekly_pence) == (84_500, 90_000)
    assert provider.rates.in_force(TODAY + timedelta(days=1)).first() == rate
    subject = f"Provider {provider} has a new price"
    assert Notification.objects.filter(to=officer, subject=subject).count() == 1
    assert AuditEvent.objects.filter(action="provider.rate_set").last().facts["lot"] == lot.number


def test_r6_3_a_price_is_refused_with_every_reason_at_once(lot):
    provider = admitted(lot).provider
    before = Rate.objects.count()

    assert refused(
        lambda: set_price(provider, lot, effective_from=TODAY, weekly_pence=110_001)
    ) == [
        "A new price must start tomorrow or later.",
        "A price for this lot already starts on that day. Choose another day.",
        "The weekly price must be above nothing and within the lot's ceiling.",
    ]
    assert refused(lambda: set_price(provider, LotFactory())) == [
        "Your organisation is not admitted to this lot."
    ]
    assert Rate.objects.count() == before


def test_a_second_price_for_the_same_day_is_refused(lot):
    provider = admitted(lot).provider
    set_price(provider, lot)

    assert refused(lambda: set_price(provider, lot, weekly_pence=91_000)) == [
        "A price for this lot already starts on that day. Choose another day."
    ]


def test_of_an_award_and_a_list_price_from_one_day_the_award_holds(lot):
    provider = admitted(lot).provider
    day = TODAY + timedelta(days=1)
    for source in (RateSource.AWARD, RateSource.PRICE_LIST, RateSource.AWARD):
        services.set_rate(
            provider=provider,
            lot=lot,
            effective_from=day,
            weekly_pence=80_000 if source == RateSource.AWARD else 82_000,
            source=source,
            by=UserFactory(),
            at=AT,
        )

    assert provider.rates.in_force(day).first().weekly_pence == 80_000
    referral = referral_to(lot)
    assert [option.weekly_pence for option in match_options(referral, day)] == [80_000]


# ── Leaving ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("days", [1, 2, 3])
def test_r6_3_whoever_comes_back_is_held_to_the_price_of_the_new_application(lot, days):
    first = admitted(lot)
    provider = first.provider
    set_price(provider, lot, effective_from=TODAY + timedelta(days=2))
    leave(first, from_on=TODAY + timedelta(days=1))

    decided(lots=[lot], provider=provider, weekly_pence=80_000, at=AT + timedelta(days=days))

    assert listed_prices(provider) == sorted(
        [
            (TODAY, 84_500),
            *([(TODAY + timedelta(days=2), 90_000)] if days > 2 else []),
            (TODAY + timedelta(days=days), 80_000),
        ]
    )
    lapsed = AuditEvent.objects.filter(action="provider.prices_lapsed").values_list("facts")
    days_lapsed = ["2026-12-03"] if days < 3 else []
    assert [facts["days"] for (facts,) in lapsed] == [[day] for day in days_lapsed]


def test_leave_dps_ends_the_admission_on_its_day_and_tells_the_council(lot):
    admission = admitted(lot)
    officer = UserFactory(roles=[Role.COMMISSIONER])
    last = TODAY + timedelta(days=30)

    leave(admission, last + timedelta(days=1))

    assert list(Admission.objects.current(last)) == [admission]
    assert not Admission.objects.current(last + timedelta(days=1)).exists()
    assert Notification.objects.filter(to=officer, subject__endswith=" leaves").count() == 1
    facts = AuditEvent.objects.get(action="provider.lots_left").facts
    assert facts == {"lots": [lot.number], "from_on": "2027-01-01"}
    assert len(refused(lambda: leave(admission))) == 1


def test_another_providers_admission_cannot_be_left(lot):
    admission, other = admitted(lot), admitted(lot).provider

    assert refused(
        lambda: services.leave_dps(
            provider=other,
            admissions=[admission],
            from_on=TODAY,
            by=owner_of(other),
            at=AT,
        )
    ) == ["Choose at least one lot."]
    assert Admission.objects.get(pk=admission.pk).ended_on is None


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def now():
    return timezone.now()


def day_fields(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_the_owner_sets_a_price_and_the_member_reads(client, lot, now):
    admission = admitted(lot, at=now)
    client.force_login(owner_of(admission.provider))
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    facts = {"lot": lot.pk, "weekly_pence": "900.50", **day_fields("effective_from", tomorrow)}

    answer = client.post(reverse("providers:set_price"), facts)
    assert answer.headers["Location"] == reverse("providers:price_list")
    page = client.get(reverse("providers:price_list")).content.decode()
    assert "£900.50" in page
    assert "Later" in page
    again = client.post(reverse("providers:set_price"), facts).content.decode()
    assert "Choose another day." in again
    assert "900.50" in again
    assert Rate.objects.filter(provider=admission.provider).count() == 2


def test_the_owner_leaves_after_confirming(client, lot, now):
    admission = admitted(lot, at=now)
    client.force_login(owner_of(admission.provider))
    facts = {"admissions": [admission.pk], **day_fields("from_on", timezone.localdate(now))}

    page = client.post(reverse("providers:leave_dps"), facts)
    assert page.status_code == 200
    assert "Tick the box to confirm" in page.content.decode()
    answer = client.post(reverse("providers:leave_dps"), facts | {"confirm": "on"})
    assert answer.headers["Location"] == admission.provider.get_absolute_url()
    page = client.get(reverse("providers:leave_dps")).content.decode()
    assert "Your organisation holds no lot that it could leave." in page


def test_the_page_of_a_provider_tells_its_story(client, lot, now):
    admission = admitted(lot, at=now)
    provider = admission.provider
    leave(admission, timezone.localdate(now), at=now)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    page = client.get(provider.get_absolute_url()).content.decode()

    for words in ("Organisation registered", f"{lot}: admitted", "Admission ended", "£845.00"):
        assert words in page


def test_its_own_people_do_not_see_who_decided(client, lot, now):
    admission = admitted(lot, at=now)
    decider = admission.lot_application.decided_by.name
    for person, sees in [
        (UserFactory(roles=[Role.AUDITOR]), True),
        (owner_of(admission.provider), False),
    ]:
        client.force_login(person)
        page = client.get(admission.provider.get_absolute_url()).content.decode()
        assert (decider in page) is sees


def test_pages_of_somebody_who_holds_nothing(client):
    client.force_login(owner_of(provider_with_owner()))

    for name in ("price_list", "evidence_overview", "set_price", "leave_dps"):
        assert client.get(reverse(f"providers:{name}")).status_code == 200


@pytest.mark.parametrize("providers", [1, 3])
def test_provider_list_costs_the_same_however_long(
    client, lot, providers, django_assert_num_queries
):
    for _ in range(providers):
        admitted(lot, at=timezone.now())
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))
    client.get(reverse("providers:provider_list"))

    with django_assert_num_queries(7):
        page = client.get(reverse("providers:provider_list"))

    assert len(page.context["page"]) == providers


def test_provider_list_is_searched_filtered_and_downloaded(client, lot, now):
    one = admitted(lot, at=now).provider
    gone = admitted(LotFactory(agreement=AgreementFactory()), at=now)
    leave(gone, timezone.localdate(now), at=now)
    never = provider_with_owner()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    def found(**query):
        page = client.get(reverse("providers:provider_list"), query)
        return {row["provider"] for row in page.context["page"]}

    assert found() == {one, gone.provider, never}
    assert found(q=one.reference) == {one}
    assert found(lot=lot.pk) == found(state="admitted") == {one}
    assert found(state="suspended") == set()
    assert found(state="ended") == {gone.provider}
    assert found(state="never") == {never}
    assert found(state="nonsense") == {one, gone.provider, never}
    answer = client.get(
        reverse("providers:provider_list"), {"download": "csv", "state": "admitted"}
    )
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert lines[1].endswith(f'"{lot}: Admitted"')

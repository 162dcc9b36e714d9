"""What sections share: places, documents and grounds that serve several applications."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.documents.models import ScanState
from dps_portal.refusals import Refused
from providers import services
from providers.models import Application, CqcLocation, EvidenceDocument, Location, RatingChange
from providers.states import EvidenceKind, ExclusionGround
from tests.factories.agreements import LotFactory
from tests.factories.providers import (
    AT,
    EXPIRES,
    PDF,
    decided,
    draft,
    owner_of,
    submitted,
    whole_draft,
)

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def remove(application, location):
    services.remove_location(
        application=application, location=location, by=owner_of(application.provider), at=LATER
    )


def still_missing(application):
    return services.objections_to_submission(Application.objects.get(pk=application.pk), LATER)


def renewed(application, *, kind=EvidenceKind.INSURANCE):
    return services.save_evidence(
        application=application,
        kind=kind,
        name="renewed.pdf",
        content=PDF,
        expires_on=EXPIRES,
        by=owner_of(application.provider),
        at=LATER,
    )


# ── Places ───────────────────────────────────────────────────────────────────────────────────
def test_a_place_that_is_removed_serves_no_lot_any_more():
    application = whole_draft()

    remove(application, application.held_locations().get())

    lot = application.lots.get().lot
    assert still_missing(application) == [
        "Add at least one location.",
        f"{lot}: choose at least one location.",
    ]


def test_a_place_that_is_removed_stays_in_what_was_handed_in():
    before = submitted()
    place = before.held_locations().get()
    other = draft(provider=before.provider, lots=[LotFactory()])

    remove(other, place)

    assert list(before.held_locations()) == [place]
    assert list(before.lots.get().locations.all()) == [place]


def test_r3_4_a_place_on_which_an_admission_rests_is_not_removed(client):
    """A bad rating would otherwise be gone with it."""
    held = decided(at=timezone.now())
    application = draft(
        provider=held.application.provider, lots=[LotFactory(agreement=held.lot.agreement)]
    )
    place = application.held_locations().get()

    with pytest.raises(Refused) as refusal:
        remove(application, place)

    reason = f"Haven House can’t be removed: your organisation is admitted to {held.lot} with it."
    assert refusal.value.reasons == (reason,)
    client.force_login(owner_of(application.provider))
    url = reverse("providers:remove_location", args=[application.reference, place.cqc_location_id])
    assert reason in client.post(url, follow=True).content.decode()
    assert list(application.held_locations()) == [place]


def listed(services_there, **facts):
    return CqcLocation(
        **{
            "location_id": "1-100200300",
            "name": "Haven House",
            "postcode": "PR8 1AA",
            "service_types": services_there,
        }
        | facts
    )


RESIDENTIAL = "Rehabilitation (substance abuse)"
COMMUNITY = "Community services - Substance abuse"


def bring_in(*locations, lacking=()):
    return services.import_cqc_locations(locations=locations, lacking=lacking, at=LATER)


def test_r3_4_the_directory_settles_a_place_that_was_added_by_hand():
    application = whole_draft()

    bring_in(listed(COMMUNITY))

    place = application.held_locations().get()
    assert (place.in_directory, place.has_activity) == (True, False)
    lot = application.lots.get().lot
    assert still_missing(application) == [
        f"{lot}: Haven House is not registered for this kind of service."
    ]
    bring_in(listed(RESIDENTIAL))
    assert still_missing(application) == []


def test_r3_4_an_edition_without_ratings_leaves_the_ratings_that_are_known():
    whole_draft()
    bring_in(listed(RESIDENTIAL, rating="inadequate", inspected_on=AT.date()))

    counts = bring_in(listed(RESIDENTIAL, address="1 Sea Road"), lacking=["rating", "inspected_on"])

    assert counts == {"new": 0, "changed": 1, "unchanged": 0}
    known = CqcLocation.objects.get()
    assert (known.rating, known.inspected_on) == ("inadequate", AT.date())
    assert list(Location.objects.rated_inadequate()) == [Location.objects.get()]
    assert not RatingChange.objects.exists()


# ── Documents ────────────────────────────────────────────────────────────────────────────────
def test_r3_5_an_admitted_providers_document_is_checked_also_when_it_comes_with_a_draft():
    held = decided()
    application = draft(
        provider=held.application.provider, lots=[LotFactory(agreement=held.lot.agreement)]
    )

    assert renewed(application).needs_check
    assert list(EvidenceDocument.objects.to_check()) == [
        application.held_evidence().get(kind=EvidenceKind.INSURANCE)
    ]
    assert not renewed(draft()).needs_check


@pytest.mark.parametrize("how", ["infected", "rejected"])
def test_r3_5_a_document_that_was_refused_counts_as_missing(how):
    application = whole_draft()
    evidence = application.held_evidence().get(kind=EvidenceKind.INSURANCE)
    if how == "infected":
        evidence.document.scan_state = ScanState.INFECTED
        evidence.document.save()
    else:
        evidence.finding, evidence.finding_reason = "rejected", "Unreadable."
        evidence.checked_by, evidence.checked_at = owner_of(application.provider), AT
        evidence.save()

    assert still_missing(application) == [
        "Upload a document: Public liability insurance certificate."
    ]


@pytest.mark.parametrize(
    ("state", "shown"), [(ScanState.PENDING, 1), (ScanState.INFECTED, 1), (ScanState.CLEAN, 0)]
)
@pytest.mark.parametrize("page", ["evidence_list", "submit_application"])
def test_the_state_of_the_scan_is_shown_beside_a_document(client, state, shown, page):
    application = whole_draft()
    document = application.held_evidence().get(kind=EvidenceKind.INSURANCE).document
    document.scan_state = state
    document.save()
    client.force_login(owner_of(application.provider))

    text = client.get(reverse(f"providers:{page}", args=[application.reference])).content.decode()

    assert text.count(document.get_scan_state_display()) == shown


# ── Grounds ──────────────────────────────────────────────────────────────────────────────────
def test_what_is_handed_in_names_the_document_of_a_ground():
    application = whole_draft()
    by = {"by": owner_of(application.provider), "at": AT}
    declaration = services.save_declaration(
        application=application,
        grounds=[ExclusionGround.MISCONDUCT],
        declared_by_name="Alex Owner",
        **by,
    )
    ground = services.save_ground(
        ground=declaration.grounds.get(),
        happened_on=AT.date() - timedelta(days=400),
        what_happened="A fine.",
        compensation="",
        cooperation="",
        measures="New rules.",
        file=("court.pdf", PDF),
        **by,
    )

    services.submit_application(application=application, **by)

    said = application.submissions.get().answers["Ground: Grave professional misconduct"]
    assert said.splitlines()[-1] == f"court.pdf, {ground.document.sha256}"


# ── Re-use ───────────────────────────────────────────────────────────────────────────────────
def test_r10_6_nothing_is_taken_over_from_another_organisation():
    theirs = whole_draft()
    lot = theirs.lots.get().lot
    own = draft(lots=[lot])
    by = owner_of(own.provider)
    services.withdraw_application(application=own, by=by, at=AT)

    with pytest.raises(Refused) as refusal:
        services.start_application(
            provider=own.provider,
            agreement=lot.agreement,
            lots=[lot],
            copied_from=theirs,
            by=by,
            at=AT,
        )

    assert refusal.value.reasons == (
        "Answers are taken over from an application of your own organisation only.",
    )


# ── Pages ────────────────────────────────────────────────────────────────────────────────────
def test_the_task_list_says_what_each_section_lacks(client):
    application = draft()
    client.force_login(owner_of(application.provider))

    shown = client.get(application.get_absolute_url())

    lot = application.lots.get().lot
    assert [task.get("hint", "") for task in shown.context["tasks"]] == [
        "Confirm the details of your organisation.",
        "Add at least one location.",
        "Say whether an exclusion ground applies. And 1 more.",
        "Upload a document: Public liability insurance certificate. And 4 more.",
        f"{lot}: choose at least one location. And 2 more.",
    ]


def test_a_lot_without_a_place_to_choose_leads_to_the_locations(client):
    application = draft()
    client.force_login(owner_of(application.provider))

    shown = client.get(
        reverse(
            "providers:save_lot", args=[application.reference, application.lots.get().lot.number]
        )
    ).content.decode()

    assert "Add a location before you describe your service." in shown
    assert "service_description" not in shown
    assert reverse("providers:location_list", args=[application.reference]) in shown


def test_places_of_one_name_are_told_apart_on_the_page_of_a_lot(client):
    application = whole_draft()
    services.save_location(
        application=application,
        cqc_location_id="1-100200301",
        name="Haven House",
        postcode="PR9 0ZZ",
        by=owner_of(application.provider),
        at=AT,
    )
    client.force_login(owner_of(application.provider))

    shown = client.get(
        reverse(
            "providers:save_lot", args=[application.reference, application.lots.get().lot.number]
        )
    ).content.decode()

    assert ("1-100200300, PR8 1AA" in shown, "1-100200301, PR9 0ZZ" in shown) == (True, True)


def test_what_was_typed_for_a_lot_survives_when_its_last_place_is_gone(client):
    application = draft()
    client.force_login(owner_of(application.provider))

    shown = client.post(
        reverse(
            "providers:save_lot",
            args=[application.reference, application.lots.get().lot.number],
        ),
        {"service_description": "Twelve weeks by the sea.", "weekly_pence": "845"},
    ).content.decode()

    assert "Twelve weeks by the sea." in shown
    assert "Add a location before you describe your service." in shown

"""Acts at the same moment: exactly one has its effect."""

import threading
import time
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from dps_portal.accounts.roles import Role
from providers import services
from providers.models import (
    Admission,
    Application,
    DeclaredGround,
    LotApplication,
    Membership,
    Provider,
    RegistrationClaim,
)
from providers.services.applications import snapshot
from providers.states import ApplicationState, ExclusionGround, Outcome
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import (
    AT,
    assess,
    owner_of,
    provider_with_owner,
    recommended,
    reviewer,
    submitted,
    whole_draft,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_deciders_one_wins_and_the_other_is_told():
    lot_application = recommended()
    deciders = [reviewer(lot_application.application, Role.COMMISSIONER) for _ in range(2)]

    def decide(by):
        return lambda: services.decide_lot(
            lot_application=lot_application,
            outcome=Outcome.ADMITTED,
            reason="As recommended.",
            by=by,
            at=AT,
        )

    done, refused, errors = at_once(*map(decide, deciders))

    assert errors == []
    assert len(done) == 1
    assert refused == [("This lot is already decided.",)]
    assert Admission.objects.count() == 1


def test_of_two_recommenders_one_wins_and_the_other_is_told():
    lot_application = submitted().lots.get()
    assess(lot_application)
    officers = [reviewer(lot_application.application, Role.PROCUREMENT) for _ in range(2)]

    def recommend(by):
        return lambda: services.recommend_lot(
            lot_application=lot_application,
            outcome=Outcome.ADMITTED,
            reason="As assessed.",
            by=by,
            at=AT,
        )

    done, refused, errors = at_once(*map(recommend, officers))

    assert errors == []
    assert refused == [("There is a recommendation already. New findings withdraw it.",)]
    lot_application.refresh_from_db()
    assert [one.recommended_by_id for one in done] == [lot_application.recommended_by_id]


@pytest.mark.parametrize(("fact", "value"), [("outcome", "refused"), ("recommendation", "refused")])
def test_without_the_lock_both_decide_and_both_recommend(fact, value):
    """The twin: looking first and writing after must fail, or the tests above prove nothing."""
    lot_application = recommended() if fact == "outcome" else submitted().lots.get()
    looked = threading.Barrier(2)
    by = {"outcome": "decided", "recommendation": "recommended"}[fact]

    def act(person):
        def look_then_write():
            one = LotApplication.objects.get(pk=lot_application.pk)
            is_open = not getattr(one, fact)
            connection.close()
            looked.wait()
            with transaction.atomic():
                if is_open:
                    written = {fact: value, f"{by}_by": person, f"{by}_at": AT, "letter": ""}
                    written |= {"letter": "No."} if fact == "outcome" else {}
                    LotApplication.objects.filter(pk=one.pk).update(**written)
            return is_open

        return look_then_write

    done, refused, errors = at_once(*(act(UserFactory()) for _ in range(2)))

    assert (done, refused, errors) == ([True, True], [], [])


def test_of_registrations_with_one_number_one_wins():
    people = [UserFactory() for _ in range(4)]

    def register(by):
        return lambda: services.register_provider(
            name="Haven House",
            company_number="01234567",
            charity_number=None,
            cqc_provider_id=None,
            by=by,
            at=AT,
        )

    done, refused, errors = at_once(*map(register, people))

    assert errors == []
    assert refused == []
    assert [type(one) for one in done].count(RegistrationClaim) == len(people) - 1
    assert Provider.objects.count() == Membership.objects.count() == 1


def test_of_applications_of_one_provider_one_is_started():
    provider, lot = provider_with_owner(), LotFactory()
    by = owner_of(provider)

    def start():
        return services.start_application(
            provider=provider, agreement=lot.agreement, lots=[lot], by=by, at=AT
        )

    done, refused, errors = at_once(start, start, start)

    assert errors == []
    assert len(done) == 1
    assert refused == [("Your organisation already has an application under way.",)] * 2
    assert Application.objects.count() == 1


def test_without_the_lock_the_database_alone_keeps_it_to_one_application():
    """The twin: both look before either writes, and one fails without a reason for its reader."""
    provider, lot = provider_with_owner(), LotFactory()
    by = owner_of(provider)
    looked = threading.Barrier(2)

    def look_then_start():
        has_live = provider.applications.live().exists()
        connection.close()
        looked.wait()
        try:
            Application.objects.create(
                provider=provider, agreement=lot.agreement, started_by=by, started_at=AT
            )
        except IntegrityError:
            return has_live, "error"
        return has_live, "started"

    done, refused, errors = at_once(look_then_start, look_then_start)

    assert (sorted(done), refused, errors) == ([(False, "error"), (False, "started")], [], [])


def draft_with_a_ground():
    application = whole_draft()
    declaration = services.save_declaration(
        application=application,
        grounds=[ExclusionGround.MISCONDUCT],
        declared_by_name="Alex Owner",
        by=owner_of(application.provider),
        at=AT,
    )
    return application, tell(declaration.grounds.get(), "A fine.")


def tell(ground, what_happened):
    return services.save_ground(
        ground=ground,
        happened_on=date(2026, 1, 5),
        what_happened=what_happened,
        compensation="",
        cooperation="",
        measures="New rules.",
        file=None,
        by=owner_of(ground.declaration.provider),
        at=AT,
    )


def while_handing_in(application, act):
    """``act`` begins while the submission is written and not yet kept."""
    by = owner_of(application.provider)
    written = threading.Event()

    def hand_in():
        with transaction.atomic():
            services.submit_application(application=application, by=by, at=AT)
            written.set()
            time.sleep(0.5)

    def interfere():
        written.wait()
        return act()

    _, refused, errors = at_once(hand_in, interfere)
    application = Application.objects.get(pk=application.pk)
    return refused, errors, snapshot(application) == application.submissions.get().answers


CLOSED = ("The application is marked “Submitted”, which does not allow this.",)


@pytest.mark.parametrize("what", ["ground", "declaration"])
def test_nothing_is_declared_behind_what_is_handed_in(what):
    application, ground = draft_with_a_ground()

    def act():
        if what == "ground":
            return tell(ground, "Nothing at all.")
        return services.save_declaration(
            application=application,
            grounds=[],
            declared_by_name="Somebody else",
            by=owner_of(application.provider),
            at=AT,
        )

    assert while_handing_in(application, act) == ([CLOSED], [], True)


def test_without_the_lock_a_ground_changes_behind_what_is_handed_in():
    """The twin: who looked at the draft before it was handed in writes afterwards."""
    application, ground = draft_with_a_ground()
    was_draft = Application.objects.get(pk=application.pk).state == ApplicationState.DRAFT

    def act():
        if was_draft:
            DeclaredGround.objects.filter(pk=ground.pk).update(what_happened="Nothing at all.")

    assert while_handing_in(application, act) == ([], [], False)

"""Acts at the same moment: exactly one has its effect."""

import threading

import pytest
from django.db import connection, transaction

from dps_portal.accounts.roles import Role
from dps_portal.refusals import Refused
from providers import services
from providers.models import (
    Admission,
    Application,
    LotApplication,
    Membership,
    Provider,
    RegistrationClaim,
)
from providers.states import Outcome
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
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Each in its own thread and connection: results, reasons of refusals, other errors."""
    barrier = threading.Barrier(len(acts))
    done, refused, errors = [], [], []

    def run(act):
        try:
            barrier.wait()
            done.append(act())
        except Refused as refusal:
            refused.append(refusal.reasons)
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused, errors


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

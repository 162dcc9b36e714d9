"""What the council finds, recommends and decides, and the rates that follow."""

from datetime import date, timedelta

import pytest

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import services
from providers.models import Admission, Rate
from providers.states import ApplicationState, Criterion, Finding, Outcome, RateSource
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import (
    AT,
    assess,
    decided,
    declared,
    owner_of,
    provider_with_owner,
    recommended,
    submitted,
)

pytestmark = pytest.mark.django_db

TODAY = AT.date()


def somebody(lot_application, role, by=None):
    """Who has declared no conflict of interest."""
    return declared(lot_application.application, by or UserFactory(roles=[role]))


def decide(lot_application, *, outcome=Outcome.ADMITTED, by=None, at=AT):
    return services.decide_lot(
        lot_application=lot_application,
        outcome=outcome,
        reason="It is so.",
        by=somebody(lot_application, Role.COMMISSIONER, by),
        at=at,
    )


def recommend(lot_application, *, outcome=Outcome.ADMITTED, by=None):
    return services.recommend_lot(
        lot_application=lot_application,
        outcome=outcome,
        reason="As assessed.",
        by=somebody(lot_application, Role.PROCUREMENT, by),
        at=AT,
    )


def letters(application):
    return Notification.objects.filter(to=owner_of(application.provider)).order_by("pk")


# ── Findings ─────────────────────────────────────────────────────────────────────────────────
def test_record_assessment_keeps_one_finding_per_assessor_and_criterion():
    lot_application, assessor = submitted().lots.get(), UserFactory(roles=[Role.PROCUREMENT])
    assess(lot_application, by=assessor, price=Finding.NOT_MET)

    assess(lot_application, by=assessor)
    assess(lot_application)

    own = lot_application.assessments.filter(assessor=assessor)
    assert {(each.criterion, each.finding) for each in own} == {
        (criterion, Finding.MET) for criterion in Criterion
    }
    assert lot_application.assessments.count() == 2 * len(Criterion)


def test_record_assessment_withdraws_the_recommendation():
    lot_application = recommended()

    assess(lot_application, service=Finding.CLARIFY)

    lot_application.refresh_from_db()
    assert (lot_application.recommendation, lot_application.recommended_by) == ("", None)
    with pytest.raises(Refused) as refusal:
        decide(lot_application)
    assert refusal.value.reasons == ("There is no recommendation to decide on yet.",)


def test_record_assessment_is_refused_once_the_lot_is_decided():
    with pytest.raises(Refused) as refusal:
        assess(decided())

    assert refusal.value.reasons == ("This lot is already decided.",)


def test_record_assessment_writes_findings_and_no_reasons_to_the_trail():
    application = submitted()

    assess(application.lots.get(), reason="Somebody told us something.")

    event = AuditEvent.objects.about(application).in_order().last()
    assert event.action == "application.lot_assessed"
    assert event.facts == {
        "lot": application.lots.get().lot.number,
        "findings": {criterion.value: "met" for criterion in Criterion},
    }


# ── Recommendation ───────────────────────────────────────────────────────────────────────────
def test_recommend_lot_tells_those_who_decide():
    commissioner = UserFactory(roles=[Role.COMMISSIONER])

    lot_application = recommended()

    assert lot_application.recommendation == Outcome.ADMITTED
    assert list(commissioner.notifications.values_list("subject", flat=True)) == [
        f"Application {lot_application.application} is waiting for your decision"
    ]


def test_recommend_lot_is_refused_while_a_criterion_is_open():
    lot_application = submitted().lots.get()
    services.record_assessment(
        lot_application=lot_application,
        findings={
            criterion: (Finding.MET if criterion != Criterion.SERVICE else Finding.CLARIFY, "Seen.")
            for criterion in Criterion
            if criterion != Criterion.PRICE
        },
        by=somebody(lot_application, Role.PROCUREMENT),
        at=AT,
    )

    with pytest.raises(Refused) as refusal:
        recommend(lot_application)

    assert refusal.value.reasons == (
        "“Weekly price at or below the ceiling of the lot” is not assessed yet.",
        "“Service meets the specification of the lot” still needs clarification.",
    )


# ── Decision ─────────────────────────────────────────────────────────────────────────────────
def test_decide_lot_admits_with_the_price_of_the_application_and_sends_the_letter():
    lot_application = decide(recommended())

    application = lot_application.application
    admission = Admission.objects.get()
    assert (admission.provider, admission.lot, admission.admitted_on) == (
        application.provider,
        lot_application.lot,
        TODAY,
    )
    rate = Rate.objects.get()
    assert (rate.weekly_pence, rate.effective_from, rate.source) == (
        84_500,
        TODAY,
        RateSource.PRICE_LIST,
    )
    application.refresh_from_db()
    assert (application.state, application.closed_at) == (ApplicationState.DECIDED, AT)
    letter = letters(application).last()
    assert letter.subject == f"There is a decision on your application {application}"
    assert letter.body == (
        f"It concerns {lot_application.lot}. Read the letter with the reasons:\n\n"
        f"http://localhost:8000{application.get_absolute_url()}"
        f"lots/{lot_application.lot.number}/letter/"
    )
    assert lot_application.letter.splitlines()[3:] == [
        f"To: {application.provider.name}",
        "Date: 1 December 2026",
        f"Application {application}, {lot_application.lot}",
        "",
        "The council has decided to admit your organisation to this lot. The admission holds from "
        "1 December 2026. You will be invited to every competition for the lot.",
        "",
        "Reason: It is so.",
        "",
        "Nobody is limited in number, ranked or charged for joining.",
    ]


def test_decide_lot_refuses_with_the_reason_and_gives_no_place():
    lot_application = decide(recommended(outcome=Outcome.REFUSED), outcome=Outcome.REFUSED)

    assert not Admission.objects.exists()
    assert not Rate.objects.exists()
    assert letters(lot_application.application).count() == 2
    assert lot_application.letter.splitlines()[7:] == [
        "The council has decided not to admit your organisation to this lot.",
        "",
        "These criteria were not met:",
        "- Service meets the specification of the lot",
        "",
        "Reason: It is so.",
        "",
        "You can apply again at once. You can also ask for the reasons in writing; the council "
        "answers within 15 days.",
        "",
        "Nobody is limited in number, ranked or charged for joining.",
    ]


def test_r2_8_one_lot_is_admitted_and_another_refused():
    """The application is decided with its last lot."""
    first = LotFactory()
    second = LotFactory(agreement=first.agreement)
    application = submitted(lots=[first, second])
    one, other = application.lots_in_order()
    assess(one)
    assess(other, service=Finding.NOT_MET)
    recommend(one)
    recommend(other, outcome=Outcome.REFUSED)

    decide(one)

    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    decide(other, outcome=Outcome.REFUSED)
    application.refresh_from_db()
    assert application.state == ApplicationState.DECIDED
    assert [admission.lot for admission in Admission.objects.current(TODAY)] == [first]
    assert letters(application).count() == 3


def test_decide_lot_is_for_another_person_than_the_recommender():
    both = UserFactory(roles=[Role.PROCUREMENT, Role.COMMISSIONER])
    lot_application = submitted().lots.get()
    assess(lot_application)
    recommend(lot_application, by=both)

    with pytest.raises(Refused) as refusal:
        decide(lot_application, by=both)

    assert refusal.value.reasons == ("A person other than the one who recommended decides.",)
    assert not Admission.objects.exists()


def test_decide_lot_twice_has_one_effect():
    lot_application = decided()

    with pytest.raises(Refused) as refusal:
        decide(lot_application)

    assert refusal.value.reasons == ("This lot is already decided.",)
    assert Admission.objects.count() == 1


def test_r2_3_nobody_is_refused_for_want_of_room():
    """With every criterion met, there is no refusing, and the number is not limited."""
    lot = LotFactory()
    for _ in range(3):
        decide(recommended(lots=[lot]))

    with pytest.raises(Refused) as refusal:
        decide(recommended(lots=[lot]), outcome=Outcome.REFUSED)

    assert refusal.value.reasons == ("Every criterion is met, so the provider cannot be refused.",)
    assert Admission.objects.current(TODAY).filter(lot=lot).count() == 3


def test_decide_lot_is_refused_above_a_ceiling_lowered_since():
    lot_application = recommended()
    lot_application.lot.ceiling_weekly_pence = 84_499
    lot_application.lot.save()

    with pytest.raises(Refused) as refusal:
        decide(lot_application)

    assert refusal.value.reasons == (
        "The weekly price must be above nothing and within the lot's ceiling.",
    )
    assert not Admission.objects.exists()
    lot_application.application.refresh_from_db()
    assert lot_application.application.state == ApplicationState.SUBMITTED


def test_refused_provider_may_apply_again_at_once():
    refused = decided(outcome=Outcome.REFUSED)

    again = recommended(provider=refused.application.provider, lots=[refused.lot])

    assert decide(again).outcome == Outcome.ADMITTED


# ── Rates ────────────────────────────────────────────────────────────────────────────────────
def set_rate(provider, lot, *, day=TODAY, pence=84_500):
    return services.set_rate(
        provider=provider,
        lot=lot,
        effective_from=day,
        weekly_pence=pence,
        source=RateSource.AWARD,
        by=UserFactory(),
        at=AT,
    )


def test_set_rate_holds_from_its_day_until_a_newer_one():
    provider, lot = provider_with_owner(), LotFactory()
    first = set_rate(provider, lot)
    second = set_rate(provider, lot, day=TODAY + timedelta(days=1), pence=90_000)

    assert Rate.objects.in_force(TODAY).first() == first
    assert Rate.objects.in_force(TODAY + timedelta(days=1)).first() == second
    assert not Rate.objects.in_force(date(2026, 11, 30)).exists()


def test_set_rate_again_changes_nothing():
    provider, lot = provider_with_owner(), LotFactory()

    assert set_rate(provider, lot) == set_rate(provider, lot)
    assert AuditEvent.objects.filter(action="provider.rate_set").count() == 1


def test_set_rate_refuses_another_price_on_the_same_day_and_any_above_the_ceiling():
    provider, lot = provider_with_owner(), LotFactory()
    set_rate(provider, lot)

    with pytest.raises(Refused) as refusal:
        set_rate(provider, lot, pence=110_001)

    assert refusal.value.reasons == (
        "The weekly price must be above nothing and within the lot's ceiling.",
        "Another price already starts on that day.",
    )

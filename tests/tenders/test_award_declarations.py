"""A recommended provider renews a declaration that is not fresh, before the decision (R2.13)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.clock import add_months
from dps_portal.refusals import Refused
from providers.models import Declaration, DeclarationRequest
from providers.services import answer_request, save_grounds
from tenders import services
from tenders.models import Award
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db

WHY = "The insurer confirmed by telephone that nothing has changed since then."
DAY = timedelta(days=1)


@pytest.fixture
def competition():
    one = Competition()
    one.locked()
    return one


def told(provider):
    return f"{provider.name} ({provider.reference})"


def declared(provider, at):
    Declaration.objects.filter(provider=provider).update(declared_at=at)


def a_year_before(moment, *, less=timedelta()):
    day = timezone.localdate(moment)
    return moment - (day - add_months(day, -12)) + less


def recommend(competition):
    services.recommend_award(
        tender=competition.tender,
        bids=[competition.first()],
        reason="Ranked first.",
        by=competition.officer,
        at=competition.now,
    )
    competition.tender.refresh_from_db()


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


@pytest.fixture
def asked(competition):
    declared(competition.providers[0], a_year_before(competition.now))
    recommend(competition)
    return DeclarationRequest.objects.select_related("provider").get()


def test_r2_13_a_declaration_within_the_year_is_not_asked_for_again(competition):
    for provider in competition.providers:
        declared(provider, a_year_before(competition.now, less=DAY))
    recommend(competition)

    assert list(DeclarationRequest.objects.all()) == []
    assert len(competition.approve()) == 1


def test_r2_13_only_the_recommended_are_asked_in_words_that_tell_nothing(competition, asked):
    declared(competition.providers[1], a_year_before(competition.now))

    assert (asked.provider, asked.requested_by) == (competition.providers[0], competition.officer)
    assert asked.due_on == competition.lot.agreement.regime.refresh_declaration.ends_on(
        timezone.localdate(competition.now)
    )
    assert "recommend" not in asked.reason


def test_r2_13_whoever_never_declared_is_asked(competition):
    Declaration.objects.filter(provider=competition.providers[0]).delete()
    recommend(competition)

    assert DeclarationRequest.objects.get().provider == competition.providers[0]


def test_r2_13_no_award_while_a_request_is_unanswered_and_in_time(competition, asked):
    waiting = (
        f"{told(asked.provider)} has been asked to renew its declaration, and still has time to.",
    )

    assert refused(competition.approve) == waiting
    assert refused(lambda: competition.approve(overdue_reason=WHY)) == waiting
    save_grounds(
        declaration=asked.declaration,
        grounds=[],
        declared_by_name="Owner",
        by=owner_of(asked.provider),
        at=competition.now,
    )
    answer_request(asked=asked, by=owner_of(asked.provider), at=competition.now)
    assert len(competition.approve(overdue_reason=WHY)) == 1
    assert Award.objects.get().overdue_reason == ""


def test_r2_13_an_overdue_declaration_needs_a_recorded_reason(competition, asked):
    late = competition.now + DAY * ((asked.due_on - timezone.localdate(competition.now)).days + 1)

    assert refused(lambda: competition.approve(at=late)) == (
        f"The declaration of {told(asked.provider)} is overdue. Suspend first, or record why the "
        "award goes on without it, in 10 words or more.",
    )
    competition.approve(at=late, overdue_reason=WHY)
    assert Award.objects.get().overdue_reason == WHY


def test_r2_13_the_page_of_the_decision_shows_where_each_declaration_stands(
    client, competition, asked
):
    client.force_login(competition.commissioner)
    url = reverse("tenders:approve_award", args=[competition.tender.reference])
    page = client.get(url).content.decode()

    assert "Not answered yet" in page
    assert "still has time to" in page
    today = timezone.localdate()
    DeclarationRequest.objects.update(due_on=today - DAY)
    form = client.get(url).context["form"]
    assert "overdue_reason" in form.fields
    assert "Overdue" in client.get(url).content.decode()

"""Renewed declarations (R2.13): one or all, due days, reminders, answers, yearly requests."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from providers import services
from providers.models import Declaration, DeclarationRequest, unassessed_grounds
from providers.states import ExclusionGround
from providers.tasks import remind_of_declarations, request_yearly_declarations
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory
from tests.factories.providers import decided, owner_of, provider_with_owner

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
JOINED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def lot():
    return LotFactory()


def admitted(lot, at=JOINED):
    return decided(lots=[lot], at=at).admission.provider


def ask(lot, provider=None, at=MONDAY, **facts):
    facts = {"reason": "Yearly check.", "by": UserFactory()} | facts
    return services.request_declarations(agreement=lot.agreement, provider=provider, at=at, **facts)


def answer(asked, grounds=(), at=MONDAY):
    by = {"by": owner_of(asked.provider), "at": at}
    services.save_grounds(
        declaration=asked.declaration, grounds=grounds, declared_by_name="Alex Owner", **by
    )
    for each in asked.declaration.grounds.all():
        services.save_ground(
            ground=each,
            happened_on=date(2026, 1, 5),
            what_happened="It happened.",
            compensation="Paid.",
            cooperation="Given.",
            measures="Changed.",
            file=None,
            **by,
        )
    return services.answer_request(asked=asked, **by)


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return list(refusal.value.reasons)


def test_r2_13_declaration_is_due_five_working_days_after_the_request(lot):
    provider = admitted(lot)

    (asked,) = ask(lot, provider)

    assert asked.due_on == date(2026, 4, 8)
    message = Notification.objects.get(to=owner_of(provider), subject__contains="renew")
    assert message.subject == "Please renew your declaration by 8 April 2026"
    assert reverse("providers:declaration_request", args=[asked.pk]) in message.body
    assert AuditEvent.objects.last().action == "provider.declaration_requested"


def test_r2_13_the_published_figure_wins(lot):
    lot.agreement.refresh_days = 7
    lot.agreement.save()

    (asked,) = ask(lot, admitted(lot))

    assert asked.due_on == date(2026, 4, 10)


def test_r2_13_everybody_admitted_is_asked_but_those_who_are_asked_already(lot):
    one, two = admitted(lot), admitted(lot)
    elsewhere = admitted(LotFactory())
    provider_with_owner()
    ask(lot, one)

    assert [asked.provider for asked in ask(lot)] == [two]
    assert not elsewhere.declaration_requests.exists()
    assert refused(lambda: ask(lot, reason="")) == [
        "There is nobody to ask: a provider must be admitted, and one that is asked already "
        "must answer first.",
        "Give the reason.",
    ]
    assert len(refused(lambda: ask(lot, elsewhere))) == 1
    assert DeclarationRequest.objects.count() == 2


def test_what_was_declared_before_is_copied_and_must_be_declared_anew(lot):
    provider = admitted(lot)
    answer(ask(lot, provider)[0], [ExclusionGround.FRAUD])

    (asked,) = ask(lot, provider, at=MONDAY + timedelta(days=1))

    copied = asked.declaration.grounds.get()
    assert (copied.ground, copied.happened_on, copied.what_happened) == (
        "fraud",
        date(2026, 1, 5),
        "It happened.",
    )
    by = {"by": owner_of(provider), "at": MONDAY}
    assert refused(lambda: services.answer_request(asked=asked, **by)) == [
        "Give the name of the person who makes the declaration."
    ]
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_an_answer_is_given_once_and_told_to_the_council(lot):
    provider = admitted(lot)
    officer = UserFactory(roles=[Role.PROCUREMENT])
    (asked,) = ask(lot, provider)

    answer(asked, [ExclusionGround.FRAUD])

    assert DeclarationRequest.objects.get().answered_at == MONDAY
    message = Notification.objects.get(to=officer, subject__contains="has renewed")
    assert "It declares a ground that counts." in message.body
    assert [each.ground for each in unassessed_grounds(MONDAY.date(), providers=[provider])] == [
        "fraud"
    ]
    assert refused(lambda: answer(asked)) == ["The declaration is made already."]


def test_r2_13_reminders_on_day_three_and_after_the_due_day_once_each(lot):
    provider = admitted(lot)
    officer = UserFactory(roles=[Role.PROCUREMENT])
    ask(lot, provider)
    owner = owner_of(provider)

    def sweep(month, day):
        services.remind_of_declarations(at=datetime(2026, month, day, 9, tzinfo=UTC))
        return (
            Notification.objects.filter(to=owner, subject__contains="is due on").count(),
            Notification.objects.filter(to=officer, subject__contains="has not renewed").count(),
        )

    assert [sweep(4, 1), sweep(4, 2), sweep(4, 8), sweep(4, 9), sweep(4, 9)] == [
        (0, 0),
        (1, 0),
        (1, 0),
        (1, 1),
        (1, 1),
    ]
    assert provider.admissions.current(date(2026, 5, 1)).exists()  # nobody is removed
    assert AuditEvent.objects.filter(action="provider.declaration_reminded").count() == 2


def test_an_answered_request_is_not_reminded_of(lot):
    answer(ask(lot, admitted(lot))[0])

    assert services.remind_of_declarations(at=MONDAY + timedelta(days=30)) == 0
    assert remind_of_declarations() == 0


def test_r2_13_a_year_after_the_newest_declaration_it_is_asked_for_again(lot):
    provider = admitted(lot)
    answer(ask(lot, provider)[0])

    def sweep(*day):
        return services.request_yearly_declarations(at=datetime(*day, 9, tzinfo=UTC))

    assert [sweep(2027, 3, 2), sweep(2027, 3, 29), sweep(2027, 3, 30), sweep(2027, 3, 30)] == [
        0,
        0,
        1,
        0,
    ]
    asked = provider.declaration_requests.get(answered_at=None)
    assert (asked.requested_by, asked.due_on) == (None, date(2027, 4, 6))


def test_nobody_is_asked_yearly_who_is_not_admitted(lot):
    provider_with_owner()

    assert request_yearly_declarations() == 0


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def test_the_council_asks_and_the_owner_answers(client, lot):
    now = timezone.now()
    provider = admitted(lot, at=now)
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))
    path = reverse("providers:request_declarations")
    page = client.get(path, {"provider": provider.reference})
    assert page.context["form"].initial["provider"] == provider
    facts = {"agreement": lot.agreement.pk, "provider": provider.pk, "reason": "A press report."}
    assert client.post(path, facts).headers["Location"] == reverse("providers:compliance_list")
    assert "There is nobody to ask" in client.post(path, facts).content.decode()

    asked = DeclarationRequest.objects.get()
    client.force_login(owner_of(provider))
    own = reverse("providers:declaration_request", args=[asked.pk])
    assert own in client.get(provider.get_absolute_url()).content.decode()
    page = client.get(own).content.decode()
    assert "A press report." in page
    answer_path = reverse("providers:answer_request", args=[asked.pk])
    assert "Give the name" in client.get(answer_path).content.decode()
    saved = client.post(
        reverse("providers:renew_grounds", args=[asked.pk]),
        {"has_grounds": "no", "declared_by_name": "Alex Owner"},
    )
    assert saved.headers["Location"] == own
    assert client.post(answer_path, {"confirm": "on"}).headers["Location"] == own
    assert "made already" in client.post(answer_path, {"confirm": "on"}).content.decode()
    assert Declaration.objects.get(request=asked).declared_by == owner_of(provider)
    for page in (own, answer_path, reverse("providers:renew_grounds", args=[asked.pk])):
        assert client.get(page).status_code == 200


def test_grounds_lead_to_their_pages(client, lot):
    now = timezone.now()
    (asked,) = ask(lot, admitted(lot, at=now), at=now)
    client.force_login(owner_of(asked.provider))

    saved = client.post(
        reverse("providers:renew_grounds", args=[asked.pk]),
        {"has_grounds": "yes", "mandatory": ["fraud"], "declared_by_name": "Alex Owner"},
    )

    assert saved.headers["Location"] == reverse(
        "providers:ground_list", args=[asked.declaration.pk]
    )
    page = client.get(reverse("providers:declaration_request", args=[asked.pk])).content.decode()
    assert "Say when it happened and what was done about it: Fraud." in page


def test_a_request_of_another_organisation_is_not_found(client, lot):
    (asked,) = ask(lot, admitted(lot))
    client.force_login(owner_of(provider_with_owner()))

    for name in ("declaration_request", "renew_grounds", "answer_request"):
        path = reverse(f"providers:{name}", args=[asked.pk])
        assert client.get(path).status_code == 404
    assert client.post(path, {"confirm": "on"}).status_code == 404


def test_nobody_to_ask_is_said(client):
    client.force_login(UserFactory(roles=[Role.PROCUREMENT]))

    page = client.get(reverse("providers:request_declarations")).content.decode()

    assert "Nobody is admitted." in page

"""The register of contracts: its dates, how long its file is kept, and its options."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import NoticeTask
from dps_portal.audit.models import AuditEvent
from dps_portal.clock import add_months
from dps_portal.money import pounds
from dps_portal.notifications.models import Notification
from dps_portal.refusals import Refused
from tenders import rules, services
from tenders.models import Contract
from tenders.states import ContractState
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def competition():
    return Competition()


@pytest.fixture
def contract(competition):
    made = competition.awarded(options=2, option_months=12)
    return Contract.objects.select_related("award__tender", "lot__agreement").get(pk=made.pk)


def extend(contract, by, *, at=None):
    return services.exercise_contract_option(
        contract=contract, reason="The need goes on.", by=by, at=at or timezone.now()
    )


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


def get(client, person, name, *args, **query):
    client.force_login(person)
    return client.get(reverse(f"tenders:{name}", args=args), query)


# ── Rules ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("awarded_on", "last_day", "until"),
    [
        (date(2026, 12, 1), date(2027, 12, 31), date(2033, 12, 31)),
        (date(2026, 12, 1), date(2022, 1, 31), date(2029, 12, 1)),
        (date(2026, 12, 1), date(2028, 2, 29), date(2034, 2, 28)),
    ],
)
def test_r8_4_a_file_is_kept_until_the_later_of_both_terms(awarded_on, last_day, until):
    assert rules.keep_until(awarded_on=awarded_on, last_day=last_day) == until


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, []),
        ({"options_left": 0}, ["This contract has no option left."]),
        ({"today": date(2027, 12, 31)}, []),
        (
            {"today": date(2028, 1, 1)},
            ["The contract has ended, so its option has lapsed."],
        ),
        ({"hard_stop": date(2029, 1, 1)}, []),
        ({"hard_stop": date(2028, 12, 31)}, ["The contract would outlast the agreement."]),
    ],
)
def test_an_option_is_taken_in_time_and_within_the_agreement(changed, reasons):
    facts = {
        "options_left": 1,
        "end": date(2028, 1, 1),
        "end_after": date(2029, 1, 1),
        "hard_stop": date(2030, 4, 1),
        "today": date(2027, 6, 1),
    }

    assert rules.objections_to_contract_option(**facts | changed) == reasons


# ── Options ──────────────────────────────────────────────────────────────────────────────────
def test_options_are_published_with_their_length_or_not_at_all(competition):
    assert refused(lambda: competition.drafted(options=1)) == (
        "Give both the number of options and the months of each, or neither.",
    )
    plain = services.evaluation_model(competition.drafted())
    told = services.evaluation_model(competition.drafted(options=2, option_months=12))
    assert "options" not in plain
    assert told["options"] == [2, 12]


def test_an_option_lengthens_the_contract_by_what_was_published(competition, contract):
    end = contract.end

    extension = extend(contract, competition.commissioner)

    contract.refresh_from_db()
    assert (extension.end_before, extension.end_after) == (end, add_months(end, 12))
    assert (contract.end, contract.options_taken) == (add_months(end, 12), 1)
    assert contract.awarded_end == end
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.subject_ref, event.facts["number"]) == (
        "contract.option_exercised",
        contract.reference,
        1,
    )
    told = Notification.objects.filter(to=owner_of(contract.provider)).latest("pk")
    assert told.subject == f"Contract {contract} is extended"


def test_a_contract_without_options_is_not_extended(competition):
    contract = competition.awarded()

    assert refused(lambda: extend(contract, competition.commissioner)) == (
        "This contract has no option left.",
    )
    assert not AuditEvent.objects.filter(action="contract.option_exercised").exists()


# ── Pages ────────────────────────────────────────────────────────────────────────────────────
def test_the_page_of_a_contract_says_what_binds_whom_and_until_when(client, competition, contract):
    notice = NoticeTask.objects.latest("pk")
    notice.reference, notice.published_on = "2026/S 123", timezone.localdate()
    notice.save()
    page = get(client, competition.commissioner, "contract", contract.reference)
    text = page.content.decode()

    for wanted in (
        contract.reference,
        contract.provider.name,
        contract.award.tender.reference,
        "2, each of 12 months; 0 taken",
        "2026/S 123",
        "approved by Commissioner",
        f"{contract.keep_until:%B %Y}",
        f"{contract.last_day:%B %Y}",
    ):
        assert wanted in text
    assert page.context["status"] == {"text": "Not begun", "colour": "blue"}
    assert page.context["may_extend"]


def test_the_commissioner_takes_an_option_on_its_page(client, competition, contract):
    Contract.objects.update(options=1)
    args = [contract.reference]
    form = get(client, competition.commissioner, "exercise_contract_option", *args)
    url = reverse("tenders:exercise_contract_option", args=args)

    assert "This cannot be undone." in form.content.decode()
    assert client.post(url, {"reason": ""}).status_code == 200
    assert client.post(url, {"reason": "The need."}).url == contract.get_absolute_url()
    assert "The need." in client.get(contract.get_absolute_url()).content.decode()
    assert "no option left" in client.get(url).content.decode()


def test_the_register_is_for_those_who_see_the_agreement(client, competition, contract):
    finance = UserFactory(roles=[Role.FINANCE])
    tender = contract.award.tender.get_absolute_url()

    assert tender not in get(client, finance, "contract", contract.reference).content.decode()
    assert get(client, finance, "contract", "CT-NONE").status_code == 404
    for name, who in (
        ("contract", owner_of(contract.provider)),
        ("contract", UserFactory(roles=[Role.EVALUATOR])),
        ("exercise_contract_option", competition.officer),
    ):
        assert get(client, who, name, contract.reference).status_code == 403
    page = get(client, competition.officer, "contract", contract.reference)
    assert not page.context["may_extend"]


def test_the_register_is_narrowed_by_lot_and_by_state(client, competition, contract):
    other = Competition().awarded()
    day = timezone.localdate()
    Contract.objects.filter(pk=other.pk).update(start=day - 9 * DAY, end=day + DAY)

    def found(**query):
        page = get(client, competition.officer, "contract_list", **query).context["page"]
        return [one.reference for one in page]

    assert found() == [other.reference, contract.reference]
    assert found(lot=contract.lot_id) == [contract.reference]
    assert found(state=ContractState.RUNNING) == [other.reference]
    assert found(state=ContractState.NOT_BEGUN) == [contract.reference]
    assert found(state=ContractState.ENDED) == []
    assert found(q=contract.award.tender.reference) == [contract.reference]
    file = get(client, competition.officer, "contract_list", lot=contract.lot_id, download="csv")
    assert file.text.splitlines()[1].split(",")[-2:] == [
        f'"{pounds(contract.value_pence)}"',
        '"Not begun"',
    ]
    Contract.objects.filter(pk=other.pk).update(end=day)
    assert found(state=ContractState.ENDED) == [other.reference]

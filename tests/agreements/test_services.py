"""Taking in the published agreement, and its extension options (R6.2)."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from dps_portal.agreements import services
from dps_portal.agreements.management.commands.load_agreement import DATA
from dps_portal.agreements.models import Agreement, ExtensionOption
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


def published(**changes):
    return json.loads(DATA.read_text(encoding="utf-8")) | changes


@pytest.fixture
def agreement():
    return services.load_agreement(data=published(), by=None, at=AT)


def exercise(agreement, number=1, **facts):
    return services.exercise_option(
        **{
            "option": agreement.options.get(number=number),
            "evidence": "Cabinet Member decision",
            "on": date(2025, 3, 1),
            "by": UserFactory(),
            "at": AT,
        }
        | facts
    )


def reasons(agreement, number=1, **facts):
    with pytest.raises(Refused) as refused:
        exercise(agreement, number, **facts)
    return refused.value.reasons


def test_published_agreement_has_its_lots_rounds_and_options(agreement):
    assert [str(lot) for lot in agreement.lots.order_by("number")] == [
        "Lot 1: Standard",
        "Lot 2: Enhanced",
        "Lot 3: Specialist",
    ]
    assert list(
        agreement.rounds.order_by("opens_at").values_list("notice_reference", flat=True)
    ) == ["2021/S 000-030023", "2023/S 000-025681", "2025/S 000-007932"]
    assert list(agreement.options.order_by("number").values_list("end", flat=True)) == [
        date(2026, 4, 1),
        date(2027, 4, 1),
    ]
    assert (agreement.published_value_pence, agreement.annual_ceiling_pence) == (
        5 * 27_000_000,
        27_000_000,
    )


def test_loading_twice_leaves_what_is_there(agreement):
    again = services.load_agreement(data=published(title="Another title"), by=None, at=AT)

    assert again == agreement
    assert Agreement.objects.get().title == agreement.title
    assert AuditEvent.objects.filter(action="agreement.loaded").count() == 1


def test_command_loads_the_agreement_with_option_1_exercised(capsys):
    call_command("load_agreement")
    call_command("load_agreement")

    agreement = Agreement.objects.get()
    assert agreement.end == date(2026, 4, 1)
    assert list(agreement.options.order_by("number").values_list("exercised_on", flat=True)) == [
        date(2025, 3, 31),
        None,
    ]


def test_option_lengthens_the_term_and_is_recorded(agreement):
    assert exercise(agreement).end == date(2026, 4, 1)

    event = AuditEvent.objects.get(action="option.exercised")
    assert event.facts == {"option": 1, "end": "2026-04-01"}


def test_option_is_exercised_once(agreement):
    exercise(agreement)

    assert reasons(agreement) == ("This option has been exercised already.",)


def test_option_after_its_last_day_is_refused(agreement):
    assert reasons(agreement, on=date(2025, 4, 1), at=LATER) == (
        "The last day to exercise this option has passed.",
    )


def test_option_on_its_last_day_is_in_time(agreement):
    assert exercise(agreement, on=date(2025, 3, 31), at=LATER).end == date(2026, 4, 1)


def test_second_option_waits_for_the_first(agreement):
    assert reasons(agreement, 2) == (
        "This option does not follow on from the present end of the term.",
    )


def test_option_refused_for_every_reason_at_once(agreement):
    assert reasons(agreement, 2, evidence=" ", on=date(2026, 4, 1), at=LATER) == (
        "The last day to exercise this option has passed.",
        "This option does not follow on from the present end of the term.",
        "Say where the decision is recorded.",
        "The decision was made after 23 February 2026, when validity could no longer be changed. "
        "Record the legal advice that exercising an advertised option stands.",
    )
    assert not ExtensionOption.objects.exclude(exercised_on=None).exists()

"""The decisions on a person's record, on plain values."""

from datetime import UTC, date, datetime

import pytest

from placements import rules
from placements.states import SubjectRequestKind, SubjectRequestState

DAY = date(2026, 5, 1)
ALEX = {"name": "Alex Example", "born_on": date(1980, 2, 29), "number": "SC 123 456"}


@pytest.mark.parametrize(
    "typed",
    [
        "Zoë O’Hara-Lynn",
        "zoe o'hara lynn",
        "ZOË  OʼHARA–LYNN",
        "Zoe\u0308 O’Hara-Lynn",
        "zoeoharalynn",
    ],
)
def test_name_is_the_same_whatever_its_case_accents_spaces_and_hyphens(typed):
    assert rules.plain_name(typed) == "zoeoharalynn"


def test_other_names_are_others():
    assert len({rules.plain_name(name) for name in ("Ann Lee", "Anne Lee", "An Lee")}) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Needs a quiet room.", []),
        ("alex  EXAMPLE needs a room.", ["The text has the person's name."]),
        ("Born 29/02/1980.", ["The text has the person's date of birth."]),
        ("Born 29.2.1980.", ["The text has the person's date of birth."]),
        ("Born on 29 February 1980.", ["The text has the person's date of birth."]),
        ("Born on 29 feb 1980.", ["The text has the person's date of birth."]),
        ("Born 1980-02-29.", ["The text has the person's date of birth."]),
        ("It is ALÉX–EXAMPLE’S choice.", ["The text has the person's name."]),
        ("A complex, ampler way.", []),
        ("Alex goes, for example.", []),
        ("See sc-123456.", ["The text has the person's number."]),
    ],
)
def test_t7_the_person_is_looked_for_in_the_words(text, found):
    assert rules.identity_in(text, **ALEX) == found


def test_without_an_identity_nothing_is_found():
    assert rules.identity_in("Anything", name="", born_on=ALEX["born_on"], number="") == []


def test_break_glass_ends_after_24_hours_and_is_refused_where_it_is_not_needed():
    at = datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert rules.break_glass_until(at) == datetime(2026, 5, 2, 9, tzinfo=UTC)
    assert rules.objections_to_break_glass(is_erased=False, sees_already=False) == []
    assert rules.objections_to_break_glass(is_erased=False, sees_already=True) == [
        "You can see this person's case already."
    ]
    assert rules.objections_to_break_glass(is_erased=True, sees_already=False) == [rules.ERASED]


def test_review_is_anothers_and_done_once():
    assert rules.objections_to_review(is_reviewed=False, is_own=False) == []
    assert rules.objections_to_review(is_reviewed=True, is_own=True) == [
        "This has been reviewed already.",
        "Another manager must review this, because you opened the case.",
    ]


def test_restriction_needs_a_manager_and_is_set_and_lifted_once():
    assert rules.objections_to_restriction(is_restricted=False, should_be=False) == []
    assert rules.objections_to_restriction(is_restricted=True, should_be=True) == []
    assert rules.objections_to_restriction(
        is_restricted=True, should_be=False, has_manager=False
    ) == [
        "The record is restricted already.",
        "Name at least one manager, who can lift the restriction.",
    ]
    assert rules.objections_to_restriction(is_restricted=False, should_be=True) == [
        "The record is not restricted."
    ]


@pytest.mark.parametrize(
    ("standing", "is_given", "objections"),
    [
        (None, True, []),
        (False, True, []),
        (True, False, []),
        (True, True, ["This consent is recorded as given already."]),
        (False, False, ["There is no recorded consent to withdraw."]),
        (None, False, ["There is no recorded consent to withdraw."]),
    ],
)
def test_consent_changes_only(standing, is_given, objections):
    assert (
        rules.objections_to_consent(standing=standing, is_given=is_given, on=DAY, today=DAY)
        == objections
    )


def test_consent_has_no_date_in_the_future():
    assert rules.objections_to_consent(
        standing=None, is_given=True, on=date(2026, 5, 2), today=DAY
    ) == ["Consent cannot have a date in the future."]


def test_only_a_withdrawal_stops_an_offer():
    assert rules.objections_to_sharing(consent=None) == []
    assert rules.objections_to_sharing(consent=True) == []
    assert rules.objections_to_sharing(consent=False) == [
        "The person has withdrawn consent to share their needs with providers."
    ]


def test_correction_changes_something_and_takes_nobodys_number():
    facts = {"is_erased": False, "changes_nothing": False, "is_number_taken": False}
    assert rules.objections_to_correction(**facts) == []
    assert rules.objections_to_correction(
        **facts | {"changes_nothing": True, "is_number_taken": True}
    ) == ["Enter what is to be changed.", "Another person has this social care number."]
    assert rules.objections_to_correction(**facts | {"is_erased": True}) == [rules.ERASED]


def test_hold_is_set_and_ended_once():
    facts = {"is_erased": False}
    assert rules.objections_to_legal_hold(is_held=False, should_be=False, **facts) == []
    assert rules.objections_to_legal_hold(is_held=True, should_be=True, **facts) == []
    assert rules.objections_to_legal_hold(is_held=True, should_be=False, **facts) == [
        "A legal hold is in place already."
    ]
    assert rules.objections_to_legal_hold(is_held=False, should_be=True, **facts) == [
        "There is no legal hold."
    ]
    assert rules.objections_to_legal_hold(is_held=True, should_be=True, is_erased=True) == [
        rules.ERASED
    ]


@pytest.mark.parametrize("last", [date(2018, 5, 1), date(2020, 2, 29), date(2018, 3, 31)])
def test_record_is_due_8_years_after_the_last_contact_to_the_day(last):
    due = rules.erasure_due_on(last)
    assert (due.year - last.year, due.month, due.day) == (8, last.month, last.day)
    assert rules.last_contact_of_due(due) == last


def test_erasure_waits_for_the_period_the_referral_and_the_hold():
    facts = {
        "is_erased": False,
        "has_open_referral": False,
        "is_held": False,
        "due_on": DAY,
        "today": DAY,
    }
    assert rules.objections_to_erasure(**facts) == []
    assert rules.objections_to_erasure(
        **facts | {"has_open_referral": True, "is_held": True, "today": date(2026, 4, 30)}
    ) == [
        "The person has an open referral.",
        "A legal hold is in place.",
        "The record must be kept for 8 years after the last contact.",
    ]
    assert rules.objections_to_erasure(**facts | {"is_erased": True}) == [rules.ERASED]


def test_draft_is_stale_after_90_days():
    at = datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert rules.draft_is_stale_if_made_by(at) == datetime(2026, 1, 31, 9, tzinfo=UTC)


def test_subject_request_is_made_once_and_decided_by_another():
    assert rules.objections_to_subject_request(is_erased=False, is_waiting=False) == []
    assert rules.objections_to_subject_request(is_erased=False, is_waiting=True) == [
        "The same is waiting for a decision already."
    ]
    assert rules.objections_to_subject_request(is_erased=True, is_waiting=True) == [rules.ERASED]
    waiting = {"state": SubjectRequestState.WAITING, "is_own": False, "reason": ""}
    assert rules.objections_to_subject_decision(**waiting, is_approved=True) == []
    assert rules.objections_to_subject_decision(
        state=SubjectRequestState.REFUSED, is_own=True, is_approved=False, reason=""
    ) == [
        "The request is marked “Refused”, which does not allow this.",
        "Another manager must decide, because you asked for this.",
        "Say why this is refused.",
    ]


def test_export_is_taken_for_30_days_once_it_is_approved():
    facts = {
        "kind": SubjectRequestKind.EXPORT,
        "state": SubjectRequestState.APPROVED,
        "is_erased": False,
        "decided_on": DAY,
        "today": date(2026, 5, 31),
    }
    assert rules.objections_to_download(**facts) == []
    assert rules.objections_to_download(**facts | {"today": date(2026, 6, 1)}) == [
        "The export could be taken for 30 days. Ask for it again."
    ]
    assert rules.objections_to_download(**facts | {"is_erased": True}) == [rules.ERASED]
    none = ["There is no approved export to take."]
    assert rules.objections_to_download(**facts | {"kind": SubjectRequestKind.ERASURE}) == none
    assert rules.objections_to_download(**facts | {"state": SubjectRequestState.WAITING}) == none

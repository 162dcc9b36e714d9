"""The life of an admission, rule by rule."""

from datetime import date

import pytest

from dps_portal.agreements.regimes import STRICT
from providers import rules
from providers.states import EvidenceCheck, EvidenceState, MeasureKind

TODAY = date(2026, 12, 1)
HELD = rules.Holding("Lot 1: Standard")
SUSPENDED = rules.Holding("Lot 1: Standard", suspended_from=TODAY)


def measure(kind, *holdings, from_on=TODAY, until_on=None, today=TODAY):
    return rules.objections_to_measure(
        kind, holdings, from_on=from_on, until_on=until_on, today=today
    )


def test_r2_13_declaration_is_due_five_working_days_after_the_request():
    assert STRICT.refresh_declaration.ends_on(date(2026, 3, 30)) == date(2026, 4, 8)


def test_r2_13_the_reminder_comes_on_the_third_working_day():
    calendar = STRICT.refresh_declaration.calendar
    assert rules.declaration_reminder_on(requested_on=date(2026, 3, 30), calendar=calendar) == date(
        2026, 4, 2
    )


@pytest.mark.parametrize(
    ("today", "stale"), [(date(2027, 2, 27), False), (date(2027, 2, 28), True)]
)
def test_r2_13_a_declaration_is_stale_after_a_year(today, stale):
    assert rules.is_declaration_stale(declared_on=date(2026, 2, 28), today=today) is stale


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 10, 1), None),
        (date(2026, 10, 2), 60),
        (date(2026, 10, 31), 60),
        (date(2026, 11, 1), 30),
        (date(2026, 11, 24), 7),
        (date(2026, 12, 1), 7),
        (date(2026, 12, 2), rules.LAPSED),
        (date(2027, 12, 2), rules.LAPSED),
    ],
)
def test_r3_5_only_the_nearest_reminder_is_due(today, due):
    assert rules.evidence_reminder(expires_on=date(2026, 12, 1), today=today) == due


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, EvidenceState.IN_DATE),
        ({"expires_on": date(2027, 1, 31)}, EvidenceState.IN_DATE),
        ({"expires_on": date(2027, 1, 30)}, EvidenceState.EXPIRING),
        ({"expires_on": TODAY}, EvidenceState.EXPIRING),
        ({"expires_on": date(2026, 11, 30)}, EvidenceState.EXPIRED),
        ({"needs_check": True}, EvidenceState.TO_CHECK),
        ({"needs_check": True, "expires_on": date(2026, 11, 30)}, EvidenceState.EXPIRED),
        ({"is_refused": True, "expires_on": date(2026, 11, 30)}, EvidenceState.REJECTED),
    ],
)
def test_r3_5_a_document_is_good_on_its_last_day(facts, state):
    plain = {"expires_on": None, "is_refused": False, "needs_check": False}
    assert rules.evidence_state(**plain | facts, today=TODAY) == state


def test_a_suspension_needs_a_lot_that_is_held_and_not_suspended():
    ended = rules.Holding("Lot 2: Enhanced", ended_on=TODAY)

    assert measure(MeasureKind.SUSPENSION, HELD) == []
    assert measure(MeasureKind.SUSPENSION) == [
        "Choose at least one lot that the provider is admitted to."
    ]
    assert measure(MeasureKind.SUSPENSION, SUSPENDED, ended, until_on=TODAY) == [
        "The admission to Lot 2: Enhanced has ended or ends before the measure begins.",
        "Lot 1: Standard already has a suspension from 1 December 2026.",
        "The suspension must end after the day on which it begins.",
    ]


def test_a_suspension_that_is_over_is_no_overlap():
    over = rules.Holding("Lot 1: Standard", suspended_from=date(2026, 11, 1), suspended_until=TODAY)
    later = rules.Holding(
        "Lot 1: Standard", suspended_from=date(2026, 12, 24), suspended_until=date(2027, 1, 4)
    )

    assert measure(MeasureKind.SUSPENSION, over) == []
    assert measure(MeasureKind.SUSPENSION, later) == [
        "Lot 1: Standard already has a suspension from 24 December 2026 until 4 January 2027."
    ]


def test_a_reinstatement_needs_a_suspension_that_still_holds_on_its_day():
    short = rules.Holding(
        "Lot 1: Standard", suspended_from=TODAY, suspended_until=date(2026, 12, 8)
    )

    assert measure(MeasureKind.REINSTATEMENT, SUSPENDED) == []
    assert measure(MeasureKind.REINSTATEMENT, short, from_on=date(2026, 12, 7)) == []
    for holding, day in [(HELD, TODAY), (short, date(2026, 12, 8))]:
        assert measure(MeasureKind.REINSTATEMENT, holding, from_on=day) == [
            "Lot 1: Standard has no suspension that could be ended."
        ]


def test_a_recommendation_is_refused_with_every_reason_at_once():
    assert rules.objections_to_recommended_measure(
        from_on=date(2026, 11, 30), today=TODAY, reason="", waiting=["Lot 1"], others=["Other."]
    ) == [
        "A recommendation on Lot 1 already waits for a decision.",
        "Other.",
        "The measure must begin today or later.",
        "Give the reason.",
    ]


def test_r3_2_an_exclusion_waits_for_the_assessment_of_the_self_cleaning():
    facts = {
        "is_decided": False,
        "is_recommender": True,
        "reason": "",
        "unassessed": ["Fraud"],
        "others": ["Other."],
    }

    assert rules.objections_to_decided_measure(is_approved=True, **facts) == [
        "Assess the self-cleaning first: Fraud.",
        "Other.",
        "A person other than the one who recommended decides.",
        "Give the reason.",
    ]
    assert rules.objections_to_decided_measure(is_approved=False, **facts) == [
        "A person other than the one who recommended decides.",
        "Give the reason.",
    ]
    assert rules.objections_to_decided_measure(
        is_approved=True, **facts | {"is_decided": True}
    ) == ["This recommendation is already decided."]


def test_leaving_is_from_today_on_and_once_a_lot():
    leaving = rules.Holding("Lot 1: Standard", ended_on=date(2026, 12, 24))

    assert rules.objections_to_leaving([HELD], from_on=TODAY, today=TODAY) == []
    assert rules.objections_to_leaving([], from_on=TODAY, today=TODAY) == [
        "Choose at least one lot."
    ]
    assert rules.objections_to_leaving([leaving], from_on=date(2026, 11, 30), today=TODAY) == [
        "Your organisation’s admission to Lot 1: Standard already ends on 24 December 2026.",
        "The day of leaving must be today or later.",
    ]


def test_a_price_starts_tomorrow_or_later_and_once_a_day():
    facts = {"is_admitted": False, "today": TODAY, "has_price_that_day": True}

    assert rules.objections_to_price(effective_from=TODAY, **facts) == [
        "Your organisation is not admitted to this lot.",
        "A new price must start tomorrow or later.",
        "A price for this lot already starts on that day. Choose another day.",
    ]
    assert (
        rules.objections_to_price(
            effective_from=date(2026, 12, 2),
            is_admitted=True,
            today=TODAY,
            has_price_that_day=False,
        )
        == []
    )


def test_a_renewed_document_is_in_date_and_of_somebody_admitted():
    assert rules.objections_to_renewal(
        is_admitted=False, must_expire=True, expires_on=None, today=TODAY
    ) == [
        "Your organisation is not admitted to a lot, so add the document to an application.",
        "Enter the expiry date of the document.",
    ]
    assert rules.objections_to_renewal(
        is_admitted=True, must_expire=True, expires_on=date(2026, 11, 30), today=TODAY
    ) == ["The document has expired."]
    assert (
        rules.objections_to_renewal(
            is_admitted=True, must_expire=True, expires_on=TODAY, today=TODAY
        )
        == []
    )


def test_a_document_is_checked_once_and_rejected_with_a_reason():
    assert rules.objections_to_check(
        is_replaced=True, is_checked=True, finding=EvidenceCheck.REJECTED, reason=""
    ) == [
        "The provider has replaced this document.",
        "This document is already checked.",
        "Give the reason for rejecting the document.",
    ]
    assert (
        rules.objections_to_check(
            is_replaced=False, is_checked=False, finding=EvidenceCheck.ACCEPTED, reason=""
        )
        == []
    )


def test_a_request_needs_somebody_to_ask_and_a_reason():
    assert rules.objections_to_request(providers=1, reason="Yearly.") == []
    assert len(rules.objections_to_request(providers=0, reason="")) == 2


def test_a_rating_is_reviewed_once_with_a_note():
    assert rules.objections_to_review_of_rating(is_reviewed=True, note="") == [
        "This change of rating is already reviewed.",
        "Say what you found and what follows from it.",
    ]
    assert rules.objections_to_review_of_rating(is_reviewed=False, note="Seen.") == []


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2026, 2, 27), 0),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 30), 1),
        (date(2027, 1, 31), 12),
    ],
)
def test_whole_months_end_with_the_month(today, months):
    assert rules.whole_months(date(2026, 1, 31), today) == months

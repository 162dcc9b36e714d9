from datetime import date

import pytest

from providers import rules
from providers.states import ApplicationState, Criterion, EvidenceKind, Finding, Outcome

TODAY = date(2026, 12, 1)
OFFER = rules.Offer(
    number=1,
    title="Lot 1: Standard",
    service_description="A programme.",
    weekly_pence=84_500,
    ceiling_weekly_pence=110_000,
)
WHOLE = {
    "in_directory": (True,),
    "has_exclusion_ground": False,
    "self_cleaning": "",
    "declared_by_name": "Alex Owner",
    "expiry": {
        EvidenceKind.INSURANCE: TODAY,
        EvidenceKind.EMPLOYERS: TODAY,
        EvidenceKind.SAFEGUARDING: None,
    },
    "offers": (OFFER,),
}
ALL_MET = [(criterion, Finding.MET) for criterion in Criterion]


def answers(**facts):
    return rules.Answers(**WHOLE | facts)


def offer(**facts):
    return rules.Offer(**vars(OFFER) | facts)


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "number"),
    [("1234567", "01234567"), (" sc 123456 ", "SC123456"), ("", ""), ("oc312345", "OC312345")],
)
def test_company_number_is_written_as_the_register_writes_it(typed, number):
    assert rules.company_number(typed) == number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("company_number", "01234567"),
        ("company_number", "SC123456"),
        ("company_number", "NI012345"),
        ("charity_number", "123456"),
        ("charity_number", "1234567-12"),
        ("charity_number", "SC012345"),
        ("charity_number", "NIC100123"),
        ("cqc_provider_id", "1-101234567"),
        ("cqc_provider_id", "RRE13"),
        ("cqc_provider_id", ""),
        ("cqc_provider_id", None),
    ],
)
def test_number_in_the_form_of_its_register_has_no_objection(name, number):
    assert rules.objections_to_number(name, number) == []


@pytest.mark.parametrize(
    ("name", "number", "objection"),
    [
        *(
            (
                "company_number",
                number,
                "The company number must be 8 characters, like 01234567 or OC312345.",
            )
            for number in ["012345678", "ABC", "01234567\n", "٠١٢٣٤٥٦٧", "XX123456"]
        ),
        *(
            (
                "charity_number",
                number,
                "The charity number must be like 1234567, SC012345 or NIC100123.",
            )
            for number in ["12345", "12345678", "1234567-", "SC12345"]
        ),
        *(
            ("cqc_provider_id", number, "The CQC provider ID must be like 1-101234567 or RRE13.")
            for number in ["1-", "101234567", "2-101234567", "<b>"]
        ),
    ],
)
def test_number_of_another_form_is_explained(name, number, objection):
    assert rules.objections_to_number(name, number) == [objection]


def test_registration_needs_a_number():
    nothing = dict.fromkeys(("company_number", "charity_number", "cqc_provider_id"))

    assert rules.objections_to_numbers(nothing) == [
        "Enter a company number, a charity number or a CQC provider ID."
    ]
    assert rules.objections_to_numbers({**nothing, "company_number": "01234567"}) == []
    assert rules.objections_to_numbers({**nothing, "cqc_provider_id": "?"}) == [
        "The CQC provider ID must be like 1-101234567 or RRE13."
    ]


def test_location_needs_an_id_and_a_name():
    assert rules.objections_to_location(cqc_location_id="?", name="") == [
        "The CQC location ID must be like 1-101234567 or RRE13.",
        "Enter the name of the location.",
    ]
    assert rules.objections_to_location(cqc_location_id="1-101234567", name="Haven") == []


# ── Sections ─────────────────────────────────────────────────────────────────────────────────
def missing(**facts):
    found = rules.sections(answers(**facts), today=TODAY)
    return [text for section in found for text in section.missing]


def test_task_list_has_a_section_for_each_part_and_lot():
    second = offer(number=3, title="Lot 3: Specialist")

    found = rules.sections(answers(offers=(OFFER, second)), today=TODAY)

    assert [(section.key, section.title, section.lot) for section in found] == [
        ("locations", "Locations", None),
        ("declaration", "Declaration", None),
        ("evidence", "Insurance and policies", None),
        ("lot", "Lot 1: Standard: service and price", 1),
        ("lot", "Lot 3: Specialist: service and price", 3),
    ]


def test_whole_application_lacks_nothing():
    assert missing() == []


def test_empty_application_lacks_everything():
    assert missing(
        in_directory=(),
        has_exclusion_ground=None,
        declared_by_name="",
        expiry={},
        offers=(offer(service_description="", weekly_pence=None),),
    ) == [
        "Add at least one location.",
        "Say whether an exclusion ground applies.",
        "Give the name of the person who makes the declaration.",
        "Upload a document: Public liability insurance certificate.",
        "Upload a document: Employers’ liability insurance certificate.",
        "Upload a document: Safeguarding adults policy.",
        "Lot 1: Standard: describe your service.",
        "Lot 1: Standard: give a weekly price.",
    ]


def test_ground_for_exclusion_needs_an_account_of_what_was_done():
    assert missing(has_exclusion_ground=True) == ["Say what was done about the exclusion ground."]


def test_document_is_good_on_its_last_day_and_not_after_it():
    expired = WHOLE["expiry"] | {EvidenceKind.INSURANCE: date(2026, 11, 30)}

    assert missing(expiry=expired) == [
        "Upload a document that is in date: Public liability insurance certificate."
    ]


def test_price_at_the_ceiling_is_good_and_one_penny_more_is_not():
    assert missing(offers=(offer(weekly_pence=110_000),)) == []
    assert missing(offers=(offer(weekly_pence=110_001),)) == [
        "Lot 1: Standard: the weekly price is above the ceiling of the lot."
    ]


def test_offer_has_a_limit_of_words_and_a_price_above_nothing():
    long = " ".join(["word"] * 501)

    assert rules.objections_to_offer(OFFER) == []
    assert rules.objections_to_offer(offer(service_description=long, weekly_pence=0)) == [
        "Lot 1: Standard: use 500 words or fewer.",
        "Lot 1: Standard: the weekly price must be more than nothing.",
    ]


# ── Start and submission ─────────────────────────────────────────────────────────────────────
START = {"is_running": True, "is_open": True, "has_live": False, "lots": 1, "admitted_to": []}


@pytest.mark.parametrize(
    ("facts", "objections"),
    [
        ({}, []),
        ({"is_running": False}, ["The agreement is not running, so it takes no applications."]),
        ({"is_open": False}, ["No round for applications is open at the moment."]),
        (
            {"has_live": True, "lots": 0, "admitted_to": ["Lot 1: Standard"]},
            [
                "Your organisation already has an application under way.",
                "Choose at least one lot.",
                "Your organisation is already admitted to Lot 1: Standard.",
            ],
        ),
    ],
)
def test_start_is_refused_with_every_reason(facts, objections):
    assert rules.objections_to_start(**START | facts) == objections


def submission(**facts):
    return rules.objections_to_submission(
        **{
            "state": ApplicationState.DRAFT,
            "is_running": True,
            "is_open": True,
            "answers": answers(),
            "today": TODAY,
        }
        | facts
    )


def test_submission_lists_all_that_is_missing_and_that_the_round_is_closed():
    assert submission() == []
    assert submission(is_open=False, answers=answers(in_directory=())) == [
        "No round for applications is open at the moment.",
        "Add at least one location.",
    ]


def test_submission_of_what_is_no_draft_says_only_that():
    assert submission(state=ApplicationState.DECIDED, answers=answers(in_directory=())) == [
        "The application is marked “Decided”, which does not allow this."
    ]


def test_only_a_draft_can_be_edited():
    assert rules.objections_to_edit(ApplicationState.DRAFT) == []
    assert rules.objections_to_edit(ApplicationState.SUBMITTED) == [
        "The application is marked “Submitted”, which does not allow this."
    ]


# ── Suggestions ──────────────────────────────────────────────────────────────────────────────
def suggested(offer=OFFER, **facts):
    found = rules.suggested_findings(answers(**facts), offer, today=TODAY)
    return {criterion: suggestion.finding for criterion, suggestion in found.items()}


def test_suggestions_leave_the_service_to_judgement():
    assert suggested() == {
        Criterion.STANDING: Finding.MET,
        Criterion.REGISTRATION: Finding.MET,
        Criterion.INSURANCE: Finding.MET,
        Criterion.PRICE: Finding.MET,
    }


def test_suggestions_never_settle_a_ground_or_an_unknown_place():
    assert suggested(
        offer(weekly_pence=110_001),
        has_exclusion_ground=True,
        in_directory=(True, False),
        expiry={},
    ) == {
        Criterion.STANDING: Finding.CLARIFY,
        Criterion.REGISTRATION: Finding.CLARIFY,
        Criterion.INSURANCE: Finding.NOT_MET,
        Criterion.PRICE: Finding.NOT_MET,
    }


# ── Assessment, recommendation, decision ─────────────────────────────────────────────────────
OPEN = {"state": ApplicationState.SUBMITTED, "is_decided": False}


def test_assessment_needs_a_finding_and_a_reason_for_each():
    assert rules.objections_to_assessment(**OPEN, reasons=["Seen."]) == []
    assert rules.objections_to_assessment(**OPEN, reasons=[]) == ["Record at least one finding."]
    assert rules.objections_to_assessment(**OPEN, reasons=["", "Seen."]) == [
        "Give a reason for every finding."
    ]


def test_decided_lot_is_closed_to_review():
    assert rules.objections_to_review(state=ApplicationState.DECIDED, is_decided=True) == [
        "This lot is already decided."
    ]
    assert rules.objections_to_review(state=ApplicationState.WITHDRAWN, is_decided=False) == [
        "The application is marked “Withdrawn”, which does not allow this."
    ]


def without(*criteria):
    return [(criterion, Finding.MET) for criterion in Criterion if criterion not in criteria]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_no_outcome_while_a_criterion_is_open(outcome):
    findings = [*without(Criterion.PRICE, Criterion.SERVICE), (Criterion.SERVICE, Finding.CLARIFY)]

    assert rules.objections_to_outcome(findings, outcome) == [
        "“Weekly price at or below the ceiling of the lot” is not assessed yet.",
        "“Service meets the specification of the lot” still needs clarification.",
    ]


def test_everyone_who_meets_the_criteria_is_admitted():
    assert rules.objections_to_outcome(ALL_MET, Outcome.ADMITTED) == []
    assert rules.objections_to_outcome(ALL_MET, Outcome.REFUSED) == [
        "Every criterion is met, so the provider cannot be refused."
    ]


def test_nobody_is_admitted_while_any_assessor_finds_a_criterion_not_met():
    findings = [*ALL_MET, (Criterion.SERVICE, Finding.NOT_MET)]

    assert rules.objections_to_outcome(findings, Outcome.REFUSED) == []
    assert rules.objections_to_outcome(findings, Outcome.ADMITTED) == [
        "“Service meets the specification of the lot” is not met."
    ]


def recommendation(**facts):
    return rules.objections_to_recommendation(
        **OPEN
        | {"findings": ALL_MET, "outcome": Outcome.ADMITTED, "reason": "As assessed."}
        | facts
    )


def test_recommendation_follows_the_findings_and_has_a_reason():
    assert recommendation() == []
    assert recommendation(is_decided=True, reason="") == ["This lot is already decided."]
    assert recommendation(outcome=Outcome.REFUSED, reason="") == [
        "Every criterion is met, so the provider cannot be refused.",
        "Give the reason.",
    ]


def decision(**facts):
    return rules.objections_to_decision(
        **OPEN
        | {
            "is_recommended": True,
            "is_recommender": False,
            "findings": ALL_MET,
            "outcome": Outcome.ADMITTED,
            "reason": "As recommended.",
        }
        | facts
    )


def test_decision_is_for_another_person_than_the_recommender():
    assert decision() == []
    assert decision(is_recommender=True, reason="") == [
        "A person other than the one who recommended decides.",
        "Give the reason.",
    ]


def test_decision_needs_a_recommendation_and_is_made_once():
    assert decision(is_recommended=False) == ["There is no recommendation to decide on yet."]
    assert decision(is_decided=True) == ["This lot is already decided."]


def test_decision_cannot_refuse_who_meets_the_criteria():
    assert decision(outcome=Outcome.REFUSED) == [
        "Every criterion is met, so the provider cannot be refused."
    ]


def extension(**facts):
    return rules.objections_to_extension(
        **{
            "state": ApplicationState.SUBMITTED,
            "is_extended": False,
            "is_overdue": False,
            "reason": "More documents.",
        }
        | facts
    )


def test_time_to_decide_is_extended_once_in_time_and_with_a_reason():
    assert extension() == []
    assert extension(is_extended=True, is_overdue=True, reason="") == [
        "The time to decide was already extended.",
        "Give the reason.",
    ]
    assert extension(is_overdue=True) == [
        "The time to decide has run out, so it can no longer be extended."
    ]
    assert extension(state=ApplicationState.DECIDED) == [
        "The application is marked “Decided”, which does not allow this."
    ]


@pytest.mark.parametrize(
    ("pence", "same_day", "objections"),
    [
        (110_000, None, []),
        (110_000, 110_000, []),
        (
            110_001,
            None,
            ["The weekly price must be above nothing and within the lot's ceiling."],
        ),
        (
            0,
            5,
            [
                "The weekly price must be above nothing and within the lot's ceiling.",
                "Another price already starts on that day.",
            ],
        ),
    ],
)
def test_rate_is_within_the_ceiling_and_the_only_one_of_its_day(pence, same_day, objections):
    assert (
        rules.objections_to_rate(
            weekly_pence=pence, ceiling_weekly_pence=110_000, same_day_pence=same_day
        )
        == objections
    )

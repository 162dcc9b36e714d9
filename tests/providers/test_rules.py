from datetime import date

import pytest

from providers import rules
from providers.states import (
    OPTIONAL_EVIDENCE,
    ApplicationState,
    Criterion,
    EvidenceKind,
    ExclusionGround,
    Finding,
    Outcome,
    Register,
    SelfCleaning,
)

TODAY = date(2026, 12, 1)
PLACE = rules.Place("Haven House", Register.CQC, has_activity=True)
OFFER = rules.Offer(
    number=1,
    title="Lot 1: Standard",
    service_description="A programme.",
    weekly_pence=84_500,
    ceiling_weekly_pence=110_000,
    places=(PLACE,),
)
WHOLE = {
    "is_details_confirmed": True,
    "turnover_pence": None,
    "places": (PLACE,),
    "has_grounds": False,
    "grounds": (),
    "declared_by_name": "Alex Owner",
    "expiry": {
        kind: None if kind == EvidenceKind.SAFEGUARDING else TODAY
        for kind in EvidenceKind
        if kind not in OPTIONAL_EVIDENCE
    },
    "offers": (OFFER,),
}
ALL_MET = [(criterion, Finding.MET) for criterion in Criterion]


def answers(**facts):
    return rules.Answers(**WHOLE | facts)


def offer(**facts):
    return rules.Offer(**vars(OFFER) | facts)


def ground(ground=ExclusionGround.MISCONDUCT, *, is_told=True, happened_on=TODAY, finding=None):
    return rules.Ground(ground, happened_on, is_told, finding)


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
    def objections(register, number, name="Haven"):
        return rules.objections_to_location(register=register, cqc_location_id=number, name=name)

    assert objections(Register.CQC, "?", "") == [
        "The CQC location ID must be like 1-101234567 or RRE13.",
        "Enter the name of the location.",
    ]
    assert objections(Register.CQC, "1-101234567") == []
    assert objections(Register.CARE_INSPECTORATE, "CS2003000123") == []
    assert objections(Register.CARE_INSPECTORATE, "1-101234567") == [
        "The Care Inspectorate number must be like CS2003000123."
    ]
    assert objections(Register.CIW, "SIN-00001234") == []
    assert objections(Register.CIW, "1-101234567") == [
        "The Care Inspectorate Wales number must be like SIN-00001234."
    ]


# ── Sections ─────────────────────────────────────────────────────────────────────────────────
def missing(**facts):
    found = rules.sections(answers(**facts), today=TODAY)
    return [text for section in found for text in section.missing]


def test_task_list_has_a_section_for_each_part_and_lot():
    second = offer(number=3, title="Lot 3: Specialist")

    found = rules.sections(answers(offers=(OFFER, second)), today=TODAY)

    assert [(section.key, section.title, section.lot) for section in found] == [
        ("details", "Organisation details", None),
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
        is_details_confirmed=False,
        places=(),
        has_grounds=None,
        declared_by_name="",
        expiry={},
        offers=(
            offer(
                service_description="",
                weekly_pence=None,
                places=(),
                minimum_turnover_pence=1,
                is_confirmed=False,
            ),
        ),
    ) == [
        "Confirm the details of your organisation.",
        "Give your yearly turnover.",
        "Add at least one location.",
        "Say whether an exclusion ground applies.",
        "Give the name of the person who makes the declaration.",
        "Upload a document: Public liability insurance certificate.",
        "Upload a document: Employers’ liability insurance certificate.",
        "Upload a document: Professional indemnity insurance certificate.",
        "Upload a document: Data protection registration (ICO).",
        "Upload a document: Safeguarding adults policy.",
        "Lot 1: Standard: check the answers taken over and save them.",
        "Lot 1: Standard: choose at least one location.",
        "Lot 1: Standard: describe your service.",
        "Lot 1: Standard: give a weekly price.",
    ]


def test_ground_for_exclusion_needs_an_account_of_what_was_done():
    untold = [
        "Say when it happened and what was done about it: Grave professional misconduct.",
    ]
    assert missing(has_grounds=True, grounds=(ground(is_told=False),)) == untold
    assert missing(has_grounds=True, grounds=(ground(happened_on=None),)) == untold
    assert missing(has_grounds=True, grounds=(ground(),)) == []


@pytest.mark.parametrize(
    ("kind", "happened_on", "is_live"),
    [
        (ExclusionGround.FRAUD, date(2020, 12, 1), False),  # six years ago
        (ExclusionGround.FRAUD, date(2021, 12, 1), False),  # five years are over today
        (ExclusionGround.FRAUD, date(2021, 12, 2), True),
        (ExclusionGround.MISCONDUCT, date(2024, 1, 1), True),  # two years and eleven months
        (ExclusionGround.MISCONDUCT, date(2023, 12, 1), False),
        (ExclusionGround.MISCONDUCT, date(2023, 11, 1), False),  # three years and a month
        (ExclusionGround.MISCONDUCT, None, True),
    ],
)
def test_r3_1_a_ground_counts_five_years_or_three(kind, happened_on, is_live):
    assert ground(kind, happened_on=happened_on).is_live(TODAY) == is_live


def test_r3_2_live_grounds_wait_for_somebody_to_assess_the_self_cleaning():
    old = ground(happened_on=date(2020, 1, 1))
    assessed = ground(finding=SelfCleaning.SUFFICIENT)

    assert rules.unassessed([old, assessed, ground()], today=TODAY) == [ground()]


def test_r3_4_a_place_without_the_activity_serves_no_lot():
    clinic = rules.Place("Day clinic", Register.CQC, has_activity=False)

    assert missing(offers=(offer(places=(PLACE, clinic)),)) == [
        "Lot 1: Standard: Day clinic is not registered for this kind of service."
    ]


@pytest.mark.parametrize(
    ("before", "after", "is_drop"),
    [
        ("good", "inadequate", True),
        ("outstanding", "good", True),
        ("requires_improvement", "good", False),
        ("", "inadequate", False),
        ("good", "", False),
    ],
)
def test_r3_4_a_rating_drops_when_it_becomes_worse(before, after, is_drop):
    assert rules.is_drop(before, after) == is_drop


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
START = {"is_running": True, "has_live": False, "lots": 1, "admitted_to": []}


@pytest.mark.parametrize(
    ("facts", "objections"),
    [
        ({}, []),
        ({"is_running": False}, ["The agreement is not running, so it takes no applications."]),
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
            "counts_from": True,
            "unanswered": 0,
            "answers": answers(),
            "today": TODAY,
        }
        | facts
    )


def test_submission_lists_all_that_is_missing_and_that_the_round_is_closed():
    assert submission() == []
    assert submission(counts_from=False, answers=answers(places=())) == [
        "No round for applications is open, and the next is not known yet.",
        "Add at least one location.",
    ]


def test_correction_is_handed_in_once_every_question_is_answered_whatever_the_round():
    returned = {"state": ApplicationState.RETURNED, "counts_from": False, "is_running": False}

    assert submission(**returned) == []
    assert submission(**returned, unanswered=1) == [
        "Answer each question with which the council returned the application."
    ]


def test_submission_of_what_is_no_draft_says_only_that():
    assert submission(state=ApplicationState.DECIDED, answers=answers(places=())) == [
        "The application is marked “Decided”, which does not allow this."
    ]


def test_only_what_the_provider_holds_can_be_edited():
    assert rules.objections_to_edit(ApplicationState.DRAFT) == []
    assert rules.objections_to_edit(ApplicationState.RETURNED) == []
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
        Criterion.FINANCE: Finding.MET,
        Criterion.REGISTRATION: Finding.MET,
        Criterion.INSURANCE: Finding.MET,
        Criterion.PRICE: Finding.MET,
    }


def test_suggestions_never_settle_a_ground_or_an_unknown_place():
    unknown = rules.Place("New House", Register.CQC, has_activity=None)
    assert suggested(
        offer(weekly_pence=110_001, places=(PLACE, unknown), minimum_turnover_pence=5_000_000),
        has_grounds=True,
        grounds=(ground(),),
        turnover_pence=4_999_999,
        expiry={},
    ) == {
        Criterion.STANDING: Finding.CLARIFY,
        Criterion.FINANCE: Finding.NOT_MET,
        Criterion.REGISTRATION: Finding.CLARIFY,
        Criterion.INSURANCE: Finding.NOT_MET,
        Criterion.PRICE: Finding.NOT_MET,
    }


@pytest.mark.parametrize(
    ("declared", "finding"),
    [
        (ground(finding=SelfCleaning.SUFFICIENT), Finding.MET),
        (ground(finding=SelfCleaning.INSUFFICIENT), Finding.NOT_MET),
        (ground(happened_on=date(2020, 1, 1)), Finding.MET),
    ],
)
def test_suggestion_on_standing_follows_the_assessed_self_cleaning(declared, finding):
    assert suggested(has_grounds=True, grounds=(declared,))[Criterion.STANDING] == finding


def test_r2_3_the_same_answers_are_given_the_same_suggestions():
    assert rules.suggested_findings(answers(), OFFER, today=TODAY) == rules.suggested_findings(
        answers(), offer(), today=TODAY
    )


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
        | {
            "is_recommended": False,
            "unassessed_grounds": 0,
            "findings": ALL_MET,
            "outcome": Outcome.ADMITTED,
            "reason": "As assessed.",
        }
        | facts
    )


def test_recommendation_follows_the_findings_and_has_a_reason():
    assert recommendation() == []
    assert recommendation(is_decided=True, reason="") == ["This lot is already decided."]
    assert recommendation(is_recommended=True, reason="") == [
        "There is a recommendation already. New findings withdraw it."
    ]
    assert recommendation(outcome=Outcome.REFUSED, reason="", unassessed_grounds=1) == [
        "Assess the self-cleaning of each declared ground first.",
        "Every criterion is met, so the provider cannot be refused.",
        "Give the reason.",
    ]


def decision(**facts):
    return rules.objections_to_decision(
        **OPEN
        | {
            "is_recommended": True,
            "is_recommender": False,
            "unassessed_grounds": 0,
            "findings": ALL_MET,
            "outcome": Outcome.ADMITTED,
            "reason": "As recommended.",
        }
        | facts
    )


def test_decision_is_for_another_person_than_the_recommender():
    assert decision() == []
    assert decision(is_recommender=True, reason="", unassessed_grounds=2) == [
        "Assess the self-cleaning of each declared ground first.",
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
    assert extension(state=ApplicationState.RETURNED) == []
    assert extension(state=ApplicationState.DECIDED) == [
        "The application is not waiting for a decision."
    ]


def test_r4_2_nobody_reviews_before_declaring_or_with_a_conflict():
    assert rules.objections_to_reviewer(False) == []
    assert rules.objections_to_reviewer(None) == [
        "Declare first whether you have an interest in this application."
    ]
    assert rules.objections_to_reviewer(True) == [
        "You declared a conflict of interest, so another person does this."
    ]


def test_r3_6_a_question_is_asked_in_time_and_answered_once():
    asked = {"question": "Which?", "due_on": TODAY, "earliest": TODAY}

    assert rules.objections_to_clarification(state=ApplicationState.SUBMITTED, **asked) == []
    assert rules.objections_to_clarification(
        state=ApplicationState.SUBMITTED,
        **asked | {"question": "", "earliest": date(2026, 12, 2)},
    ) == ["Write the question.", "Give the provider at least two working days to answer."]
    assert rules.objections_to_clarification(state=ApplicationState.DECIDED, **asked) == [
        "The application is marked “Decided”, which does not allow this."
    ]
    answer = {"is_answered": False, "answer": "This."}
    for state in (ApplicationState.SUBMITTED, ApplicationState.RETURNED):
        assert rules.objections_to_answer(state=state, **answer) == []
    assert rules.objections_to_answer(state=ApplicationState.DECIDED, **answer) == [
        "The application is closed, so nothing more is asked."
    ]
    assert rules.objections_to_answer(
        state=ApplicationState.SUBMITTED, is_answered=True, answer=""
    ) == ["This question is answered already."]


def test_r3_6_an_application_is_taken_back_once_the_time_to_correct_it_is_over():
    returned = ApplicationState.RETURNED
    assert rules.objections_to_recall(state=returned, is_due_over=True) == []
    assert rules.objections_to_recall(state=returned, is_due_over=False) == [
        "The provider still has time to answer."
    ]
    assert rules.objections_to_recall(state=ApplicationState.SUBMITTED, is_due_over=True) == [
        "The application is not with the provider."
    ]


def test_r4_4_reasons_are_asked_for_once_and_only_of_a_refusal():
    assert rules.objections_to_reasons_request(outcome=Outcome.REFUSED, is_requested=False) == []
    assert rules.objections_to_reasons_request(outcome=Outcome.REFUSED, is_requested=True) == [
        "The reasons were asked for already."
    ]
    assert rules.objections_to_reasons_request(outcome=Outcome.ADMITTED, is_requested=False) == [
        "Reasons can be asked for where a lot was refused."
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

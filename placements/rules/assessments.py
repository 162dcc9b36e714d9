"""What stands against a decision on eligibility, and against its countersignature (R8.7)."""

from collections.abc import Mapping
from datetime import date

from placements.states import ReferralState, Residence

from .moves import objections_to_act
from .sections import ASSESSMENT_SECTIONS, gaps


def objections_to_eligibility(
    *, state: ReferralState, answers: Mapping[str, object], today: date
) -> list[str]:
    """Every gap of the assessment and everything that speaks against eligibility, at once."""
    objections = objections_to_act("record_eligible", state)
    if objections:
        return objections
    objections = gaps(ASSESSMENT_SECTIONS, answers)
    days = (answers["care_act_assessed_on"], answers["clinical_review_on"])
    if any(isinstance(day, date) and day > today for day in days):
        objections.append("An assessment cannot have a date in the future.")
    if answers["care_act_eligible"] is False:
        objections.append("The Care Act assessment does not find the person eligible.")
    if not answers["has_consent"]:
        objections.append("The person’s consent is needed to look for a placement.")
    if answers["residence"] == Residence.ELSEWHERE:
        objections.append("The person is ordinarily resident elsewhere, so is not ours to place.")
    return objections


def objections_to_ineligibility(*, state: ReferralState, reason: str) -> list[str]:
    objections = objections_to_act("record_not_eligible", state)
    if not reason:
        objections.append("Say why the person is not eligible.")
    return objections


def objections_to_countersignature(
    *, state: ReferralState, is_recorder: bool, made_referral: bool, agrees: bool, reason: str
) -> list[str]:
    """Another person decides: neither who recorded it nor who made the referral (money.md §8)."""
    objections = objections_to_act("countersign_referral", state)
    if is_recorder:
        objections.append("You recorded this decision, so another person countersigns it.")
    if made_referral:
        objections.append("You made this referral, so another person countersigns the decision.")
    if not agrees and not reason:
        objections.append("Say why it goes back to the worker.")
    return objections

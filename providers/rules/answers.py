"""What an application says, what it still lacks, and what the answers alone suggest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from providers.states import (
    OPTIONAL_EVIDENCE,
    Criterion,
    EvidenceKind,
    Finding,
    Register,
    SelfCleaning,
)

from .exclusion import Ground

DESCRIPTION_WORDS = 500


@dataclass(frozen=True)
class Place:
    """``has_activity``: what the directory says, ``None`` where it does not know the place."""

    name: str
    register: Register
    has_activity: bool | None


@dataclass(frozen=True)
class Offer:
    """What is offered for one lot; no price yet is ``None``."""

    number: int
    title: str
    service_description: str
    weekly_pence: int | None
    ceiling_weekly_pence: int
    places: tuple[Place, ...] = ()
    minimum_turnover_pence: int | None = None
    is_confirmed: bool = True


@dataclass(frozen=True)
class Answers:
    """``expiry``: what was uploaded, ``None`` for never."""

    is_details_confirmed: bool
    turnover_pence: int | None
    places: tuple[Place, ...]
    has_grounds: bool | None
    grounds: tuple[Ground, ...]
    declared_by_name: str
    expiry: Mapping[EvidenceKind, date | None]
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Section:
    """A part of the task list, and what it still lacks. ``lot`` is a number in a lot's section."""

    key: str
    title: str
    missing: tuple[str, ...]
    lot: int | None = None


def sections(answers: Answers, *, today: date) -> list[Section]:
    """The whole application in the order of its task list."""
    return [
        Section("details", "Organisation details", tuple(_missing_details(answers))),
        Section("locations", "Locations", tuple(_missing_locations(answers))),
        Section(
            "declaration",
            "Declaration",
            tuple(
                missing_in_declaration(
                    has_grounds=answers.has_grounds,
                    grounds=answers.grounds,
                    declared_by_name=answers.declared_by_name,
                )
            ),
        ),
        Section("evidence", "Insurance and policies", tuple(_missing_evidence(answers, today))),
        *(
            Section(
                "lot", f"{offer.title}: service and price", tuple(_missing(offer)), offer.number
            )
            for offer in answers.offers
        ),
    ]


def _missing_details(answers: Answers) -> list[str]:
    missing = []
    if not answers.is_details_confirmed:
        missing.append("Confirm the details of your organisation.")
    if answers.turnover_pence is None and any(
        offer.minimum_turnover_pence for offer in answers.offers
    ):
        missing.append("Give your yearly turnover.")
    return missing


def _missing_locations(answers: Answers) -> list[str]:
    return [] if answers.places else ["Add at least one location."]


def missing_in_declaration(
    *, has_grounds: bool | None, grounds: Iterable[Ground], declared_by_name: str
) -> list[str]:
    """For an application and for a declaration on request (R2.13, R3.1)."""
    missing = []
    if has_grounds is None:
        missing.append("Say whether an exclusion ground applies.")
    missing += [
        f"Say when it happened and what was done about it: {each.ground.label}."
        for each in grounds
        if not (each.happened_on and each.is_told)
    ]
    if not declared_by_name:
        missing.append("Give the name of the person who makes the declaration.")
    return missing


def _missing_evidence(answers: Answers, today: date) -> list[str]:
    missing = [
        f"Upload a document: {kind.label}."
        for kind in EvidenceKind
        if kind not in answers.expiry and kind not in OPTIONAL_EVIDENCE
    ]
    return missing + [
        f"Upload a document that is in date: {kind.label}." for kind in _out_of_date(answers, today)
    ]


def _out_of_date(answers: Answers, today: date) -> list[EvidenceKind]:
    """A document is good on the day on which it expires."""
    return [kind for kind, day in answers.expiry.items() if day and day < today]


def _missing(offer: Offer) -> list[str]:
    missing = []
    if not offer.is_confirmed:
        missing.append(f"{offer.title}: check the answers taken over and save them.")
    if not offer.places:
        missing.append(f"{offer.title}: choose at least one location.")
    missing += [
        f"{offer.title}: {place.name} is not registered for this kind of service."
        for place in offer.places
        if place.has_activity is False
    ]
    if not offer.service_description:
        missing.append(f"{offer.title}: describe your service.")
    if offer.weekly_pence is None:
        missing.append(f"{offer.title}: give a weekly price.")
    elif offer.weekly_pence > offer.ceiling_weekly_pence:
        missing.append(f"{offer.title}: the weekly price is above the ceiling of the lot.")
    return missing


def objections_to_offer(offer: Offer) -> list[str]:
    objections = _missing(offer)
    if len(offer.service_description.split()) > DESCRIPTION_WORDS:
        objections.append(f"{offer.title}: use {DESCRIPTION_WORDS} words or fewer.")
    if offer.weekly_pence is not None and offer.weekly_pence <= 0:
        objections.append(f"{offer.title}: the weekly price must be more than nothing.")
    return objections


@dataclass(frozen=True)
class Suggestion:
    """What the portal would find from the answers alone, and why. Assessors decide."""

    finding: Finding
    because: str


def suggested_findings(
    answers: Answers, offer: Offer, *, today: date
) -> dict[Criterion, Suggestion]:
    """Criteria that need judgement alone have no suggestion."""
    return {
        Criterion.STANDING: _suggested_standing(answers, today),
        Criterion.FINANCE: _suggested_finance(answers, offer),
        Criterion.REGISTRATION: _suggested_registration(offer),
        Criterion.INSURANCE: _suggested_insurance(answers, today),
        Criterion.PRICE: _suggested_price(offer),
    }


def _suggested_standing(answers: Answers, today: date) -> Suggestion:
    live = [each for each in answers.grounds if each.is_live(today)]
    if any(each.finding is None for each in live):
        return Suggestion(
            Finding.CLARIFY, "A ground is declared whose self-cleaning is not assessed yet."
        )
    if any(each.finding == SelfCleaning.INSUFFICIENT for each in live):
        return Suggestion(Finding.NOT_MET, "The self-cleaning was found not to be sufficient.")
    if live:
        return Suggestion(Finding.MET, "The self-cleaning was found to be sufficient.")
    if answers.grounds:
        return Suggestion(Finding.MET, "The declared grounds lie too far back to count.")
    return Suggestion(Finding.MET, "No exclusion ground is declared.")


def _suggested_finance(answers: Answers, offer: Offer) -> Suggestion:
    if not offer.minimum_turnover_pence:
        return Suggestion(Finding.MET, "The lot asks for no minimum turnover.")
    if (answers.turnover_pence or 0) >= offer.minimum_turnover_pence:
        return Suggestion(Finding.MET, "The yearly turnover reaches the minimum of the lot.")
    return Suggestion(Finding.NOT_MET, "The yearly turnover is below the minimum of the lot.")


def _suggested_registration(offer: Offer) -> Suggestion:
    if any(place.has_activity is False for place in offer.places):
        return Suggestion(Finding.NOT_MET, "A location is not registered for the activity.")
    if all(place.has_activity for place in offer.places):
        return Suggestion(
            Finding.MET, "Every location is in the CQC directory for this kind of service."
        )
    return Suggestion(Finding.CLARIFY, "A location is not in the CQC directory.")


def _suggested_insurance(answers: Answers, today: date) -> Suggestion:
    if _missing_evidence(answers, today):
        return Suggestion(Finding.NOT_MET, "A document is missing or has expired.")
    return Suggestion(Finding.MET, "Every document is there and in date.")


def _suggested_price(offer: Offer) -> Suggestion:
    if offer.weekly_pence is not None and offer.weekly_pence <= offer.ceiling_weekly_pence:
        return Suggestion(Finding.MET, "The weekly price is not above the ceiling.")
    return Suggestion(Finding.NOT_MET, "The weekly price is above the ceiling.")

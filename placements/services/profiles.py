"""The anonymised profile of a person, and the check that nothing in it points to them (R8.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from placements import rules
from placements.models import Referral
from placements.states import Complexity, ConsentKind, Sex, Urgency

from .identities import identity_in, identity_of


@dataclass(frozen=True)
class Words:
    """What the assessor writes for providers; ``None`` for the needs is the referral's own."""

    needs: str | None = None
    constraints: str = ""
    sex: Sex | str = ""
    latest_admission: date | None = None
    has_checked: bool = False


AS_REFERRED = Words()


def profile_of(referral: Referral, words: Words, *, planned_admission: date) -> dict[str, object]:
    """As it is kept with an offer or a competition: no name, birthday, number or postcode."""
    return {
        "lot": str(referral.lot),
        "age_band": rules.age_band(identity_of(referral.person).born_on, planned_admission),
        "sex": str(Sex(words.sex).label) if words.sex else "",
        "complexity": [str(Complexity(factor).label) for factor in referral.complexity],
        "needs": needs_of(referral, words),
        "constraints": words.constraints,
        "urgency": str(Urgency(referral.urgency).label),
        "start_from": planned_admission.isoformat(),
        "start_until": (words.latest_admission or planned_admission).isoformat(),
    }


def needs_of(referral: Referral, words: Words) -> str:
    return referral.needs_summary if words.needs is None else words.needs


def objections_to_words(
    referral: Referral, words: Words, *, planned_admission: date, kept: Sequence[str]
) -> list[str]:
    """To telling providers of the person. ``kept``: what is for the council's record alone."""
    told = [needs_of(referral, words), words.constraints]
    person = referral.person
    return rules.objections_to_sharing(
        consent=person.consents.standing(ConsentKind.PLACEMENT)
    ) + rules.objections_to_profile(
        told=told,
        identity=identity_in(person, "\n".join(told)),
        doubts=[
            *rules.names_in("\n".join([*told, *kept]), name=identity_of(person).name),
            *rules.doubts_about(told, kept),
        ],
        has_checked=words.has_checked,
        ends_before_start=words.latest_admission is not None
        and words.latest_admission < planned_admission,
    )

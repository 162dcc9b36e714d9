"""The anonymised profile that a provider reads, and what must not stand in it (R7.13, R8.3)."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise

from dps_portal.clock import in_words
from dps_portal.identifiers import hints_in, identifiers_in

BANDS = (18, 25, 35, 45, 55, 65)  # the first age of each
SHORTEST_NAME = 3  # letters, below which a part of a name is any word


def age_band(born_on: date, day: date) -> str:
    """``25 to 34``; wide enough for nobody to be known by it."""
    age = day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
    if age < BANDS[0]:
        return f"Under {BANDS[0]}"
    for first, following in pairwise(BANDS):
        if age < following:
            return f"{first} to {following - 1}"
    return f"{BANDS[-1]} or over"


def profile_lines(profile: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
    """What a profile says, as it is read; nothing of what was left out."""
    days = dict.fromkeys([profile["start_from"], profile["start_until"]])
    lines = [
        ("Lot", profile["lot"]),
        ("Age", profile["age_band"]),
        ("Sex", profile["sex"]),
        ("Complexity", ", ".join(profile["complexity"]) or "None recorded"),
        ("Needs", profile["needs"]),
        ("What must be kept in mind", profile["constraints"]),
        ("Urgency", profile["urgency"]),
        ("Start", " to ".join(in_words(date.fromisoformat(str(day))) for day in days)),
    ]
    return [(label, str(text)) for label, text in lines if text]


def names_in(text: str, *, name: str) -> list[str]:
    """Whether a part of the person's name stands in the text, as a name is written."""
    parts = [part for part in name.split() if len(part) >= SHORTEST_NAME]
    if any(re.search(rf"\b{re.escape(part)}\b", text) for part in parts):
        return ["A part of the person's name is in the text."]
    return []


def objections_to_profile(
    *,
    told: Iterable[str],
    identity: Collection[str],
    doubts: Collection[str],
    has_checked: bool,
    ends_before_start: bool,
) -> list[str]:
    """``told``: the texts that the provider reads. ``doubts`` need somebody to look at them."""
    objections = [found for text in told for found in identifiers_in(text)] + list(identity)
    if ends_before_start:
        objections.append("The latest day of admission is before the planned one.")
    if doubts and not has_checked:
        objections += [*doubts, "Take this out, or tick that you have checked the words."]
    return objections


def doubts_about(told: Iterable[str], kept: Iterable[str]) -> list[str]:
    """What may point to a person, in the texts for the provider and those for the record."""
    return [found for text in (*told, *kept) for found in hints_in(text)] + [
        found for text in kept for found in identifiers_in(text)
    ]

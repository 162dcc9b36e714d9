"""Whom a name in a file means: compared without what writers differ in, and never guessed."""

import unicodedata
from difflib import get_close_matches

LEGAL_FORMS = {"ltd", "limited", "plc", "llp", "cic", "cio", "inc"}
NEAR = 0.72  # of the letters of two names


def supplier_key(name: str) -> str:
    """A supplier's name as it is compared: no case, accents, punctuation or legal form."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = plain.replace(".", "").replace("'", "").replace("’", "")
    words = "".join(one if one.isalnum() else " " for one in plain).split()
    kept = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(kept or words)


def near_names(key: str, known: list[str]) -> list[str]:
    """Keys that could be meant, the nearest first; for a person to choose from."""
    return get_close_matches(key, known, n=3, cutoff=NEAR)

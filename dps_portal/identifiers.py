"""What in a text could point to a person, where others than the caseload read it (R7.13, R8.3)."""

import re

NHS_NUMBER = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)
BORN = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b")
EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
PHONE = re.compile(r"(?<!\d)(?:\+44 ?|0)\d(?:[ -]?\d){8,9}(?!\d)")
NAMED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? [A-Z][\w’'-]+|\b(?:named|called) [A-Z][\w’'-]+"
    r"|\b(?:initials?) [A-Z]{2,3}\b"
)
DIGITS_BEFORE_CHECK = 9
MODULUS = 11


def is_nhs_number(text: str) -> bool:
    """Ten digits of which the last is the modulus-11 check of the others."""
    digits = [int(one) for one in text if one.isdigit()]
    total = sum(
        digit * (MODULUS - 1 - place) for place, digit in enumerate(digits[:DIGITS_BEFORE_CHECK])
    )
    return (MODULUS - total % MODULUS) % MODULUS == digits[-1]


def identifiers_in(text: str) -> list[str]:
    """What must not be published, each in words; empty where nothing was found."""
    numbers = [found for found in NHS_NUMBER.findall(text) if is_nhs_number(found)]
    return [f"“{found}” looks like an NHS number." for found in numbers] + [
        f"“{found}” looks like a postcode." for found in POSTCODE.findall(text)
    ]


def hints_in(text: str) -> list[str]:
    """What may point to a person, for somebody to look at."""
    return [
        f"“{found}” looks like {what}."
        for what, pattern in (
            ("the name of a person", NAMED),
            ("a date of birth", BORN),
            ("an e-mail address", EMAIL),
            ("a telephone number", PHONE),
        )
        for found in pattern.findall(text)
        if not is_nhs_number_in(found)
    ]


def is_nhs_number_in(text: str) -> bool:
    return bool(NHS_NUMBER.fullmatch(text)) and is_nhs_number(text)

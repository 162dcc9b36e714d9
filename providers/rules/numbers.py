"""The numbers by which the public registers know an organisation."""

import re
from collections.abc import Iterable, Mapping

from providers.states import Register

# The published pattern that fits the numbers of the register, bound at both ends.
_COMPANY = re.compile(
    r"(AC|ZC|FC|GE|LP|OC|SE|SA|SZ|SF|GS|SL|SO|SC|ES|NA|NZ|NF|GN|NL|NC|R0|NI|EN|\d{2}|SG|FE)"
    r"\d{5}(\d|C|R)"
    r"|(RS|SO)\d{3}(\d{3}|\d{2}[WSRCZF]|\d(FI|RS|SA|IP|US|EN|AS)|CUS)"
    r"|(NI|SL)\d{5}[\dA]"
    r"|OC([\dP]{5}[CWERTB]|[\dP]{4}(OC|CU))",
    re.ASCII,
)
# England and Wales (with a linked charity), Scotland, Northern Ireland.
_CHARITY = re.compile(r"\d{6,7}(-\d{1,2})?|SC\d{6}|NIC\d{6}", re.ASCII)
# The CQC's own identifiers, or the ODS code of an NHS organisation.
_CQC = re.compile(r"1-\d{4,18}|[A-Z][A-Z0-9]{2,9}", re.ASCII)

_FORMATS = {
    "company_number": (
        _COMPANY,
        "The company number must be 8 characters, like 01234567 or OC312345.",
    ),
    "charity_number": (_CHARITY, "The charity number must be like 1234567, SC012345 or NIC100123."),
    "cqc_provider_id": (_CQC, "The CQC provider ID must be like 1-101234567 or RRE13."),
}
NUMBER_TAKEN = "One of these numbers belongs to another organisation that is registered."


def tidy(number: str) -> str:
    """Without spaces, in capitals."""
    return "".join(number.split()).upper()


def company_number(typed: str) -> str:
    """A number of digits alone is padded to the 8 of the register."""
    number = tidy(typed)
    return number.zfill(8) if number.isdecimal() else number


def tidied(**numbers: str | None) -> dict[str, str | None]:
    """As they are stored and compared, by name; ``None`` for what is not given."""
    return {
        name: (company_number if name == "company_number" else tidy)(number or "") or None
        for name, number in numbers.items()
    }


def objections_to_number(name: str, number: str | None) -> list[str]:
    """``name`` is one of ``company_number``, ``charity_number`` and ``cqc_provider_id``."""
    pattern, objection = _FORMATS[name]
    return [] if not number or pattern.fullmatch(number) else [objection]


_PLACES = {
    Register.CQC: (_CQC, "The CQC location ID must be like 1-101234567 or RRE13."),
    Register.CARE_INSPECTORATE: (
        re.compile(r"CS\d{10}", re.ASCII),
        "The Care Inspectorate number must be like CS2003000123.",
    ),
    Register.CIW: (
        re.compile(r"SIN-?\d{8}(-[A-Z]{4})?", re.ASCII),
        "The Care Inspectorate Wales number must be like SIN-00001234.",
    ),
}


def objections_to_location(*, register: Register, cqc_location_id: str, name: str) -> list[str]:
    """For a place that the CQC's directory need not know yet, in England or elsewhere (R3.4)."""
    pattern, objection = _PLACES[register]
    objections = [] if pattern.fullmatch(cqc_location_id) else [objection]
    return objections if name else [*objections, "Enter the name of the location."]


def objections_to_removal(*, name: str, admitted_with: Iterable[str]) -> list[str]:
    """``admitted_with``: lots held with the place, so that its rating stays in sight (R3.4)."""
    return [
        f"{name} can’t be removed: your organisation is admitted to {lot} with it."
        for lot in admitted_with
    ]


def objections_to_numbers(numbers: Mapping[str, str | None]) -> list[str]:
    objections = [
        objection
        for name, number in numbers.items()
        for objection in objections_to_number(name, number)
    ]
    if not any(numbers.values()):
        objections.append("Enter a company number, a charity number or a CQC provider ID.")
    return objections

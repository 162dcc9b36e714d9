"""Row → release: each contracting process as the public could know it, in OCDS 1.1.

What is told at an instant follows from that instant alone, so a release stays as it was made.
A contract for one person's place is no process here (``registers.for_one_person``).
"""

from .parts import address, ocid_of
from .releases import (
    LICENCE,
    find_process,
    latest_releases,
    package,
    public_agreements,
    public_tenders,
    record_of,
    releases_of,
)

__all__ = [
    "LICENCE",
    "address",
    "find_process",
    "latest_releases",
    "ocid_of",
    "package",
    "public_agreements",
    "public_tenders",
    "record_of",
    "releases_of",
]

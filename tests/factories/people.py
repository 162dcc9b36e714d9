"""What can be asked and known of a person's record, for the tests of every page."""

from datetime import timedelta

from placements.models import BreakGlass, Person, SubjectRequest
from placements.states import SubjectRequestKind

OF_PERSON = (
    *("person", "person_identity", "record_consent", "correct_identity", "restrict_person"),
    *("change_readers", "lift_restriction", "break_glass", "hold_record", "release_hold"),
    *("request_export", "request_erasure"),
)
OF_REQUEST = ("subject_request", "decide_subject_request", "download_export")


def pages_of(person: Person, *, by, at) -> dict[str, dict[str, str]]:
    """The arguments of every page on this person, by its name; rows are made where it has none."""
    opened = BreakGlass.objects.create(
        person=person, user=by, reason="Away.", at=at, until=at + timedelta(hours=1)
    )
    asked = SubjectRequest.objects.create(
        person=person, kind=SubjectRequestKind.EXPORT, reason="Asked.", asked_by=by, asked_at=at
    )
    return {
        **{f"placements:{name}": {"reference": person.reference} for name in OF_PERSON},
        **{f"placements:{name}": {"reference": asked.reference} for name in OF_REQUEST},
        "placements:review_break_glass": {"reference": opened.reference},
    }

"""The coded reasons of an exit, grouped by how the stay ended (money.md §5).

Reference data: the codes are those of the NDTMS field "discharge reason", from general knowledge,
and are to be checked against its current reference data. A code is taken out of use by a last
day, so that what was recorded with it keeps its words.
"""

from dataclasses import dataclass
from datetime import date

from placements.states import ExitStatus

TRANSFERRED = "transferred"


@dataclass(frozen=True)
class ExitReason:
    code: str
    label: str
    status: ExitStatus
    ndtms_code: str
    active_from: date = date(2013, 4, 1)
    active_until: date | None = None  # the last day on which it is used

    def is_active(self, day: date) -> bool:
        return self.active_from <= day and (self.active_until is None or day <= self.active_until)


EXIT_REASONS = (
    ExitReason("completed_drug_free", "Completed, drug free", ExitStatus.PLANNED, "80"),
    ExitReason("completed_alcohol_free", "Completed, alcohol free", ExitStatus.PLANNED, "81"),
    ExitReason("completed_occasional", "Completed, occasional user", ExitStatus.PLANNED, "82"),
    ExitReason("moved_on", "Completed this stage, moved on as agreed", ExitStatus.PLANNED, "83"),
    ExitReason(TRANSFERRED, "Transferred to another provider", ExitStatus.PLANNED, "83"),
    ExitReason("community", "Planned move to community treatment", ExitStatus.PLANNED, "83"),
    ExitReason("dropped_out", "Dropped out or left", ExitStatus.UNPLANNED, "85"),
    ExitReason("asked_to_leave", "Asked to leave after a breach", ExitStatus.UNPLANNED, "86"),
    ExitReason("hospital", "In hospital and did not return", ExitStatus.UNPLANNED, "85"),
    ExitReason("custody", "In custody", ExitStatus.UNPLANNED, "87"),
    ExitReason(
        "withdrawn",
        "The provider could not continue",
        ExitStatus.WITHDRAWN_BY_PROVIDER,
        "86",
    ),
    ExitReason("died", "Died", ExitStatus.EXCLUDED, "89"),
    ExitReason("provider_closed", "The provider closed", ExitStatus.EXCLUDED, "83"),
)
BY_CODE = {reason.code: reason for reason in EXIT_REASONS}


def exit_reason(code: str) -> ExitReason | None:
    return BY_CODE.get(code)


def objections_to_exit_reason(
    *, code: str, status: ExitStatus, day: date, has_transfer: bool
) -> list[str]:
    """``has_transfer``: another placement is prepared to follow this one, or has followed it."""
    reason = exit_reason(code)
    if reason is None or not reason.is_active(day):
        return ["This reason was not in use on the day of the exit."]
    if reason.status != status:
        return ["This reason does not belong to how the stay ended."]
    if code == TRANSFERRED and not has_transfer:
        return ["No transfer is prepared. Prepare it first, or choose another reason."]
    return []


def objections_to_other_reason(*, code: str, has_transfer: bool) -> list[str]:
    """Of a correction: the placement that follows is a transfer as long as this exit is one."""
    if has_transfer and code != TRANSFERRED:
        return ["A transfer follows this exit. Cancel it first, or keep the reason."]
    return []

"""Which act on a placement passes in which state, and for whom: data, apart from the code.

The roles are those of ``tests/architecture/role_matrix.py``; an assessor is the worker of the
case, a provider's person belongs to its provider. What is not named here does not pass.
"""

TEAM, PROVIDER, MANAGER = "AS AM", "PO PM", "AM"
BEFORE = ("awaiting_provider", "awaiting_funding", "approved")
STAYED = ("admitted", "discharged")
ENDED = (
    *("provider_declined", "funding_declined", "non_arrival", "cancelled"),
    "entered_in_error",
    *("discharged", "closed"),
)

# Act, with what else its address names: the event that it leaves, once, and where for whom.
ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "answer_offer": ("placement.answered", {"awaiting_provider": PROVIDER}),
    "record_admission": ("placement.admitted", {"approved": TEAM}),
    "record_non_arrival": ("placement.non_arrival", {"approved": TEAM}),
    "cancel_placement": ("placement.cancelled", dict.fromkeys(BEFORE, TEAM)),
    "record_exit": ("placement.discharged", {"admitted": TEAM}),
    "record_absence": ("absence.recorded", dict.fromkeys(STAYED, TEAM)),
    "record_contribution": ("contribution.recorded", dict.fromkeys(STAYED, TEAM)),
    "record_review": ("review.recorded", dict.fromkeys(STAYED, TEAM)),
    "record_report": ("discharge_report.received", {"discharged": TEAM}),
    "record_outcomes": ("outcomes.recorded", {"discharged": TEAM}),
    "close_placement": ("placement.closed", {"discharged": TEAM}),
    "correct_admission": ("admission.corrected", dict.fromkeys(STAYED, MANAGER)),
    "correct_exit": ("exit.corrected", {"discharged": MANAGER}),
    "correct_absence": ("absence.voided", dict.fromkeys(STAYED, MANAGER)),
    "void_placement": ("placement.entered_in_error", {"admitted": MANAGER}),
    "reopen_placement": ("placement.reopened", dict.fromkeys(ENDED, MANAGER)),
    "propose_fact arrival": ("fact.proposed", {"approved": PROVIDER}),
    "propose_fact exit": ("fact.proposed", {"admitted": PROVIDER}),
    "reject_proposal": ("fact.rejected", {"admitted": TEAM}),
}

"""Which act on a referral passes at which point of its life, and for whom: data, apart from the code.

The roles are those of ``tests/architecture/role_matrix.py``. The assessor made the referral and
is its worker; the manager has done neither. What is not named here does not pass.
"""

# A point of the life of a referral, and its state.
POINTS = {
    "begun": "draft",
    "draft": "draft",
    "submitted": "submitted",
    "assessing": "assessing",
    "assessed": "assessing",
    "not eligible": "countersigning",
    "eligible": "eligible",
    "on hold": "on_hold",
    "matching": "matching",
    "offered": "placement_proposed",
    "funded": "placement_proposed",
    "placed": "placed",
    "withdrawn": "closed",
}
TEAM = "AS AM"
DRAFTS = ("begun", "draft")
ASSESSING = ("assessing", "assessed")
WORKED = (*ASSESSING, "not eligible", "eligible", "on hold", "matching", "offered", "funded")

# Act: the event that it leaves, once, and where it passes for whom.
ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "save_answers": ("referral.edited", dict.fromkeys((*DRAFTS, *ASSESSING), TEAM)),
    "discard_draft": ("referral.discarded", dict.fromkeys(DRAFTS, "AS")),
    "submit_referral": ("referral.submitted", {"draft": TEAM}),
    "allocate_referral": (
        "referral.allocated",
        dict.fromkeys(("submitted", *WORKED, "placed"), "AM"),
    ),
    "unallocate_referral": ("referral.unallocated", dict.fromkeys(ASSESSING, "AM")),
    "record_eligible": ("referral.found_eligible", {"assessed": TEAM}),
    "record_not_eligible": ("referral.found_not_eligible", dict.fromkeys(ASSESSING, TEAM)),
    "countersign_referral": ("referral.countersigned", {"not eligible": "AM"}),
    "hold_referral": ("referral.held", {"eligible": TEAM, "matching": TEAM}),
    "resume_referral": ("referral.resumed", {"on hold": TEAM}),
    "start_matching": ("referral.matching_started", {"eligible": TEAM}),
    "choose_option": ("placement.proposed", {"matching": TEAM, "placed": TEAM}),  # a transfer
    "withdraw_referral": (
        "referral.withdrawn",
        dict.fromkeys((*DRAFTS, "submitted", *WORKED), TEAM),
    ),
    "reopen_referral": ("referral.reopened", {"withdrawn": "AM"}),
    "cancel_placement": ("placement.cancelled", {"offered": TEAM, "funded": TEAM}),
}

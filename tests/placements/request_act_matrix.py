"""Which act on a funding request passes in which state, and for whom: data, apart from the code.

The roles are those of ``tests/architecture/role_matrix.py``. The assessor made the referral and
asked; the manager and the commissioner decide. What is not named here does not pass.
"""

# money.md §3, as it stands there:
# DRAFT -> SUBMITTED -> {RETURNED -> SUBMITTED, APPROVED, DECLINED,
#                        DEFERRED_NO_BUDGET -> SUBMITTED, WITHDRAWN, LAPSED}
TABLE = {
    "draft": {"submitted"},
    "submitted": {"returned", "approved", "declined", "deferred", "withdrawn", "lapsed"},
    "returned": {"submitted"},
    "deferred": {"submitted"},
}
# What its sentences and the queue add: a draft is saved again; a release lets the approver decide
# on what waits without its being sent again; what is open is taken back, or lapses with the stay.
ADDED = {
    "draft": {"draft"},
    "returned": {"withdrawn", "lapsed"},
    "deferred": {"approved", "declined", "withdrawn", "lapsed"},
}

REQUESTER, DECIDER = "AS", "AM CO"

# Act: the event that it leaves, where it leads (nowhere: the draft is gone), and for whom.
ACTS = {
    "save": ("funding.drafted", "draft", REQUESTER),
    "discard": ("funding.discarded", "draft", REQUESTER),
    "send": ("funding.requested", "submitted", REQUESTER),
    "withdraw": ("funding.withdrawn", "withdrawn", REQUESTER),
    "approve": ("funding.approved", "approved", DECIDER),
    "decline": ("funding.declined", "declined", DECIDER),
    "return": ("funding.returned", "returned", DECIDER),
    "defer": ("funding.deferred", "deferred", DECIDER),
}

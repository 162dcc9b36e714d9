"""Which act on a tender passes at which point of its life, and for whom: data, apart from the code.

The roles are those of ``tests/architecture/role_matrix.py``. Each act is done by the best placed
person of a role: who has declared to have no interest, sits on the panel if the role scores, and
is neither the drafter nor the one who recommended or recorded what is to be decided. What is not
named here does not pass.
"""

# A point of the life of a tender, and its state.
POINTS = {
    "draft": "draft",
    "too short": "draft",
    "asked to be short": "draft",
    "open": "published",
    "closed": "published",
    "opened": "opened",
    "agreed": "opened",
    "locked": "quality_locked",
    "price asked": "quality_locked",
    "recommended": "recommended",
    "standstill": "standstill",
    "challenged": "standstill",
    "waited": "standstill",
    "awarded": "awarded",
    "abandoned": "abandoned",
}
BIDDING = None  # sealed: an act of a bidder leaves no event before the opening (T3)
OFFICERS = "CO PR"
DRAFTS = [point for point in POINTS if POINTS[point] == "draft"]
PUBLISHED = [point for point in POINTS if point not in DRAFTS]
UNDER_WAY = [point for point in POINTS if point not in {"awarded", "abandoned"}]
ANNOUNCED = ("standstill", "challenged", "waited", "awarded")

# Act: the event that it leaves, once, and where it passes for whom.
ACTS: dict[str, tuple[str | None, dict[str, str]]] = {
    "copy_tender": ("tender.drafted", dict.fromkeys(POINTS, OFFICERS)),
    "edit_tender": ("tender.edited", dict.fromkeys(DRAFTS, OFFICERS)),
    "set_criteria": ("tender.criteria_set", dict.fromkeys(DRAFTS, OFFICERS)),
    "ask_shorter_period": ("shorter_period.asked", {"too short": OFFICERS}),
    "answer_shorter_period": ("shorter_period.answered", {"asked to be short": "PO"}),
    "publish_tender": ("tender.published", {"draft": OFFICERS}),
    "extend_deadline": ("extension.asked", {"open": OFFICERS}),
    "abandon_tender": ("abandonment.asked", dict.fromkeys(UNDER_WAY, OFFICERS)),
    "answer_clarification": ("clarification.answered", {"open": "PR", "closed": "PR"}),
    "declare_interest": (
        "interest.declared",
        dict.fromkeys(PUBLISHED, "CO PR QE MO AU"),
    ),
    "open_bids": ("opening.approved", {"closed": OFFICERS}),
    "replace_member": (
        "panel_member.replaced",
        {"open": OFFICERS, "closed": OFFICERS, "opened": OFFICERS},
    ),
    "score_response": ("response.scored", {"opened": "QE"}),
    "moderate_response": ("response.moderated", {"agreed": "MO"}),
    "lock_quality": ("quality.locked", {"agreed": "PR"}),
    "ask_explanation": ("low_price.asked", {"locked": "PR", "price asked": "PR"}),
    "explain_price": ("low_price.explained", {"price asked": "PO"}),
    "decide_price": ("low_price.decided", {"price asked": "PR"}),
    "recommend_award": ("award.recommended", {"locked": "PR"}),
    "approve_award": ("award.approved", {"recommended": "CO"}),
    "confirm_award": ("award.confirmed", {"waited": "CO"}),
    "record_challenge": (
        "challenge.recorded",
        {"standstill": "PR", "challenged": "PR", "waited": "PR"},
    ),
    "settle_challenge": ("challenge.settled", {"challenged": OFFICERS}),
    "request_debrief": ("debrief.requested", dict.fromkeys(ANNOUNCED, "PO")),
    "answer_debrief": ("debrief.answered", {"awarded": "PR"}),
    "ask_clarification": ("clarification.asked", {"open": "PO PM"}),
    "edit_answer": (BIDDING, {"open": "PO PM"}),
    "edit_price": (BIDDING, {"open": "PO PM"}),
    "attach_file": (BIDDING, {"open": "PO PM"}),
    "remove_file": (BIDDING, {"open": "PO PM"}),
    "submit_bid": (BIDDING, {"open": "PO"}),
    "withdraw_bid": (BIDDING, {"open": "PO"}),
}

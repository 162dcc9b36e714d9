"""Which act on an invoice passes in which state, and for whom: data, apart from the code.

The roles are those of ``tests/architecture/role_matrix.py``. One finance person has entered and
matched; another approves. What is not named here does not pass.
"""

# received → matched or disputed → approved → paid; rejected on the way. A dispute that is settled
# brings it back, lines that change bring a match back, and a dispute takes an approval back until
# the ledger system has the invoice.
TABLE = {
    "received": {"matched", "disputed", "rejected"},
    "matched": {"received", "matched", "approved", "disputed", "rejected"},
    "disputed": {"received", "rejected"},
    "approved": {"paid", "disputed"},
    "paid": set(),
    "rejected": set(),
}

# Act: the event that it leaves, where it leads from each state it passes in, and for whom.
ACTS = {
    "set_invoice_lines": (
        "invoice.lines_set",
        {"received": "received", "matched": "received"},
        "FI F2",
    ),
    "confirm_service": (
        "invoice.service_confirmed",
        {"received": "received"},
        "AM",
    ),
    "match_invoice": (
        "invoice.matched",
        {"received": "matched", "matched": "matched"},
        "FI F2",
    ),
    "dispute_invoice": (
        "invoice.disputed",
        {"received": "disputed", "matched": "disputed", "approved": "disputed"},
        "FI F2 AM",
    ),
    "settle_dispute": ("invoice.settled", {"disputed": "received"}, "FI F2"),
    "reject_invoice": (
        "invoice.rejected",
        {"received": "rejected", "matched": "rejected", "disputed": "rejected"},
        "FI F2",
    ),
    "approve_invoice": ("invoice.approved", {"matched": "approved"}, "F2"),
    "pay_invoice": ("invoice.paid", {"approved": "paid"}, "FI F2"),
}

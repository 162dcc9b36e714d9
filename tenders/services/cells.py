"""Cells of one size, each room for one file of a bid (D7, T3)."""

import hashlib

from dps_portal import sealing
from tenders.models import AttachmentCell, Invitation, Tender

FILE_SIZE = 1024 * 1024
CELL_SIZE = FILE_SIZE + 1  # padding takes one byte at least
CELLS_A_FILE = 2


def make_cells(tender: Tender) -> None:
    """Room for the files of every invited provider, the same for all, one cell at a time."""
    cells = CELLS_A_FILE * sum(tender.criteria.values_list("attachments", flat=True))
    for invitation in tender.invitations.without_envelopes():
        for number in range(cells):
            AttachmentCell.objects.create(
                invitation=invitation, number=number, content=sealing.noise(CELL_SIZE)
            )


def fill_cell(invitation: Invitation, number: int, content: bytes) -> dict:
    """Put a file into a cell; says where it lies, and under which new key."""
    key = sealing.new_key()
    box = sealing.lock_bytes(content, key=key, size=CELL_SIZE)
    invitation.cells.filter(number=number).update(content=box)
    return {"cell": number, "key": key.hex()}


def open_cell(invitation: Invitation, facts: dict) -> bytes:
    """The file that ``facts`` names. Raises ``sealing.Tampered`` if it is another one by now."""
    cell = invitation.cells.filter(number=facts["cell"]).first()
    if cell is None:
        raise sealing.Tampered
    content = sealing.unlock_bytes(cell.content, key=bytes.fromhex(facts["key"]))
    if hashlib.sha256(content).hexdigest() != facts["sha256"]:
        raise sealing.Tampered
    return content

"""The outcome letter as a file: the words as they were sent, and the scores in one table."""

import re
from dataclasses import dataclass

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission, Role, permissions_of
from dps_portal.ui import pdf
from tenders.models import Award, Bid, ConsensusScore, Letter

ENVELOPE_PARTS = 3  # the date, the addressee and the subject come first
GAP = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Part:
    text: str
    is_heading: bool


@dataclass(frozen=True)
class ScoreLine:
    """One criterion: own points and reason, and the points of each winner beside them."""

    criterion: str
    weight: int
    own: int | None
    winners: tuple[int | None, ...]
    reason: str


def parts_of(body: str) -> list[Part]:
    """The paragraphs as sent; a line of capitals is a heading."""
    return [Part(text, text.isupper()) for text in GAP.split(body.strip())]


def job_of(person: User, permission: Permission) -> str:
    """The role through which the person acts on a permission, or once did."""
    held = person.grants.order_by("granted_at", "pk").values_list("role", flat=True)
    labels = [Role(role).label for role in held if permission in permissions_of([role])]
    return labels[0] if labels else ""


def winners_over(letter: Letter) -> list[Bid]:
    """The winning bids besides the addressee's own."""
    rows = letter.tender.bids.exclude(award=None).exclude(provider=letter.provider)
    return list(rows.in_order())


def score_lines(letter: Letter, winners: list[Bid]) -> list[ScoreLine]:
    rows = ConsensusScore.objects.filter(response__bid__tender=letter.tender)
    agreed = {
        (one.response.bid.provider_id, one.response.criterion_id): one
        for one in rows.select_related("response__bid")
    }

    def points(provider, criterion):
        found = agreed.get((provider, criterion.pk))
        return found.points if found else None

    return [
        ScoreLine(
            criterion=criterion.name,
            weight=criterion.weight,
            own=points(letter.provider_id, criterion),
            winners=tuple(points(bid.provider_id, criterion) for bid in winners),
            reason=getattr(agreed.get((letter.provider_id, criterion.pk)), "reason", ""),
        )
        for criterion in letter.tender.criteria.order_by("position")
    ]


def letter_pdf(letter: Letter) -> bytes:
    """Made anew on each request, from what was stored and never changes; outside transactions."""
    award = Award.objects.select_related("approved_by").get(tender=letter.tender)
    parts = parts_of(letter.body)
    winners = winners_over(letter)
    facts = {
        "letter": letter,
        "tender": letter.tender,
        "agreement": letter.tender.lot.agreement,
        "day": parts[0],
        "addressee": parts[1],
        "subject": parts[2].text.split("\n"),
        "parts": parts[ENVELOPE_PARTS:],
        "winners": winners,
        "lines": score_lines(letter, winners),
        "award": award,
        "job": award.decided_as or job_of(award.approved_by, Permission.APPROVE_AWARD),
    }
    return pdf.to_pdf(pdf.page("tenders/letter_pdf.html", facts))

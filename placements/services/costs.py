"""What a placement costs now, read from its rows; prefetch them to read many (``with_costs``)."""

from collections.abc import Iterable

from placements import rules
from placements.models import Exit, FundingRequest, Placement
from placements.states import NEVER_STAYED, RequestKind


def last_exit(placement: Placement) -> Exit | None:
    """The newest revision of how the stay ended."""
    return max(placement.exits.all(), key=lambda left: left.revision, default=None)


def stay_of(placement: Placement, *, extra: Iterable[rules.Layer] = ()) -> rules.Stay | None:
    """The funded stay, with ``extra`` nights asked for laid over it; ``None`` without a night.

    What was called off costs nothing but its single charges (R14).
    """
    if placement.state in NEVER_STAYED:
        return None
    layers = [
        rules.Layer(term.start, term.end, term.weekly_pence)
        for term in sorted(placement.terms.all(), key=lambda term: term.pk)
    ]
    terms = rules.in_force([*layers, *extra])
    if not terms:
        return None
    left = last_exit(placement)
    return rules.stay_of(
        terms,
        discharge=left and left.on,
        notice_nights=left.notice_nights if left else 0,
    )


def one_offs_of(placement: Placement) -> list[rules.OneOff]:
    return [rules.OneOff(charge.on, charge.pence) for charge in placement.one_offs.all()]


def position(placement: Placement, *, asked: FundingRequest | None = None) -> dict[int, int]:
    """Gross pence by financial year, as things are or with what is ``asked`` for as well (R8)."""
    charges = one_offs_of(placement)
    layers = []
    if asked and asked.kind == RequestKind.ONE_OFF:
        charges.append(rules.OneOff(asked.start, asked.one_off_pence))
    elif asked:
        layers.append(rules.Layer(asked.start, asked.end, asked.weekly_pence))
    return rules.position(stay_of(placement, extra=layers), charges)

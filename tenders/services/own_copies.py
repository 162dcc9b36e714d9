"""What a provider keeps of its own in its invitation, readable by nobody else until the opening."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dps_portal import sealing
from dps_portal.refusals import Refused
from tenders import rules
from tenders.models import Criterion, Invitation

from .envelopes import QUALITY_SIZE, db_now, files_of, fill_envelopes, read_own_copy
from .tenders import lock_tender

NOTHING_YET = {"answers": {}, "weekly_pence": None, "attachments": {}, "finished": []}


@dataclass(frozen=True)
class OwnBid:
    """The draft, the bid as submitted, and the submissions that were refused.

    Answers and files are by the position of their criterion, as text, since JSON knows no other
    keys. ``finished`` are the positions that the bidder calls finished.
    """

    draft: dict
    submitted: dict | None
    attempts: list[dict]
    compared_weeks: int | None

    @property
    def price(self) -> dict[str, int | None]:
        """The parts that the tender asks for, as the draft holds them."""
        asked = rules.BESIDES if self.compared_weeks else ()
        besides = {name: self.draft.get(name, 0) for name in asked}
        return {"weekly_pence": self.draft["weekly_pence"]} | besides

    @property
    def quote(self) -> rules.Quote | None:
        """Nothing without a weekly price."""
        price = self.price
        is_priced = price["weekly_pence"] is not None
        return rules.Quote.of(price, self.compared_weeks) if is_priced else None

    @property
    def submitted_quote(self) -> rules.Quote | None:
        return self.submitted and rules.Quote.of(self.submitted["price"], self.compared_weeks)

    @property
    def is_draft_submitted(self) -> bool:
        """Whether nothing was changed since the bid was submitted."""
        if self.submitted is None:
            return False
        quality = self.submitted["quality"]
        sealed = quality["content"]["answers"], self.submitted_quote, files_of(quality)
        held = {place: files for place, files in self.draft["attachments"].items() if files}
        return (self.draft["answers"], self.quote, held) == sealed

    @property
    def submitted_at(self) -> datetime | None:
        if self.submitted is None:
            return None
        return datetime.fromisoformat(self.submitted["quality"]["content"]["submitted_at"])

    def answer(self, criterion: Criterion) -> str:
        return self.draft["answers"].get(str(criterion.position), "")

    def files(self, criterion: Criterion) -> list[dict]:
        return self.draft["attachments"].get(str(criterion.position), [])

    @property
    def submitted_files(self) -> list[dict]:
        held = files_of(self.submitted["quality"]).values() if self.submitted else ()
        return [one for files in held for one in files]

    def all_files(self) -> dict[int, dict]:
        """Every file of the draft and of the bid, by its cell."""
        drafted = [one for files in self.draft["attachments"].values() for one in files]
        return {one["cell"]: one for one in [*drafted, *self.submitted_files]}


def own_bid(invitation: Invitation) -> OwnBid:
    draft, submitted, attempts = read_own_copy(invitation)
    tender = invitation.tender
    fixed = {} if tender.fixed_pence is None else {"weekly_pence": tender.fixed_pence}
    return OwnBid(NOTHING_YET | (draft or {}) | fixed, submitted, attempts, tender.compared_weeks)


def lock_invitation(invitation: Invitation, at: datetime) -> tuple[Invitation, datetime]:
    """The invitation under its tender's lock, and the later of ``at`` and the database's time."""
    tender = lock_tender(invitation.tender)
    now = max(at, db_now())
    invitation = Invitation.objects.select_related("provider").get(pk=invitation.pk)
    invitation.tender = tender
    return invitation, now


def keep(
    invitation: Invitation,
    *,
    draft: dict,
    bid: dict | None,
    attempts: Sequence[dict] | None = None,
) -> Invitation:
    """Write the own copy and both envelopes; without ``attempts`` those kept so far stay."""
    if attempts is None:
        _, _, attempts = read_own_copy(invitation)
    try:
        if len(sealing.canonical(draft)) > QUALITY_SIZE:
            raise sealing.TooLarge
        fill_envelopes(invitation, draft=draft, bid=bid, attempts=attempts)
    except sealing.TooLarge:
        raise Refused(["The answers are too long to be sealed. Shorten them."]) from None
    invitation.save()
    return invitation

"""What may be done with the record of a person, and for how long it is kept (design D10)."""

import unicodedata
from datetime import date, datetime, timedelta

from dps_portal.clock import add_months
from placements.states import SubjectRequestKind, SubjectRequestState

BREAK_GLASS_HOURS = 24  # targets §4, row 32
DRAFT_DAYS = 90  # money.md §9: a draft that was never handed in
DRAFT_NOTICE_DAYS = 14  # before it is deleted, to hand it in after all
RETENTION_MONTHS = 8 * 12  # R8.4: adult social care records, after the last contact
DOWNLOAD_DAYS = 30  # an approved export can be taken that long
DASHES = "-\u2010\u2011\u2012\u2013\u2014"
ERASED = "This person's record has been erased."


# ── Words that are searched for ──────────────────────────────────────────────────────────────
def plain_number(number: str) -> str:
    return "".join(number.split()).upper()


def plain_name(name: str) -> str:
    """Letters and digits alone: neither case, accents, spaces nor hyphens tell names apart.

    Nor does an apostrophe that Unicode counts among the letters (``Lm``).
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(
        letter for letter in decomposed if letter.isalnum() and unicodedata.category(letter) != "Lm"
    )


def identity_in(text: str, *, name: str, born_on: date, number: str) -> list[str]:
    """What of this person's identity stands in words that others than the caseload read.

    The reasons do not repeat it. A part of a name alone is none of it: it may be any word.
    """
    written = " ".join(text.casefold().split())
    born = {
        f"{born_on:%Y-%m-%d}",
        *(
            f"{born_on.day:{size}}{mark}{born_on.month:{size}}{mark}{born_on:%Y}"
            for mark in "/.-"
            for size in ("", "02")
        ),
        *(
            f"{born_on.day} {month} {born_on:%Y}".casefold()
            for month in (f"{born_on:%B}", f"{born_on:%b}")
        ),
    }
    found = []
    if plain_name(name) and f" {plain_words(name)}" in f" {plain_words(text)}":
        found.append("The text has the person's name.")
    if any(each in written for each in born):
        found.append("The text has the person's date of birth.")
    if plain_name(number) and plain_name(number) in plain_name(text):
        found.append("The text has the person's number.")
    return found


def plain_words(text: str) -> str:
    """``plain_name`` of each word, a space between them."""
    words = "".join(" " if each.isspace() or each in DASHES else each for each in text).split()
    return " ".join(filter(None, map(plain_name, words)))


# ── Access ───────────────────────────────────────────────────────────────────────────────────
def break_glass_until(at: datetime) -> datetime:
    return at + timedelta(hours=BREAK_GLASS_HOURS)


def objections_to_break_glass(*, is_erased: bool, sees_already: bool) -> list[str]:
    if is_erased:
        return [ERASED]
    return ["You can see this person's case already."] if sees_already else []


def objections_to_review(*, is_reviewed: bool, is_own: bool) -> list[str]:
    objections = []
    if is_reviewed:
        objections.append("This has been reviewed already.")
    if is_own:
        objections.append("Another manager must review this, because you opened the case.")
    return objections


def objections_to_restriction(
    *, is_restricted: bool, should_be: bool, has_manager: bool = True
) -> list[str]:
    """Somebody on the list must be able to lift it again."""
    objections = []
    if is_restricted and not should_be:
        objections.append("The record is restricted already.")
    if should_be and not is_restricted:
        objections.append("The record is not restricted.")
    if not has_manager:
        objections.append("Name at least one manager, who can lift the restriction.")
    return objections


def objections_to_referral_out_of_sight(*, is_in_sight: bool) -> list[str]:
    """Of a restricted person, by somebody who is not on the list and could not go on with it."""
    return [] if is_in_sight else ["Ask your manager, who knows who may refer this person."]


# ── Consent ──────────────────────────────────────────────────────────────────────────────────
def objections_to_consent(
    *, standing: bool | None, is_given: bool, on: date, today: date
) -> list[str]:
    objections = []
    if standing is is_given or (standing is None and not is_given):
        objections.append(
            "This consent is recorded as given already."
            if is_given
            else "There is no recorded consent to withdraw."
        )
    if on > today:
        objections.append("Consent cannot have a date in the future.")
    return objections


def objections_to_sharing(*, consent: bool | None) -> list[str]:
    """A withdrawal stops offers from then on; consent by the referral needs no row (R8.3)."""
    if consent is False:
        return ["The person has withdrawn consent to share their needs with providers."]
    return []


# ── The record as a whole ────────────────────────────────────────────────────────────────────
def objections_to_correction(
    *, is_erased: bool, changes_nothing: bool, is_number_taken: bool
) -> list[str]:
    if is_erased:
        return [ERASED]
    objections = []
    if changes_nothing:
        objections.append("Enter what is to be changed.")
    if is_number_taken:
        objections.append("Another person has this social care number.")
    return objections


def objections_to_legal_hold(*, is_held: bool, should_be: bool, is_erased: bool) -> list[str]:
    if is_erased:
        return [ERASED]
    if is_held == should_be:
        return []
    return ["A legal hold is in place already." if is_held else "There is no legal hold."]


def erasure_due_on(last_contact: date) -> date:
    return add_months(last_contact, RETENTION_MONTHS)


def last_contact_of_due(today: date) -> date:
    """The latest last contact whose record is due for erasure today."""
    return add_months(today, -RETENTION_MONTHS)


def draft_is_stale_if_made_by(at: datetime) -> datetime:
    return at - timedelta(days=DRAFT_DAYS)


def objections_to_erasure(
    *, is_erased: bool, has_open_referral: bool, is_held: bool, due_on: date, today: date
) -> list[str]:
    if is_erased:
        return [ERASED]
    objections = []
    if has_open_referral:
        objections.append("The person has an open referral.")
    if is_held:
        objections.append("A legal hold is in place.")
    if today < due_on:
        objections.append("The record must be kept for 8 years after the last contact.")
    return objections


def objections_to_subject_request(*, is_erased: bool, is_waiting: bool) -> list[str]:
    if is_erased:
        return [ERASED]
    return ["The same is waiting for a decision already."] if is_waiting else []


def objections_to_subject_decision(
    *, state: SubjectRequestState, is_own: bool, is_approved: bool, reason: str
) -> list[str]:
    """Targets §4, row 40: two people."""
    objections = []
    if state != SubjectRequestState.WAITING:
        objections.append(f"The request is marked “{state.label}”, which does not allow this.")
    if is_own:
        objections.append("Another manager must decide, because you asked for this.")
    if not is_approved and not reason:
        objections.append("Say why this is refused.")
    return objections


def objections_to_download(
    *,
    kind: SubjectRequestKind,
    state: SubjectRequestState,
    is_erased: bool,
    decided_on: date | None,
    today: date,
) -> list[str]:
    if kind != SubjectRequestKind.EXPORT or state != SubjectRequestState.APPROVED:
        return ["There is no approved export to take."]
    if is_erased:
        return [ERASED]
    if decided_on and today > decided_on + timedelta(days=DOWNLOAD_DAYS):
        return [f"The export could be taken for {DOWNLOAD_DAYS} days. Ask for it again."]
    return []

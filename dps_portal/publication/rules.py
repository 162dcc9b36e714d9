"""When a question, an answer or a document may be published, and which numbers are too small to."""

from collections.abc import Collection, Iterable
from fractions import Fraction

from dps_portal.money import half_up

MOST_OPEN_QUESTIONS = 5
FEWEST = 5  # people that a number must count to be shown by itself (design D10, R8.6)
ABOUT_PENCE = 100_000  # to which an amount of several small numbers is rounded
THRESHOLD_PENCE = 500_00  # what is spent above it is published (R5.3)
CONTRACT_PENCE = 5_000_00  # contracts above it are registered (R5.4)


def objections_to_question(*, open_questions: int, is_over: bool) -> list[str]:
    objections = []
    if is_over:
        objections.append("The agreement has ended, so no more questions are taken.")
    if open_questions >= MOST_OPEN_QUESTIONS:
        objections.append(
            f"You have {open_questions} questions that wait for an answer. "
            "Ask again when one of them is answered."
        )
    return objections


def objections_to_answer(*, is_answered: bool) -> list[str]:
    return ["This question is already answered."] if is_answered else []


def objections_to_document(*, is_title_taken: bool) -> list[str]:
    if not is_title_taken:
        return []
    return ["There is a document with this title. Publish a new version of it instead."]


def objections_to_version(*, is_same_file: bool) -> list[str]:
    return ["This is the same file as the newest version."] if is_same_file else []


# ── Small numbers ────────────────────────────────────────────────────────────────────────────
def least_shown(counts: Iterable[int]) -> int:
    """The least count that is shown by itself; all below it are added up to one (R8.6).

    It is raised above five for as long as the sum of those below would tell one of them. It follows
    from the counts alone, never from whose they are: any two that are added up could be each
    other's, so whoever knows this rule learns no more than who does not.
    """
    least, rest = FEWEST, sorted(count for count in counts if count)
    while True:
        hidden = [count for count in rest if count < least]
        shown = [count for count in rest if count >= least]
        if not hidden or not shown or _tells_nothing(hidden):
            return least
        least = shown[0] + 1


def _tells_nothing(hidden: Collection[int]) -> bool:
    """One alone is the sum; several of the most that is hidden could be nothing else."""
    return len(hidden) > 1 and sum(hidden) >= FEWEST and sum(hidden) != (FEWEST - 1) * len(hidden)


def about(pence: int) -> int:
    """Rounded half up to a thousand pounds, so that no price can be taken out of a sum."""
    return half_up(Fraction(pence, ABOUT_PENCE)) * ABOUT_PENCE


# ── What is published of money ───────────────────────────────────────────────────────────────
def is_published_spend(pence: int) -> bool:
    """Strictly above £500, a credit by its size (R5.3)."""
    return abs(pence) > THRESHOLD_PENCE


def is_registered_contract(pence: int) -> bool:
    """Strictly above £5,000 (R5.4)."""
    return pence > CONTRACT_PENCE

"""When a question, an answer or a document may be published, and the quarters of awards."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
MOST_OPEN_QUESTIONS = 5
NOTICE_DAYS = 30  # PCR 50(5), 75(4): after the end of the quarter; R2.16
MONTHS_IN_QUARTER = 3


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


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of the calendar, by their first day."""

    start: date

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(date(day.year, day.month - (day.month - 1) % MONTHS_IN_QUARTER, 1))

    @property
    def last_day(self) -> date:
        return Quarter.of(self.start + timedelta(days=100)).start - ONE_DAY

    @property
    def notice_due(self) -> date:
        """When the notice of the quarter's awards is due at the latest (R2.16)."""
        return self.last_day + timedelta(days=NOTICE_DAYS)

    def __str__(self) -> str:
        return f"{self.start:%B} to {self.last_day:%B %Y}"

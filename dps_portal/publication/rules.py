"""When a question, an answer or a document may be published."""

MOST_OPEN_QUESTIONS = 5


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

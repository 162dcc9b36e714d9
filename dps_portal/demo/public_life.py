"""What the public and the participants are told: notices, documents, questions, a deviation."""

from datetime import date, timedelta

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement, NoticeKind
from dps_portal.agreements.services import record_notice
from dps_portal.clock import ONE_DAY
from dps_portal.publication import services
from providers.services import record_deviation

from .days import noon
from .papers import paper
from .people import make_person

DOCUMENTS = {
    "Specification": (
        None,
        ("As published with the contract notice.", "Three lots: standard, enhanced, specialist."),
        ("Adds what a discharge report says.", "Three lots: standard, enhanced, specialist."),
    ),
    "Specialist lot: clinical requirements": (
        3,
        ("As published with the contract notice.", "A nurse on site by day and by night."),
        ("Says which training counts.", "A nurse on site by day and by night, with training."),
    ),
}
QUESTIONS = (
    (
        "May a provider from outside the region apply?",
        "Yes. Where the home is does not matter, as long as it is registered for the activity.",
    ),
    (
        "We run two homes, one of them new. Must both be inspected before we apply?",
        "No. A home that has not been inspected yet counts by its registration.",
    ),
    ("Does the fixed weekly price include transport on the day of admission?", None),
)


def record_notices(agreement: Agreement, officer: User, today: date) -> None:
    """Every notice of a past quarter is out; the newest one is still to be published."""
    due = agreement.notice_tasks.filter(kind=NoticeKind.QUARTERLY_AWARD, due_on__lt=today)
    for number, notice in enumerate(due.order_by("due_on"), start=1):
        day = notice.due_on - timedelta(days=5)
        record_notice(
            notice=notice,
            reference=f"{day.year}/S 000-9900{number:02d}",
            published_on=day,
            by=officer,
            at=noon(day),
        )


def publish_documents(agreement: Agreement, officer: User, today: date) -> None:
    """Each with two versions: the old one stays reachable."""
    for title, (lot, first, second) in DOCUMENTS.items():
        file = {"name": f"{title.split(':')[0].lower()}.pdf", "by": officer}
        version = services.publish_document(
            agreement=agreement,
            lot=lot and agreement.lots.get(number=lot),
            title=title,
            note=first[0],
            content=paper(title, "Version 1", *first[1:]),
            at=noon(agreement.start - timedelta(days=90)),
            **file,
        )
        services.publish_version(
            document=version.of,
            note=second[0],
            content=paper(title, "Version 2", *second[1:]),
            at=noon(today - timedelta(days=40)),
            **file,
        )


def ask_and_answer(agreement: Agreement, officer: User, today: date) -> None:
    """Two answered questions and one that waits, all by somebody who has not applied yet."""
    asker = make_person("enquiries@marlowe-hall.example", "Enquiries at Marlowe Hall")
    for number, (text, answer) in enumerate(QUESTIONS):
        day = today - timedelta(days=9 - 3 * number)
        question = services.ask_question(agreement=agreement, text=text, by=asker, at=noon(day))
        if answer:
            services.answer_question(
                question=question, wording=text, answer=answer, by=officer, at=noon(day + ONE_DAY)
            )


def take_addresses(agreement: Agreement, today: date) -> None:
    """One that is told when applications open, and one that has not confirmed yet."""
    at = noon(today - ONE_DAY)
    confirmed, _ = (
        services.subscribe(agreement=agreement, email=f"{who}@marlowe-hall.example", at=at)
        for who in ("manager", "office")
    )
    services.confirm_subscription(subscription=confirmed, at=at)


def deviate(agreement: Agreement, commissioner: User, today: date) -> None:
    record_deviation(
        agreement=agreement,
        rule="minimum_tender_days",
        value=14,
        reason="Providers told us that ten days are short for a bid in the holidays.",
        no_breach="It is longer for everybody alike, and everybody is told at the same time.",
        by=commissioner,
        at=noon(today - timedelta(days=60)),
    )


def make_public_life(agreement: Agreement, council: dict[Role, list[User]], today: date) -> None:
    officer = council[Role.PROCUREMENT][0]
    record_notices(agreement, officer, today)
    publish_documents(agreement, officer, today)
    ask_and_answer(agreement, officer, today)
    take_addresses(agreement, today)
    deviate(agreement, council[Role.COMMISSIONER][0], today)

"""The demonstration council: its agreement in the fifth year, made by the portal's own services."""

import json
import re
from datetime import date, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.db.models import F

from dps_portal.accounts import models as accounts
from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.management.commands.load_agreement import published
from dps_portal.agreements.models import Agreement, NoticeKind
from dps_portal.agreements.services import exercise_option, load_agreement
from dps_portal.clock import ONE_DAY, add_months, financial_year, in_words, year_label, year_start
from dps_portal.notifications.models import Notification
from placements.services import confirm_ceiling, propose_ceiling

from .admitted_life import Life, make_admitted_life
from .cases import Cast
from .competitions import make_tenders
from .days import noon
from .history import write_history
from .ledger import make_invoices
from .market import make_market
from .oversight import make_oversight
from .people import make_council
from .public_life import make_public_life
from .reports import ask_for_reports

REFERENCE = "northhaven-rehab-dps"
FIRST_DAY = date(2021, 12, 1)
PUBLISHED_FIFTH_YEAR = 2026
TENDERS_NEED = timedelta(days=90)  # from a draft to the end of the agreement


def years_later(today: date) -> int:
    """By how many years the published dates move for an agreement in its fifth year.

    In the last months of that year it is in its fourth, so that tenders still have a future.
    """
    return financial_year(today + TENDERS_NEED) - PUBLISHED_FIFTH_YEAR


def moved(data: dict, years: int) -> dict:
    """With every ISO date in it so many years later."""
    text = re.sub(r'"(\d{4})-', lambda year: f'"{int(year[1]) + years}-', json.dumps(data))
    return json.loads(text)


def notice(day: date, kind: NoticeKind, what: str) -> dict:
    """One that was published on the day it was due, under an invented reference."""
    reference = f"{day.year}/S 000-99{day:%m%d}"
    return {
        "kind": kind,
        "what": what,
        "due_on": day,
        "published_on": day,
        "reference": reference,
    }


def make_agreement(today: date) -> Agreement:
    """The published facts under an invented council's name, with a round open around today."""
    opens = noon(today - timedelta(days=12))
    years = years_later(today)
    first_day = add_months(FIRST_DAY, 12 * years)
    data = moved(published(), years) | {
        "reference": REFERENCE,
        "authority": settings.COUNCIL_NAME,
        "ocid": "",
        "notices": [notice(first_day, NoticeKind.CONTRACT, "Contract notice")],
    }
    day = opens.date()
    what = f"Re-opening notice for the round of {in_words(day)}"
    reopening = notice(day, NoticeKind.REOPENING, what)
    data["notices"].append(reopening)
    data["rounds"] = [
        *({**one, "notice_reference": ""} for one in data["rounds"]),
        {
            "opens_at": opens,
            "closes_at": opens + timedelta(days=35),
            "notice_reference": reopening["reference"],
        },
    ]
    agreement = load_agreement(data=data, by=None, at=noon(first_day))
    for option in agreement.options.order_by("number"):
        day = min(option.exercise_by - timedelta(days=60), today - ONE_DAY)
        exercise_option(
            option=option,
            evidence=f"Decision record {option.number}",
            legal_check="The option was advertised with the first notice, so exercising it stands.",
            on=day,
            by=None,
            at=noon(day),
        )
    agreement.refresh_from_db()
    return agreement


def set_ceilings(agreement: Agreement, council: dict[Role, list[User]], today: date) -> None:
    """The published ceiling for each year so far and the next, each by two people."""
    for year in range(agreement.start.year, financial_year(today) + 2):
        at = noon(min(year_start(year) - timedelta(days=30), today - timedelta(days=1)))
        revision = propose_ceiling(
            agreement=agreement,
            year=year,
            ceiling_pence=agreement.annual_ceiling_pence,
            decision_reference=f"Budget {year_label(year)}",
            by=council[Role.COMMISSIONER][0],
            at=at,
        )
        confirm_ceiling(revision=revision, by=council[Role.FINANCE][0], at=at)


@transaction.atomic
def seed(today: date) -> None:
    """Make everything or nothing; the same for the same day, but for ciphertext."""
    random = Random(today.toordinal())  # noqa: S311 - an invented story, not a secret
    ours, accounts.references = accounts.references, random
    try:
        council = make_council(at=noon(FIRST_DAY))
        agreement = make_agreement(today)
        set_ceilings(agreement, council, today)
        owners = make_market(agreement, council, random, today)
        write_history(Cast(council, owners, random), agreement, today)
        make_tenders(agreement, council, owners, today)
        make_public_life(agreement, council, today)
        make_admitted_life(Life(agreement, council, owners, today))
        make_invoices(agreement, council, owners, today)
        make_oversight(agreement, council, today)
        ask_for_reports(agreement, council, owners, today)
        # What the story owed was said in its own time; only today's mail is still to send.
        old = Notification.objects.filter(sent_at=None, due_at__lt=noon(today - timedelta(days=1)))
        old.update(sent_at=F("due_at"))
    finally:
        accounts.references = ours

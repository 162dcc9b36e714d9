"""What open data tells of, and what it must not: payments, and tenders for one person's place."""

from datetime import date, timedelta

from django.utils import timezone

from dps_portal.accounts.roles import Role
from placements import models
from placements.models import Invoice, InvoiceLine
from tenders.models import Tender

from .accounts import UserFactory
from .placements import Journey, noon

NEXT = iter(range(1, 10**9))


def for_one_person(tender: Tender) -> models.Competition:
    """Marks the tender as one for the place of a person, who is made for it."""
    referral = Journey(lot=tender.lot).empty_draft(name="Perdita Canary")
    return models.Competition.objects.create(
        referral=referral,
        tender=tender,
        profile={},
        started_by=referral.created_by,
        started_at=timezone.now(),
    )


def placements(journey: Journey, count: int) -> list[models.Placement]:
    """Each of another person, offered to the journey's provider."""
    return [journey.offered() for _ in range(count)]


def paid(provider, pence: int, on: date, *, placements=(), recorded=None) -> Invoice:
    """An invoice or credit note that is paid, with a line for each placement."""
    number, finance = next(NEXT), UserFactory(roles=[Role.FINANCE])
    at = noon(recorded or on)
    invoice = Invoice.objects.create(
        provider=provider,
        number=f"SECRET-{number}",
        number_key=f"secret-{number}",
        kind="invoice" if pence > 0 else "credit",
        origin="entered",
        state="paid",
        dated_on=on,
        received_on=on,
        clock_from=on,
        due_on=on + timedelta(days=30),
        pence=pence,
        entered_by=finance,
        entered_at=at,
        approved_by=UserFactory(roles=[Role.FINANCE]),
        approved_at=at,
        paid_on=on,
        transaction=f"TX{number}",
        paid_by=finance,
        paid_at=at,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            placement=placement,
            start=on - timedelta(days=30),
            end=on,
            pence=pence,
        )
        for placement in placements
    )
    return invoice

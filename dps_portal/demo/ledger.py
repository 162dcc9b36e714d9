"""A year of invoices: one from each provider for each month, in every state towards today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.clock import add_months
from placements import services
from placements.models import Invoice, Placement
from placements.states import ImportKind, InvoiceKind
from providers.models import Provider

from .days import noon

MONTHS = 12
SENT = timedelta(days=2)  # after the end of the month
CONFIRMED = timedelta(days=6)
MATCHED = timedelta(days=8)
APPROVED = timedelta(days=11)
HANDED_OVER = timedelta(days=14)
PAID = timedelta(days=19)
ROUNDED_UP = 40  # pence: the provider rounds the price of a day
OVERCHARGED = 24_150


@dataclass(frozen=True)
class Desk:
    """Who deals with the invoices: two finance people, and the assessment team."""

    agreement: Agreement
    council: dict[Role, list[User]]
    owners: dict[int, User]  # by primary key of the provider
    today: date

    @property
    def finance(self) -> tuple[User, User]:
        first, second = self.council[Role.FINANCE]
        return first, second

    def send(self, provider: Provider, number: str, lines: list[dict], day: date) -> Invoice:
        return services.submit_invoice(
            provider=provider,
            number=number,
            kind=InvoiceKind.INVOICE,
            dated_on=day,
            pence=sum(line["pence"] for line in lines),
            lines=lines,
            by=self.owners[provider.pk],
            at=noon(day),
        )

    def confirm(self, invoice: Invoice, day: date) -> None:
        manager = self.council[Role.ASSESSMENT_MANAGER][0]
        services.confirm_service(invoice=invoice, by=manager, at=noon(day))

    def match(self, invoice: Invoice, day: date) -> None:
        services.match_invoice(invoice=invoice, reason="", by=self.finance[0], at=noon(day))

    def approve(self, invoice: Invoice, day: date) -> None:
        services.approve_invoice(invoice=invoice, by=self.finance[1], at=noon(day))


def make_invoices(
    agreement: Agreement, council: dict[Role, list[User]], owners: dict[int, User], today: date
) -> None:
    """Those of the last full month stand in every state; the earlier ones are paid."""
    desk = Desk(agreement, council, owners, today)
    last = add_months(today.replace(day=1), -1)
    for back in range(MONTHS, 0, -1):
        start = add_months(last, -back)
        make_paid_month(desk, start)
    make_last_month(desk, last)
    stage_a_file(desk, last)


def months_invoices(desk: Desk, start: date) -> Iterator[tuple[Provider, list[dict]]]:
    """What each provider is due for the nights of a month, one line for each stay."""
    end = add_months(start, 1)
    stays = (
        Placement.objects.filter(
            referral__agreement=desk.agreement, admission__lt=end, terms__end__gt=start
        )
        .distinct()
        .select_related("provider")
        .with_costs()
        .order_by("provider__name", "pk")
    )
    lines: dict[Provider, list[dict]] = {}
    for stay in stays:
        dues = services.dues_of(stay)
        nights = [day for day, _ in dues.gross if start <= day < end]
        if nights and (pence := dues.between(start, end)) > 0:
            first, after = nights[0], nights[-1] + timedelta(days=1)
            line = {"placement": stay, "start": first, "end": after, "pence": pence}
            lines.setdefault(stay.provider, []).append(line)
    yield from lines.items()


def number_of(provider: Provider, start: date) -> str:
    initials = "".join(word[0] for word in provider.name.split() if word[0].isalpha())
    return f"{initials.upper()}-{start:%Y%m}"


def make_paid_month(desk: Desk, start: date) -> None:
    end = add_months(start, 1)
    sent = [
        desk.send(provider, number_of(provider, start), lines, end + SENT)
        for provider, lines in months_invoices(desk, start)
    ]
    if not sent:
        return
    for invoice in sent:
        desk.confirm(invoice, end + CONFIRMED)
        desk.match(invoice, end + MATCHED)
        desk.approve(invoice, end + APPROVED)
    batch = services.make_payment_batch(by=desk.finance[0], at=noon(end + HANDED_OVER))
    for place, invoice in enumerate(sent, start=1):
        services.pay_invoice(
            invoice=invoice,
            paid_on=end + PAID,
            transaction_number=f"51{batch.pk:04}{place:04}",
            by=desk.finance[0],
            at=noon(end + PAID),
        )


def make_last_month(desk: Desk, start: date) -> None:
    """Sent, confirmed, matched, disputed, rejected and approved, one provider after another."""
    end = add_months(start, 1)
    sent_on = min(end + SENT, desk.today)
    for place, (provider, lines) in enumerate(months_invoices(desk, start)):
        ends = ("approved", "disputed", "matched", "confirmed", "rejected", "sent")
        how = ends[place % len(ends)]
        if how in {"disputed", "rejected"}:
            lines[0]["pence"] += OVERCHARGED
        elif how == "approved":
            lines[0]["pence"] += ROUNDED_UP
        invoice = desk.send(provider, number_of(provider, start), lines, sent_on)
        bring_to(desk, invoice, how, sent_on)


def bring_to(desk: Desk, invoice: Invoice, how: str, sent_on: date) -> None:
    day = min(sent_on + CONFIRMED, desk.today)
    facts = {"invoice": invoice, "by": desk.finance[0], "at": noon(day)}
    match how:
        case "disputed":
            reason = "Charged for more nights than the first stay had."
            services.dispute_invoice(reason=reason, **facts)
        case "rejected":
            services.reject_invoice(reason="The amount is that of another month.", **facts)
        case "confirmed":
            desk.confirm(invoice, day)
        case "matched" | "approved":
            desk.confirm(invoice, day)
            desk.match(invoice, day)
            if how == "approved":
                desk.approve(invoice, day)


def stage_a_file(desk: Desk, start: date) -> None:
    """A file that waits: a good row, a credit, a name nobody knows, and an amount to refuse."""
    provider = Provider.objects.filter(invoices__isnull=False).distinct().by_name().first()
    if provider is None:
        return
    day = f"{start + timedelta(days=4):%d.%m.%Y}"
    near = provider.name.replace("ou", "o", 1)
    rows = [
        "Beneficiary name;Document No;Date;Net amount (GBP)",
        f"{provider.name.upper()} LTD.;X-101;{day};£1,234.00",
        f"{provider.name};X-102;{day};-120.50",
        f"{near}e;X-103;{day};310.00",
        f"{provider.name};X-104;{day};1.234,00",
        ";;;",
        "Total;;;2,423.50",
    ]
    services.stage_import(
        kind=ImportKind.INVOICES,
        file_name="extras.csv",
        content="\n".join(rows).encode("cp1252"),
        by=desk.finance[0],
        at=noon(desk.today - timedelta(days=1)),
    )

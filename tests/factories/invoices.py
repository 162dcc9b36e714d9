"""Invoices at any point of their way, made by the services themselves."""

from datetime import date

from dps_portal.accounts.roles import Role
from placements import services
from placements.states import InvoiceKind

from .accounts import UserFactory
from .placements import PLANNED, Journey, noon, owner_of

JULY = date(2026, 7, 1)
TODAY = date(2026, 7, 20)
JUNE_COST = 253_500  # 21 nights at £845.00 a week


class Billing:
    """A stay since 10 June 2026, and two finance people who deal with what is asked for it."""

    def __init__(self, journey=None):
        self.journey = journey or Journey().budget(y2026=27_000_000)
        self.placement = self.journey.admitted()
        self.provider = self.journey.provider
        self.finance = self.journey.people["finance"]
        self.approver = UserFactory(roles=[Role.FINANCE])
        self.manager = self.journey.people["manager"]
        self.owner = owner_of(self.provider)
        self.numbers = iter(range(1, 1000))

    def line(self, start=PLANNED, end=JULY, pence=JUNE_COST, **facts):
        return {"placement": self.placement, "start": start, "end": end, "pence": pence} | facts

    def entered(self, *lines, on=TODAY, **facts):
        lines = list(lines) or [self.line()]
        pence = sum(line["pence"] for line in lines)
        return services.enter_invoice(
            **{
                "provider": self.provider,
                "number": f"HH {next(self.numbers)}",
                "kind": InvoiceKind.CREDIT if pence < 0 else InvoiceKind.INVOICE,
                "dated_on": on,
                "received_on": on,
                "pence": pence,
                "lines": lines,
                "by": self.finance,
                "at": noon(on),
            }
            | facts
        )

    def submitted(self, *lines, on=TODAY, **facts):
        lines = list(lines) or [self.line()]
        return services.submit_invoice(
            **{
                "provider": self.provider,
                "number": f"HH {next(self.numbers)}",
                "kind": InvoiceKind.INVOICE,
                "dated_on": on,
                "pence": sum(line["pence"] for line in lines),
                "lines": lines,
                "by": self.owner,
                "at": noon(on),
            }
            | facts
        )

    def confirmed(self, *lines, **facts):
        invoice = self.entered(*lines, **facts)
        if invoice.kind == InvoiceKind.CREDIT:
            return invoice
        return services.confirm_service(invoice=invoice, by=self.manager, at=invoice.entered_at)

    def matched(self, *lines, reason="", **facts):
        return self.match(self.confirmed(*lines, **facts), reason=reason)

    def match(self, invoice, *, reason="", by=None, on=TODAY):
        return services.match_invoice(
            invoice=invoice, reason=reason, by=by or self.finance, at=noon(on)
        )

    def approved(self, *lines, **facts):
        return self.approve(self.matched(*lines, **facts))

    def approve(self, invoice, *, by=None, on=TODAY):
        return services.approve_invoice(invoice=invoice, by=by or self.approver, at=noon(on))

    def disputed(self, *lines, **facts):
        return self.dispute(self.entered(*lines, **facts))

    def dispute(self, invoice, *, on=TODAY, by=None):
        return services.dispute_invoice(
            invoice=invoice, reason="Two nights too many.", by=by or self.finance, at=noon(on)
        )

    def settle(self, invoice, *, on=TODAY):
        return services.settle_dispute(
            invoice=invoice, settlement="They were stayed.", by=self.finance, at=noon(on)
        )

    def rejected(self, *lines, **facts):
        return services.reject_invoice(
            invoice=self.entered(*lines, **facts),
            reason="Sent twice.",
            by=self.finance,
            at=noon(TODAY),
        )

    def pay(self, invoice, *, on=TODAY, number="5100001"):
        return services.pay_invoice(
            invoice=invoice, paid_on=on, transaction_number=number, by=self.finance, at=noon(on)
        )

    def paid(self, *lines, **facts):
        return self.pay(self.approved(*lines, **facts))

"""What a provider is due for the nights of a placement, and what has been asked for them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from dps_portal.clock import ONE_DAY
from placements import rules
from placements.models import Invoice, InvoiceLine, Placement
from placements.states import Collector, InvoiceKind, InvoiceState

from .costs import stay_of


def dues_of(placement: Placement) -> rules.Dues:
    """Gross, less what the provider itself collects from the person (R20).

    What the council collects is between the council and the person.
    """
    stay = stay_of(placement)
    if stay is None:
        return rules.Dues()
    latest = {
        row.start: row.weekly_pence if row.collector == Collector.PROVIDER else 0
        for row in sorted(placement.contributions.all(), key=lambda row: row.pk)
    }
    there = tuple(rules.Price(start, pence) for start, pence in latest.items())
    paid = replace(stay, contributions=there)
    return rules.Dues(tuple(stay.nights()), tuple(paid.contribution_nights()), stay.prices)


@dataclass(frozen=True)
class LineMatch:
    """A line beside what it costs us, and how that comes about."""

    line: InvoiceLine
    ours_pence: int
    runs: tuple[rules.Run, ...] = ()
    collected_pence: int = 0

    @property
    def difference_pence(self) -> int:
        return self.line.pence - self.ours_pence

    @property
    def gross_pence(self) -> int:
        return self.ours_pence + self.collected_pence

    @property
    def nights(self) -> int | None:
        return (self.line.end - self.line.start).days if self.line.start else None


@dataclass(frozen=True)
class Match:
    """An invoice beside our cost, line by line; a credit note gives back of it."""

    lines: tuple[LineMatch, ...]
    tolerance_pence: int

    @cached_property
    def whole(self) -> rules.InvoiceMatch:
        return rules.InvoiceMatch(
            sum(one.ours_pence for one in self.lines),
            sum(one.line.pence for one in self.lines),
            self.tolerance_pence,
        )

    @property
    def has_changed(self) -> bool:
        """Whether our cost is not what it was when the invoice was matched."""
        return any(one.line.our_pence != one.ours_pence for one in self.lines)


def lines_with_costs(invoice: Invoice):
    return invoice.lines.select_related("placement__referral__agreement", "one_off").order_by("pk")


def match_of(invoice: Invoice) -> Match:
    """As our cost is now. Where lines are under two agreements the narrower tolerance holds."""
    lines = list(lines_with_costs(invoice))
    placements = with_costs(line.placement_id for line in lines)
    dues = {key: dues_of(one) for key, one in placements.items()}
    tolerance = min(
        (line.placement.referral.agreement.invoice_tolerance for line in lines),
        default=rules.TOLERANCE_PENCE,
    )
    is_credit = invoice.kind == InvoiceKind.CREDIT
    return Match(
        tuple(_match(line, dues[line.placement_id], is_credit=is_credit) for line in lines),
        tolerance,
    )


def with_costs(keys: Iterable[int]) -> dict[int, Placement]:
    return Placement.objects.with_costs().in_bulk(list(keys))


def _match(line: InvoiceLine, dues: rules.Dues, *, is_credit: bool) -> LineMatch:
    if is_credit:  # whatever it gives back; approving holds it against what is approved
        return LineMatch(line, line.pence)
    if line.one_off:
        return LineMatch(line, line.one_off.pence)
    return LineMatch(
        line,
        dues.between(line.start, line.end),
        tuple(dues.runs(line.start, line.end)),
        dues.collected_between(line.start, line.end),
    )


def approved_lines(placements: Iterable[int], *, apart_from: Invoice):
    """What is approved or paid already for these placements."""
    decided = Invoice.objects.decided().exclude(pk=apart_from.pk)
    return InvoiceLine.objects.filter(placement__in=list(placements), invoice__in=decided)


def objections_to_dues(invoice: Invoice, today: date) -> list[str]:
    """Whether paying it would pay a night, a charge or a placement beyond what is due."""
    lines = list(lines_with_costs(invoice))
    keys = {line.placement_id for line in lines}
    placements = with_costs(keys)
    approved = list(approved_lines(keys, apart_from=invoice))
    objections = []
    for key, placement in placements.items():
        new = [line for line in lines if line.placement_id == key]
        old = [line for line in approved if line.placement_id == key]
        tolerance = new[0].placement.referral.agreement.invoice_tolerance
        objections += [
            f"{placement}: {reason}"
            for reason in [
                *rules.objections_to_claims(
                    dues_of(placement).between,
                    new=_claims(new),
                    approved=_claims(old),
                    today=today,
                    tolerance=tolerance,
                ),
                *_objections_to_one_offs(new, old, tolerance),
            ]
        ]
    return objections


def _claims(lines: Iterable[InvoiceLine]) -> list[rules.Claim]:
    return [rules.Claim(line.start, line.end, line.pence) for line in lines if line.start]


def _objections_to_one_offs(
    new: list[InvoiceLine], old: list[InvoiceLine], tolerance: int
) -> list[str]:
    charges = {line.one_off for line in new if line.one_off}
    return [
        reason
        for charge in charges
        for reason in rules.objections_to_one_off(
            new_pence=sum(line.pence for line in new if line.one_off == charge),
            approved_pence=sum(line.pence for line in old if line.one_off_id == charge.pk),
            due_pence=charge.pence,
            tolerance=tolerance,
        )
    ]


def claims_on(
    placements: Iterable[int], *, received_by: date | None = None
) -> dict[int, list[rules.Claim]]:
    """What is invoiced for each placement and not rejected, credit notes below zero; one query.

    A single charge is a claim of its day. Of all invoices, or of those received by a day.
    """
    lines = InvoiceLine.objects.filter(placement__in=placements).exclude(
        invoice__state=InvoiceState.REJECTED
    )
    if received_by:
        lines = lines.filter(invoice__received_on__lte=received_by)
    rows = lines.order_by("pk").values_list("placement", "start", "end", "one_off__on", "pence")
    found: dict[int, list[rules.Claim]] = {}
    for placement, start, end, on, pence in rows:
        claim = rules.Claim(on, on + ONE_DAY, pence) if on else rules.Claim(start, end, pence)
        found.setdefault(placement, []).append(claim)
    return found

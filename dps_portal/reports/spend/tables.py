"""The tables of a spend report: what page, PDF, CSV and XLSX all show."""

from collections.abc import Iterable

from dps_portal.clock import in_words, year_label
from dps_portal.ui.tables import COUNT, DAY, GBP, Chart, Column, Table

from .forecasts import forecast, no_forecast
from .values import Share, SpendReport

PLACE = (Column("Placement"), Column("Provider"), Column("Lot"))
COMMITTED, NET, REST = (
    tuple(Column(name, GBP) for name in names)
    for names in (["Committed"], ["Contribution", "Net"], ["Accrued", "Invoiced", "Remaining"])
)
MONTH_LETTERS = 3


def tables_of(report: SpendReport) -> tuple[Table, ...]:
    """In the order in which they are read; what a scope cannot have is left out."""
    return (
        totals(report),
        *([revisions(report)] if report.scope.has_ceiling else []),
        by_month(report),
        shares("Lot", report.by_lot, report),
        shares("Provider", report.by_provider, report),
        movements(report),
        prior_years(report),
        exposure(report),
        *(forecast(report.forecast) if report.forecast else []),
        *([no_forecast(report)] if report.is_closed else []),
        tie_out(report),
        placements(report),
    )


def totals(report: SpendReport) -> Table:
    rows: list[tuple[str, int | None]] = [
        ("Committed", report.committed_pence),
        (f"Accrued before {in_words(report.scope.as_of)}", report.accrued_pence),
        ("Invoiced for these nights", report.invoiced_pence),
        ("Remaining", report.remaining_pence),
        ("Exposure, not committed", report.exposed_pence),
    ]
    if report.contribution_pence is not None:
        rows[1:1] = [
            ("Contribution of the people placed", report.contribution_pence),
            ("Committed, net of contributions", report.net_pence),
        ]
    if report.unmatched_pence:
        rows.insert(-2, ("Invoiced in these days for no named night", report.unmatched_pence))
    note, chart = "A part of a year, a lot or a provider has no ceiling, and so no headroom.", None
    if report.scope.has_ceiling:
        rows.insert(0, ("Ceiling", report.ceiling_pence))
        rows.insert(-1, ("Headroom", report.headroom_pence))
        is_paid_for = bool(report.contribution_pence)
        note = (
            "The ceiling is tested on what is committed, before contributions."
            if is_paid_for
            else ""
        )
        chart = Chart(
            "gauge",
            f"{report.label} against the ceiling",
            "What has accrued and what remains of the commitments, against the ceiling.",
            (("Ceiling", report.ceiling_pence),),
            (
                ("Accrued", (max(report.accrued_pence, 0),)),
                ("Remaining", (max(report.remaining_pence, 0),)),
            ),
        )
    return Table(
        "totals",
        f"Totals of {report.label}",
        (Column("Total"), Column("Amount", GBP)),
        tuple(rows),
        note=note,
        chart=chart,
    )


def revisions(report: SpendReport) -> Table:
    return Table(
        "ceiling",
        "How the ceiling was set",
        (Column("Decision"), Column("Confirmed on", DAY), Column("Ceiling", GBP)),
        tuple((one.decision, one.confirmed_on, one.ceiling_pence) for one in report.revisions),
        empty="No ceiling is recorded.",
    )


def by_month(report: SpendReport) -> Table:
    chart = Chart(
        "bar",
        "Spend by month",
        "Accrued and committed in each month; the figures are in the table.",
        tuple(month.name[:MONTH_LETTERS] for month in report.by_month),
        (
            ("Accrued", tuple(max(month.accrued_pence, 0) for month in report.by_month)),
            ("Committed", tuple(max(month.committed_pence, 0) for month in report.by_month)),
        ),
    )
    is_empty = not (report.lines or report.prior_years)
    return shares("Month", () if is_empty else report.by_month, report, chart)


def shares(
    head: str, parts: Iterable[Share], report: SpendReport, chart: Chart | None = None
) -> Table:
    """Reports that were made before contributions were counted have none."""
    is_net = report.contribution_pence is not None
    return Table(
        f"by_{head.lower()}",
        f"By {head.lower()}",
        (Column(head), *COMMITTED, *(NET if is_net else ()), *REST),
        tuple((one.name, *_sums(one, is_net=is_net)) for one in parts),
        total=("Total", *_sums(report, is_net=is_net)),
        empty="Nothing is committed.",
        chart=chart,
    )


def _sums(of: Share | SpendReport, *, is_net: bool) -> tuple[int | None, ...]:
    return (
        of.committed_pence,
        *((of.contribution_pence, of.net_pence) if is_net else ()),
        *(of.accrued_pence, of.invoiced_pence, of.remaining_pence),
    )


def movements(report: SpendReport) -> Table:
    scope, moved = report.scope, report.movements
    since = f"since run {report.since_run}" if report.since_run else "so far"
    whole = scope.year is not None and scope.lot is None
    return Table(
        "movements",
        f"Movements in the ledger of {scope.year_labels} {since}",
        (Column("Kind"), Column("Entries", COUNT), Column("Amount", GBP)),
        tuple((one.kind, one.entries, one.pence) for one in moved),
        total=("Total", sum(one.entries for one in moved), sum(one.pence for one in moved)),
        note=""
        if whole
        else "The ledger knows years and placements: these are their entries in "
        "full, whatever the days and the lot of this report.",
        empty=f"Nothing has moved in the ledger of {scope.year_labels} {since}.",
        is_about_now=True,
    )


def prior_years(report: SpendReport) -> Table:
    return Table(
        "prior_years",
        "Lines of closed years",
        (
            *PLACE,
            Column("About the nights of"),
            Column("Posted in"),
            Column("On", DAY),
            Column("Amount", GBP),
        ),
        tuple(
            (
                *(one.reference, one.provider, one.lot, year_label(one.about)),
                *(year_label(one.posted), one.on, one.pence),
            )
            for one in report.prior_years
        ),
        total=("Total", "", "", "", "", None, report.prior_years_pence),
        empty="No correction of a closed year is part of these figures.",
    )


def exposure(report: SpendReport) -> Table:
    return Table(
        "exposure",
        "Exposure: nights stayed beyond the funding",
        (*PLACE, Column("Funded until", DAY), Column("Nights", COUNT), Column("Cost", GBP)),
        tuple(
            (
                *(one.reference, one.provider, one.lot),
                *(one.funded_until, one.nights, one.pence),
            )
            for one in report.exposed
        ),
        total=(
            *("Total", "", "", None),
            *(sum(one.nights for one in report.exposed), report.exposed_pence),
        ),
        empty=f"Nobody had stayed beyond the funding by {in_words(report.scope.as_of)}.",
    )


def tie_out(report: SpendReport) -> Table:
    """How nights, ledger and year come to the same penny."""
    years = report.scope.year_labels
    rows = [
        ("Sum of the placements, from their nights", report.placements_pence),
        ("Lines of closed years", report.prior_years_pence),
        (f"Other nights and lines of {years}, outside this report", report.outside_pence),
        (f"Sum of the ledger of {years}", report.ledger_pence),
    ]
    if report.budget_pence is not None:
        rows.append((f"Total that the year {years} holds", report.budget_pence))
    return Table(
        "tie_out",
        "Tie-out",
        (Column("Sum"), Column("Amount", GBP)),
        tuple(rows),
        note="The first three come to the ledger, to the penny."
        if report.ties_out
        else "These differ. Do not use this report; verify the audit trail.",
    )


def placements(report: SpendReport) -> Table:
    """Without what remains and what the person pays, for which a page has no width."""
    return Table(
        "placements",
        "Placements",
        (
            *PLACE,
            Column("First night", DAY),
            Column("End (not charged)", DAY),
            *COMMITTED,
            *REST[:-1],
        ),
        tuple(
            (*(one.reference, one.provider, one.lot, one.start, one.end), *one.sums[:3])
            for one in report.lines
        ),
        total=(
            *("Total", "", "", None, None, report.placements_pence),
            *(sum(one.accrued_pence for one in report.lines), report.invoiced_pence),
        ),
        empty=f"No placement has a night or a charge in {report.label}.",
        is_detail=True,
    )

"""Each kind of report: its value, its tables, and what stands above them. One row a kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils import timezone

from dps_portal.clock import in_words
from dps_portal.ui.tables import VALUE, Change, Column, Table

from . import letters, packs, spend, statements
from .frozen import thaw
from .models import ReportKind, ReportRun

MOST_ROWS = 2_000  # more make a PDF too long to read; CSV and XLSX hold them (stack.md §2)


@dataclass(frozen=True)
class Kind:
    value: type
    tables: Callable[..., tuple[Table, ...]]
    heading: str
    lead: str  # the template of what is said above the tables, on the page and in the PDF


KINDS = {
    ReportKind.SPEND: Kind(spend.SpendReport, spend.tables_of, "Spend", "reports/_spend_lead.html"),
    ReportKind.STATEMENT: Kind(
        statements.Statement,
        statements.tables_of,
        "Statement",
        "reports/_statement_lead.html",
    ),
    ReportKind.PACK: Kind(packs.Pack, packs.tables_of, "Finance pack", "reports/_pack_lead.html"),
    ReportKind.LETTER: Kind(
        letters.Letter, letters.tables_of, "Decision", "reports/_letter_lead.html"
    ),
}


@dataclass(frozen=True)
class Report:
    """A kind of report with its value: what every page and file of it is made from."""

    kind: ReportKind
    value: spend.SpendReport | statements.Statement | packs.Pack | letters.Letter
    changes: tuple[Change, ...] = ()

    @property
    def heading(self) -> str:
        return f"{KINDS[self.kind].heading} {self.value.label}"

    @property
    def lead(self) -> str:
        return KINDS[self.kind].lead

    @property
    def own_tables(self) -> tuple[Table, ...]:
        return KINDS[self.kind].tables(self.value)

    @property
    def tables(self) -> tuple[Table, ...]:
        return (*([changed(self.changes)] if self.changes else []), *self.own_tables)

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)

    @property
    def detail(self) -> Table | None:
        """The long table, which a file of its own may hold."""
        return next((table for table in self.tables if table.is_detail), None)

    def for_paper(self, *, most_rows: int = MOST_ROWS) -> tuple[Table, ...]:
        """The tables of the PDF: one with too many rows is left to CSV and XLSX, and says so."""
        return tuple(
            replace(
                table,
                rows=(),
                total=None,
                empty=f"The {len(table.rows):,} rows are in the CSV and XLSX files of this run.",
            )
            if len(table.rows) > most_rows
            else table
            for table in self.tables
        )


def report_of(run: ReportRun) -> Report:
    """The report of a run, just as it was asked for."""
    kind = ReportKind(run.kind)
    changes = thaw(tuple[Change, ...], run.changes)
    return Report(kind, thaw(KINDS[kind].value, run.figures), changes)


def changed(changes: tuple[Change, ...]) -> Table:
    return Table(
        "changes",
        "What has changed since the version before",
        (
            *(Column("Table"), Column("Row"), Column("Figure")),
            *(Column("Before", VALUE), Column("Now", VALUE)),
        ),
        tuple((one.table, one.row, one.column, one.before, one.after) for one in changes),
        is_about_now=True,
    )


def about(report: Report, run: ReportRun | None = None) -> Table:
    """The first sheet of a workbook: what it is, and where it comes from."""
    value, scope = report.value, report.value.scope
    rows = [
        ("Report", report.heading),
        ("Council", value.authority),
        ("Agreement", value.title),
        ("Nights", f"{in_words(scope.start)} to {in_words(scope.last_day)}"),
        ("Accrued before", in_words(scope.as_of)),
    ]
    if isinstance(value, spend.SpendReport) and scope.is_filtered:
        rows += [("Lot", value.lot_name or "All"), ("Provider", value.provider_name or "All")]
    if run:
        rows += [
            ("Run", f"{run.pk}, version {run.version}"),
            ("Asked for by", run.requested_by.ref),
            ("Asked for at", timezone.localtime(run.requested_at).isoformat(sep=" ")),
            ("SHA-256 of the figures", run.digest),
            ("Head of the audit trail", run.audit_head),
        ]
    return Table("about", report.heading, (Column("About"), Column("Value")), tuple(rows))

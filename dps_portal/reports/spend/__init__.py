"""The spend report: one frozen value from which page, PDF, CSV and XLSX are made (design §4)."""

from .reading import report
from .tables import tables_of
from .values import SpendReport

__all__ = ["SpendReport", "report", "tables_of"]

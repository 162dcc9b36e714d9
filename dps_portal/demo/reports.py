"""Reports that were asked for: the worker makes their files once the portal runs."""

from datetime import date

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months, financial_year
from dps_portal.reports.scopes import Scope
from dps_portal.reports.services import request_pack, request_spend_pdf, request_statement
from placements.models import Placement

from .days import noon


def ask_for_reports(
    agreement: Agreement,
    council: dict[Role, list[User]],
    owners: dict[int, User],
    today: date,
) -> None:
    """Last year's spend, the pack of last month, and one provider's statement for itself."""
    at, finance = noon(today - ONE_DAY), council[Role.FINANCE][0]
    year, as_of = financial_year(today), today - ONE_DAY
    request_spend_pdf(agreement=agreement, scope=Scope.of_year(year - 1, as_of), by=finance, at=at)
    last_month = add_months(as_of.replace(day=1), -1)
    request_pack(agreement=agreement, month=last_month, by=finance, at=at)
    provider = Placement.objects.filter(lot__agreement=agreement).order_by("pk").first().provider
    request_statement(
        agreement=agreement,
        provider=provider,
        scope=Scope.of_year(year - 1, as_of, provider=provider.reference),
        by=owners[provider.pk],
        at=at,
    )

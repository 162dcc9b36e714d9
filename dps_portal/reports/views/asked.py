"""What is asked of the dashboard, and the addresses of the rows behind its figures."""

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dps_portal.accounts.roles import Permission
from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY, add_months, financial_year, year_start
from dps_portal.reports import measures
from dps_portal.reports.forms import DashboardForm
from placements.models import Placement, Referral
from providers.models import Provider


def placed_under(agreement: Agreement | None) -> QuerySet[Provider]:
    """Those that have had a placement, by name."""
    rows = Provider.objects.filter(placements__lot__agreement=agreement)
    return rows.distinct().by_name()


class Asked:
    """The form of a request, and the scope that it asks for; the year so far without an answer."""

    def __init__(self, request):
        self.today = timezone.localdate(timezone.now())
        self.agreement = Agreement.objects.public().order_by("pk").first()
        self.user = request.user
        lots = Lot.objects.filter(agreement=self.agreement).order_by("number")
        providers = placed_under(self.agreement)
        self.form = DashboardForm(request.GET, lots=lots, providers=providers)
        asked = self.form.asked() if self.form.is_valid() else {}
        self.first = asked.get("first_day") or year_start(financial_year(self.today))
        self.last = asked.get("last_day") or min(
            max(self.today, self.first), add_months(self.first, 12) - ONE_DAY
        )
        self.lot, self.provider = asked.get("lot"), asked.get("provider")

    @property
    def scope(self) -> measures.Scope:
        rows = self.placements()
        if self.lot:
            rows = rows.filter(lot=self.lot)
        if self.provider:
            rows = rows.filter(provider=self.provider)
        is_unplanned = self.agreement is None or self.agreement.withdrawal_is_unplanned
        return measures.Scope(rows, self.first, self.last + ONE_DAY, is_unplanned)

    def placements(self) -> QuerySet[Placement]:
        """All by reference to those who see spending; to others those within their reach."""
        rows = (
            Placement.objects
            if self.user.may(Permission.VIEW_SPEND)
            else Placement.objects.visible_to(self.user)
        )
        return rows.filter(lot__agreement=self.agreement)

    def referrals(self) -> QuerySet[Referral]:
        """In the same way; of one lot or provider, those with a placement there."""
        rows = (
            Referral.objects
            if self.user.may(Permission.VIEW_SPEND)
            else Referral.objects.visible_to(self.user)
        )
        rows = rows.filter(agreement=self.agreement)
        if self.lot or self.provider:
            rows = rows.filter(pk__in=self.scope.placements.values("referral"))
        return rows

    def rows_url(self, name: str, *, first: date | None = None, last: date | None = None, **facts):
        """The rows behind a figure: with the same filters, but for those named."""
        own = {"lot": self.lot, "provider": self.provider and self.provider.reference}
        return rows_url(name, first or self.first, last or self.last, **own | facts)


def rows_url(
    name: str, first: date, last: date, *, lot: Lot | None = None, provider: str | None = None
) -> str:
    """The rows behind a figure of these days, both within; ``provider`` is a reference."""
    query = {
        f"{end}_day_{part}": getattr(day, part)
        for end, day in (("first", first), ("last", last))
        for part in ("day", "month", "year")
    }
    if lot:
        query["lot"] = lot.pk
    if provider:
        query["provider"] = provider
    return f"{reverse('reports:figure_rows', args=[name])}?{urlencode(query)}"

"""The report value, read from nights and ledger; both must come to the same penny."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.utils import timezone

from dps_portal.agreements.models import Agreement, Lot
from dps_portal.clock import ONE_DAY, add_months, financial_year, year_start
from dps_portal.reports import frozen
from dps_portal.reports.models import ReportKind, ReportRun
from dps_portal.reports.scopes import Scope
from placements import rules, services
from placements.models import BudgetRevision, BudgetYear, Invoice, Placement
from placements.states import InvoiceState, YearState
from providers.models import Provider

from . import ledger
from .values import Exposed, Line, PriorYear, Revision, Share, SpendReport


@dataclass(frozen=True)
class Part:
    """A stretch of nights: of one month, on one lot, in the report or outside it."""

    month: date
    lot: Lot
    is_inside: bool


Parts = dict[Part, int]
Columns = tuple[Parts, Parts, Parts, Parts]  # in the order of ``Line.sums``


def report(agreement: Agreement, scope: Scope) -> SpendReport:
    """What the scope holds now, with what has accrued by its day."""
    placements = _placements(agreement, scope)
    by_key, name = {placement.pk: placement for placement in placements}, _naming()
    entries = ledger.entries_of(agreement, scope).filter(budget_year__year__in=scope.years)
    claims = services.claims_on(by_key)
    lines, months, outside = [], _months(scope), 0
    for placement in placements:
        columns = _parts(placement, claims.get(placement.pk, ()), scope)
        outside += sum(pence for part, pence in columns[0].items() if not part.is_inside)
        lines += _lines(placement, columns, scope, name)
        for column, parts in enumerate(columns):
            for part, pence in parts.items():
                if part.is_inside:
                    months[part.month][column] += pence
    posted_late = list(ledger.prior_years(agreement, scope, by_key, name))
    outside += sum(one.pence for one, is_inside in posted_late if not is_inside)
    prior_years = tuple(one for one, is_inside in posted_late if is_inside)
    for one in prior_years:
        months[one.on.replace(day=1)][0] += one.pence
        months[one.on.replace(day=1)][1] += one.accrued_pence
    budget = (
        BudgetYear.objects.filter(agreement=agreement, year=scope.year).first()
        if scope.has_ceiling
        else None
    )
    is_closed = budget is not None and budget.state == YearState.CLOSED
    earlier = ReportRun.objects.of_scope(agreement, ReportKind.SPEND, scope).newest_first().first()
    return SpendReport(
        title=agreement.title,
        authority=agreement.authority,
        scope=scope,
        lot_name=_lot_name(agreement, scope),
        provider_name=_provider_name(scope),
        ceiling_pence=(budget.ceiling_pence if budget else 0) if scope.has_ceiling else None,
        revisions=_revisions(agreement, scope),
        budget_pence=(budget.committed_pence if budget else 0) if scope.has_ceiling else None,
        ledger_pence=entries.aggregate(pence=Sum("pence"))["pence"] or 0,
        outside_pence=outside,
        lines=tuple(lines),
        prior_years=prior_years,
        by_lot=_shares((one.lot, one) for one in (*lines, *prior_years)),
        by_provider=_shares((one.provider, one) for one in (*lines, *prior_years)),
        by_month=tuple(Share(f"{month:%B %Y}", *sums) for month, sums in months.items()),
        exposed=tuple(_exposed(agreement, scope, name)),
        ledger=tuple(ledger.movements(entries)),
        since_run=earlier and earlier.pk,
        since=frozen.thaw(SpendReport, earlier.figures).ledger if earlier else (),
        forecast=services.outlook(budget, scope.as_of) if budget and not is_closed else None,
        unmatched_pence=_unmatched(scope),
        contribution_pence=sum(line.contribution_pence for line in lines),
        is_closed=is_closed,
    )


def _unmatched(scope: Scope) -> int:
    """Such as payments made before the portal: of a provider perhaps, never of a lot."""
    if scope.lot is not None:
        return 0
    rows = Invoice.objects.exclude(state=InvoiceState.REJECTED)
    rows = rows.filter(lines=None, dated_on__gte=scope.start, dated_on__lt=scope.end)
    if scope.provider:
        rows = rows.filter(provider__reference=scope.provider)
    return rows.aggregate(pence=Sum("pence"))["pence"] or 0


def _placements(agreement: Agreement, scope: Scope) -> list[Placement]:
    """All that the ledger or the nights of the years know, of the provider where one is named."""
    start, end = year_start(scope.years[0]), year_start(scope.years[-1] + 1)
    posted = Q(budget_year__year__in=scope.years) | Q(corrects__in=scope.years)
    entries = ledger.entries_of(agreement, scope).filter(posted)
    rows = Placement.objects.filter(lot__agreement=agreement)
    if scope.provider:
        rows = rows.filter(provider__reference=scope.provider)
    return list(
        rows.with_costs()
        .prefetch_related("terms__lot")
        .filter(
            Q(pk__in=entries.values("placement"))
            | Q(terms__start__lt=end, terms__end__gt=start)
            | Q(one_offs__on__gte=start, one_offs__on__lt=end)
        )
        .distinct()
        .select_related("provider", "lot")
        .order_by("admission", "planned_admission", "reference")
    )


def _parts(placement: Placement, claims: Iterable[rules.Claim], scope: Scope) -> Columns:
    """Committed, accrued, invoiced and contributed pence by part, of the years of the scope."""

    def part(day: date) -> Part:
        lot = services.lot_on(placement, day)
        inside = scope.holds(day) and scope.lot in {None, lot.number}
        return Part(day.replace(day=1), lot, inside)

    stay = services.stay_of(placement)
    nights = list(stay.nights()) if stay else []
    committed = rules.split(nights, part)
    until = services.accrues_until(placement, scope.as_of)
    accrued = rules.split(rules.before(nights, until), part)
    for charge in services.one_offs_of(placement):  # wholly on its day (money.md R21)
        of = part(charge.on)
        committed[of] = committed.get(of, 0) + charge.pence
        if charge.on < until:
            accrued[of] = accrued.get(of, 0) + charge.pence
    invoiced: Parts = {}
    first, end = year_start(scope.years[0]), year_start(scope.years[-1] + 1)
    for claim in claims:
        for day in rules.days(max(claim.start, first), min(claim.end, end)):
            of = part(day)
            invoiced[of] = invoiced.get(of, 0) + rules.part_between(claim, day, day + ONE_DAY)
    paid = rules.split(stay.contribution_nights(), part) if stay and stay.contributions else {}
    return (
        *(_of_years(committed, scope), _of_years(accrued, scope)),
        *(invoiced, _of_years(paid, scope)),
    )


def _of_years(parts: Parts, scope: Scope) -> Parts:
    return {
        part: pence for part, pence in parts.items() if financial_year(part.month) in scope.years
    }


def _lines(
    placement: Placement, columns: Columns, scope: Scope, name: Callable[[Provider], str]
) -> Iterator[Line]:
    stay = services.stay_of(placement)
    stayed = rules.days(stay.admission, stay.end) if stay else ()
    charged = [day for day in stayed if scope.holds(day)]
    lots = (part.lot for parts in columns for part in parts if part.is_inside)
    for lot in dict.fromkeys(lots):
        held, spent, billed, paid = (
            sum(pence for part, pence in parts.items() if part.is_inside and part.lot == lot)
            for parts in columns
        )
        nights = [day for day in charged if services.lot_on(placement, day) == lot]
        if nights or held or billed:
            yield Line(
                reference=placement.reference,
                provider=name(placement.provider),
                lot=str(lot),
                start=nights[0] if nights else None,
                end=nights[-1] + ONE_DAY if nights else None,
                committed_pence=held,
                accrued_pence=spent,
                invoiced_pence=billed,
                contribution_pence=paid,
            )


def _exposed(
    agreement: Agreement, scope: Scope, name: Callable[[Provider], str]
) -> Iterator[Exposed]:
    """Who stayed beyond the money by the day of the report, for the nights inside it."""
    rows = Placement.objects.filter(lot__agreement=agreement).beyond_funding(scope.as_of)
    if scope.provider:
        rows = rows.filter(provider__reference=scope.provider)
    rows = rows.with_costs().prefetch_related("terms__lot").select_related("provider", "lot")

    def counts(day: date) -> bool:
        return scope.holds(day) and day < scope.as_of

    for placement in rows.order_by("reference"):
        stay = services.stay_of(placement)
        if stay is None or placement.admission is None:
            continue
        lot = services.lot_on(placement, stay.funded_end - ONE_DAY)
        if scope.lot not in {None, lot.number}:
            continue
        last = min(stay.discharge or scope.as_of, scope.as_of)
        nights = sum(scope.holds(day) for day in rules.days(stay.funded_end, last))
        if nights:
            beyond = rules.exposure(stay, today=last, part_of=counts)
            yield Exposed(
                reference=placement.reference,
                provider=name(placement.provider),
                lot=str(lot),
                funded_until=stay.funded_end,
                nights=nights,
                pence=beyond.get(True, 0),
            )


def _revisions(agreement: Agreement, scope: Scope) -> tuple[Revision, ...]:
    if not scope.has_ceiling:
        return ()
    rows = BudgetRevision.objects.filter(agreement=agreement, year=scope.year)
    return tuple(
        Revision(row.ceiling_pence, row.decision_reference, timezone.localdate(row.confirmed_at))
        for row in rows.exclude(confirmed_at=None).order_by("confirmed_at", "pk")
    )


def _months(scope: Scope) -> dict[date, list[int]]:
    first = scope.start.replace(day=1)
    number, months = 0, {}
    while (month := add_months(first, number)) < scope.end:
        months[month] = [0, 0, 0, 0]
        number += 1
    return months


def _shares(rows: Iterable[tuple[str, Line | PriorYear]]) -> tuple[Share, ...]:
    sums: dict[str, list[int]] = {}
    for name, row in rows:
        columns = sums.setdefault(name, [0, 0, 0, 0])
        for column, pence in enumerate(row.sums):
            columns[column] += pence
    return tuple(Share(name, *columns) for name, columns in sorted(sums.items()))


def _lot_name(agreement: Agreement, scope: Scope) -> str:
    return str(agreement.lots.get(number=scope.lot)) if scope.lot is not None else ""


def _provider_name(scope: Scope) -> str:
    return Provider.objects.get(reference=scope.provider).name if scope.provider else ""


def _naming() -> Callable[[Provider], str]:
    """What a provider is called here: with its reference, where another one bears the name."""
    bearers = Provider.objects.order_by().values("name").annotate(count=Count("pk"))
    shared = set(bearers.filter(count__gt=1).values_list("name", flat=True))

    def name(provider: Provider) -> str:
        is_shared = provider.name in shared
        return f"{provider.name} ({provider.reference})" if is_shared else provider.name

    return name

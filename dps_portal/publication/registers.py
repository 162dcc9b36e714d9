"""What the public reads, as rows: documents, admitted providers, tenders, awards by quarter."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from dps_portal.agreements.models import Agreement, DocumentVersion, Lot, NoticeKind, Round
from dps_portal.agreements.regimes import Period, Regime
from dps_portal.agreements.rules import Quarter
from dps_portal.clock import in_words
from placements.models import Competition
from providers.models import Admission, Provider
from tenders.models import Contract, Tender
from tenders.rules import contract_value
from tenders.states import TenderState

OPEN, EVALUATED, AWARDED, ABANDONED = "Open for bids", "Being evaluated", "Awarded", "Abandoned"
STAGES = (OPEN, EVALUATED, AWARDED, ABANDONED)


# ── Joining ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Joining:
    """Whether requests are taken, and the round that this depends on, if any."""

    phase: str  # over, always, open, next, none
    round: Round | None = None


def joining(agreement: Agreement, rounds: Iterable[Round], at: datetime) -> Joining:
    """``rounds`` in the order of their opening."""
    if timezone.localdate(at) >= agreement.end:
        return Joining("over")
    if not agreement.regime.has_rounds:
        return Joining("always")
    current = next((one for one in rounds if one.opens_at <= at < one.closes_at), None)
    if current:
        return Joining("open", current)
    coming = next((one for one in rounds if one.opens_at > at), None)
    return Joining("next", coming) if coming else Joining("none")


def days(period: Period | None) -> str:
    if period is None:
        return "None"
    return f"{period.days} {'working ' if period.working else ''}days"


def standstill(regime: Regime) -> str:
    if regime.standstill:
        return days(regime.standstill)
    chosen = days(regime.voluntary_standstill)
    return f"None is required; the council may choose one of {chosen}"


def rule_profile(agreement: Agreement) -> list[tuple[str, str]]:
    """The rules that this agreement works by, each with its figure as published (R1.3)."""
    regime = agreement.regime
    early = agreement.initial_evaluation_until
    return [
        ("Legal basis", regime.name),
        (
            "When requests to join are taken",
            "In published rounds" if regime.has_rounds else "At any time during the whole term",
        ),
        (
            "Time for the first requests",
            f"At least {days(regime.first_requests)} from the notice"
            if regime.first_requests
            else "As published with each round",
        ),
        (
            "Decision on a request",
            f"Within {days(regime.decide_application)}, or "
            f"{days(regime.decide_application_extended)} with a recorded reason",
        ),
        *([("Evaluation of the first requests", f"Until {in_words(early)}")] if early else []),
        ("Reasons for a refusal", f"Within {regime.give_reasons_days} days of being asked"),
        ("Renewed declaration", f"Within {days(regime.refresh_declaration)} of being asked"),
        ("Time to bid for a tender", f"At least {days(regime.minimum_tender)}"),
        (
            "Weight of the price in a tender",
            f"{agreement.price_weight_min}% to {agreement.price_weight_max}%",
        ),
        ("Standstill before a contract is made", standstill(regime)),
        ("Evidence that has lapsed", agreement.get_lapsed_evidence_display()),
        ("A service rated inadequate by the CQC", agreement.get_inadequate_rating_display()),
        ("Limit on the number of providers, ranking, fees", "None"),
    ]


# ── Documents ────────────────────────────────────────────────────────────────────────────────
def documents_of(agreement: Agreement) -> QuerySet:
    """By title, each with all its versions, newest first."""
    versions = DocumentVersion.objects.select_related("file").order_by("-number")
    return (
        agreement.documents.select_related("lot")
        .prefetch_related(Prefetch("versions", queryset=versions))
        .order_by("title", "pk")
    )


# ── Providers ────────────────────────────────────────────────────────────────────────────────
def admitted_to(agreement: Agreement, day: date) -> QuerySet:
    """Who is admitted today; whoever is suspended is not among them."""
    return (
        Admission.objects.current(day)
        .filter(lot__agreement=agreement)
        .select_related("provider", "lot")
        .order_by("provider__name", "provider", "lot__number", "pk")
    )


# ── Tenders and awards ───────────────────────────────────────────────────────────────────────
def for_one_person(tender: str) -> Exists:
    """Of tenders for one person's place: who won, from when and at what price is that one's stay.

    They are told of in numbers alone (``award_packs``). ``tender`` is the path to the tender's key.
    """
    return Exists(Competition.objects.filter(tender=OuterRef(tender)))


def published_tenders(at: datetime) -> QuerySet:
    """With the stage that the public may know of, and the contracts once there are any."""
    return (
        Tender.objects.exclude(published_at=None)
        .exclude(for_one_person("pk"))
        .filter(lot__agreement__published=True)
        .select_related("lot__agreement")
        .annotate(
            stage=Case(
                When(state=TenderState.AWARDED, then=Value(AWARDED)),
                When(state=TenderState.ABANDONED, then=Value(ABANDONED)),
                When(closes_at__gt=at, then=Value(OPEN)),
                default=Value(EVALUATED),
            ),
        )
        .prefetch_related("award__contracts__provider")
        .order_by("-published_at", "-pk")
    )


def winners_of(tender: Tender) -> str:
    award = getattr(tender, "award", None)
    names = [contract.provider.name for contract in award.contracts.all()] if award else []
    return ", ".join(sorted(names))


def contracts() -> QuerySet:
    """Those that may be shown one by one, the newest first."""
    return all_contracts().exclude(for_one_person("award__tender"))


def contracts_of(agreement: Agreement) -> QuerySet:
    return contracts().filter(lot__agreement=agreement)


def contracts_for_one_person(agreement: Agreement) -> QuerySet:
    """Never shown one by one."""
    return all_contracts().filter(for_one_person("award__tender"), lot__agreement=agreement)


def all_contracts() -> QuerySet:
    return Contract.objects.select_related("award__tender", "provider", "lot").order_by(
        "-award__confirmed_at", "-pk"
    )


@dataclass(frozen=True)
class AwardLine:
    """What one provider was awarded for one lot in one quarter (R2.16)."""

    quarter: Quarter
    lot: Lot
    provider: Provider
    awards: int
    value_pence: int
    last_on: date


def value_of(contract: Contract) -> int:
    """As it was awarded: an option that is taken later is not part of the award."""
    return contract_value(contract.weekly_pence, start=contract.start, end=contract.awarded_end)


def awards_by_quarter(contracts: Iterable[Contract]) -> list[AwardLine]:
    """The latest quarter first, then by lot and provider; by the London day of the award."""
    groups: dict[tuple, list[Contract]] = defaultdict(list)
    for contract in contracts:
        quarter = Quarter.of(timezone.localdate(contract.award.confirmed_at))
        groups[quarter, contract.lot, contract.provider].append(contract)
    lines = [
        AwardLine(
            quarter=quarter,
            lot=lot,
            provider=provider,
            awards=len(group),
            value_pence=sum(map(value_of, group)),
            last_on=max(timezone.localdate(one.award.confirmed_at) for one in group),
        )
        for (quarter, lot, provider), group in groups.items()
    ]
    lines.sort(key=lambda line: (line.lot.number, line.provider.name, line.provider.pk))
    return sorted(lines, key=lambda line: line.quarter, reverse=True)


def told_quarters(agreement: Agreement, named: Iterable[Quarter], today: date) -> list[Quarter]:
    """Those in which something was awarded, so that a notice is owed for them, newest first.

    One that runs is among them from its first contract that is not for one person's place:
    ``named`` are those with such a contract.
    """
    notices = agreement.notice_tasks.filter(kind=NoticeKind.QUARTERLY_AWARD)
    over = {notice.quarter for notice in notices if notice.quarter.last_day < today}
    return sorted(over.union(named), reverse=True)


def matching_tenders(rows: QuerySet, text: str) -> QuerySet:
    won = Contract.objects.filter(provider__name__icontains=text).values("award__tender")
    by = Q(reference__icontains=text) | Q(title__icontains=text) | Q(pk__in=won)
    return rows.filter(by)

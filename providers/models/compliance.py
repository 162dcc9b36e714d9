"""How those admitted stand: documents, declaration, ratings, suspension, declared grounds."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Prefetch, Q

from providers import rules
from providers.states import (
    LAPSED_EVIDENCE,
    OPTIONAL_EVIDENCE,
    DeclarationState,
    EvidenceKind,
    EvidenceState,
    Rating,
)

from .admissions import Admission
from .declarations import Declaration, DeclarationRequest, DeclaredGround
from .evidence import EvidenceDocument
from .organisations import Provider
from .places import Location, RatingChange


@dataclass(frozen=True)
class Standing:
    """One provider on one day. ``ratings`` are those of its places that the directory rates."""

    provider: Provider
    admissions: tuple[Admission, ...]
    evidence: dict[EvidenceKind, EvidenceState]
    declared_at: object
    asked: tuple[DeclarationRequest, ...]
    ratings: tuple[Rating, ...]
    changes: tuple[RatingChange, ...]  # of ratings, that nobody has reviewed
    suspended: tuple[Admission, ...]
    day: date

    @property
    def worst_evidence(self) -> EvidenceState:
        order = list(EvidenceState)
        return min(self.evidence.values(), key=order.index)

    @property
    def has_lapsed(self) -> bool:
        return self.worst_evidence in LAPSED_EVIDENCE

    @property
    def lacking(self) -> list[tuple[EvidenceKind, EvidenceState]]:
        return [(kind, state) for kind, state in self.evidence.items() if state != "in_date"]

    @property
    def declaration(self) -> DeclarationState:
        if any(each.due_on < self.day for each in self.asked):
            return DeclarationState.OVERDUE
        return DeclarationState.REQUESTED if self.asked else DeclarationState.FRESH

    @property
    def worst_rating(self) -> Rating | None:
        return max(self.ratings, key=list(Rating).index, default=None)


def with_admissions(providers, day):
    """With what each holds on ``day``, suspended or not."""
    return providers.prefetch_related(
        Prefetch(
            "admissions",
            queryset=Admission.objects.held(day).in_lot_order(),
            to_attr="held_admissions",
        )
    )


def with_standing(providers, day):
    """The admitted ones of ``providers``, with all that ``standing_of`` reads."""
    declarations = Declaration.objects.exclude(declared_at=None).order_by("declared_at", "pk")
    admitted = providers.filter(pk__in=Admission.objects.held(day).values("provider"))
    return with_admissions(admitted, day).prefetch_related(
        Prefetch(
            "evidence",
            queryset=EvidenceDocument.objects.held_at(None).by_kind(),
            to_attr="held_evidence",
        ),
        Prefetch("declarations", queryset=declarations, to_attr="made_declarations"),
        Prefetch(
            "declaration_requests",
            queryset=DeclarationRequest.objects.filter(answered_at=None).order_by("due_on", "pk"),
            to_attr="open_requests",
        ),
        Prefetch(
            "locations",
            queryset=Location.objects.held_at(None).with_rating().order_by("name", "pk"),
            to_attr="held_locations",
        ),
        Prefetch(
            "held_locations__rating_changes",
            queryset=RatingChange.objects.filter(reviewed_at=None).order_by("at", "pk"),
            to_attr="unreviewed",
        ),
    )


def standing_of(provider, day) -> Standing:
    """Of a row that ``with_standing`` has fetched; costs no query."""
    held = {EvidenceKind(each.kind): each.state(day) for each in provider.held_evidence}
    evidence = {
        kind: held.get(kind, EvidenceState.MISSING)
        for kind in EvidenceKind
        if kind in held or kind not in OPTIONAL_EVIDENCE
    }
    made = provider.made_declarations
    return Standing(
        provider=provider,
        admissions=tuple(provider.held_admissions),
        evidence=evidence,
        declared_at=made[-1].declared_at if made else None,
        asked=tuple(provider.open_requests),
        ratings=tuple(Rating(each.rating) for each in provider.held_locations if each.rating),
        changes=tuple(change for each in provider.held_locations for change in each.unreviewed),
        suspended=tuple(each for each in provider.held_admissions if each.is_suspended(day)),
        day=day,
    )


def problems(day) -> dict[str, Q]:
    """What can be the matter with a provider, as conditions on its row."""
    horizon = day + timedelta(days=max(rules.EVIDENCE_REMINDERS))
    good = EvidenceDocument.objects.good(day)
    found = {
        "lapsed": ~Q(pk__in=EvidenceDocument.objects.providers_in_order(day)),
        "to_check": Q(pk__in=EvidenceDocument.objects.to_check().values("provider")),
        "overdue": Q(
            pk__in=DeclarationRequest.objects.filter(answered_at=None, due_on__lt=day).values(
                "provider"
            )
        ),
        "rating": Q(pk__in=Location.objects.rated_inadequate().values("provider"))
        | Q(
            pk__in=RatingChange.objects.filter(reviewed_at=None, location__ended_at=None).values(
                "location__provider"
            )
        ),
        "suspended": Q(pk__in=Admission.objects.held(day).suspended(day).values("provider")),
    }
    return {
        "problems": reduce(or_, found.values()),
        "expiring": Q(pk__in=good.filter(expires_on__lte=horizon).values("provider")),
        **found,
    }


def unassessed_grounds(day, *, providers) -> list[DeclaredGround]:
    """Live grounds in declarations made, whose self-cleaning was never assessed (R3.2).

    A ground that is declared again with its day counts as the one assessed before.
    """
    rows = (
        DeclaredGround.objects.filter(declaration__provider__in=providers)
        .exclude(declaration__declared_at=None)
        .select_related("declaration__provider", "declaration__application")
        .order_by("pk")
    )
    newest, assessed = {}, set()
    for each in rows:
        key = (each.declaration.provider_id, each.ground, each.happened_on)
        newest[key] = each
        if each.finding:
            assessed.add(key)
    return [
        each for key, each in newest.items() if key not in assessed and each.rule().is_live(day)
    ]

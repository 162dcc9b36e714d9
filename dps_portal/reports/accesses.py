"""Who looked at the data of clients, summed up by person, kind and reason (design D10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

from dps_portal.accounts.models import RoleGrant
from dps_portal.accounts.roles import Role
from placements.models import BreakGlass, PersonAccess
from placements.states import AccessKind, AccessPurpose


@dataclass(frozen=True)
class Looks:
    """How often one person looked in one way for one reason, and at how many people's records."""

    who: str
    roles: str
    kind: AccessKind
    purpose: str
    count: int
    people: int
    last: datetime

    @property
    def purpose_label(self) -> str:
        return AccessPurpose(self.purpose).label if self.purpose else ""


@dataclass(frozen=True)
class Breaks:
    """How often one person broke the glass, and what the reviews found."""

    who: str
    roles: str
    count: int
    waiting: int
    unjustified: int
    last: datetime


def within(rows: QuerySet, first: date | None, last: date | None) -> QuerySet:
    """Both days are within; without one there is no end on that side."""
    if first:
        rows = rows.filter(at__date__gte=first)
    return rows.filter(at__date__lte=last) if last else rows


def looks(rows: QuerySet[PersonAccess]) -> list[Looks]:
    roles = roles_held()
    groups = (
        rows.order_by("user__ref", "kind", "purpose")
        .values_list("user__ref", "kind", "purpose")
        .annotate(times=Count("pk"), people=Count("person", distinct=True), last=Max("at"))
    )
    return [
        Looks(who, roles.get(who, ""), AccessKind(kind), purpose, *figures)
        for who, kind, purpose, *figures in groups
    ]


def breaks(rows: QuerySet[BreakGlass]) -> list[Breaks]:
    roles = roles_held()
    groups = (
        rows.order_by("user__ref")
        .values_list("user__ref")
        .annotate(
            times=Count("pk"),
            waiting=Count("pk", filter=Q(reviewed_at=None)),
            unjustified=Count("pk", filter=Q(is_justified=False)),
            last=Max("at"),
        )
    )
    return [Breaks(who, roles.get(who, ""), *figures) for who, *figures in groups]


def roles_held() -> Mapping[str, str]:
    """By the person's reference, those held today; of who has left, the last ones."""
    held: dict[str, list[str]] = {}
    ended: dict[str, list[str]] = {}
    rows = RoleGrant.objects.order_by("role").values_list("user__ref", "role", "ended_at")
    for who, role, ended_at in rows:
        names = (held if ended_at is None else ended).setdefault(who, [])
        if Role(role).label not in names:
            names.append(Role(role).label)
    formerly = {who: f"Formerly {', '.join(names)}" for who, names in ended.items()}
    return formerly | {who: ", ".join(names) for who, names in held.items()}

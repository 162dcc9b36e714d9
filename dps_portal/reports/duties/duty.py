"""A rule, and what was found of it."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet


@dataclass(frozen=True)
class Duty:
    """One rule: ``rows`` are all that could break it, and ``breach`` tells those that do.

    ``subject``, ``people`` and ``when`` are the fields by which a row is told.
    """

    name: str
    says: str
    rows: QuerySet
    breach: Q
    subject: str
    people: tuple[str, ...]
    when: str

    def told(self, rows: QuerySet) -> QuerySet:
        """Dicts of ``row_subject``, ``row_first``, ``row_second`` (people) and ``row_when``."""
        people = {
            place: F(f"{name}__ref" if name else "ref")
            for place, name in zip(("first", "second"), self.people, strict=False)
        }
        facts = {"subject": F(self.subject), "when": F(self.when), **people}
        return rows.order_by(f"-{self.when}", "-pk").values(
            **{f"row_{name}": fact for name, fact in facts.items()}
        )

    def exceptions(self) -> QuerySet:
        return self.told(self.rows.filter(self.breach))


@dataclass(frozen=True)
class Finding:
    """What was examined for one rule, and how much of it breaks the rule."""

    duty: Duty
    examined: int
    exceptions: int

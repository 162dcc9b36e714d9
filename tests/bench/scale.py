"""Many councils of the size of the demonstration, so that a page is measured at national scale.

Every row of the domain is copied by SQL, to as many places as are wanted: its key and its links to other
copied rows are moved by a fixed distance, its unique texts end in the number of the copy. What
belongs to people's accounts, the trail and files stays as it is.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max, UniqueConstraint

from placements.models import Placement
from providers.models import Provider
from tenders.models import Bid, Tender

DISTANCE = 1_000_000  # between the keys of two councils; more than the demonstration has rows
NATIONAL = {Placement: 50_000, Provider: 10_000, Tender: 5_000, Bid: 50_000}
DOMAIN = ("agreements", "providers", "tenders", "placements")
GROUPS = (("providers", Provider), ("tenders", Bid))  # what a council has more of than ours
TEXTS = (models.CharField, models.SlugField)
EMPTY = {"sqlite": "X'00'", "postgresql": "'\\x00'::bytea"}
PLACES = 10_000  # a council of its own stands at its number, what is more of a group after these
MEMORY = 4_000_000  # KiB that SQLite may hold pages in while it copies, or each index is read again
LEAST = 10  # characters of a text that tell the rows of a council apart
Model = type[models.Model]


def unique_sets(model: Model) -> list[list[models.Field]]:
    fields = [[field] for field in model._meta.local_fields if field.unique]
    named = [one for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    return fields + [[model._meta.get_field(name) for name in one.fields] for one in named]


def copied(labels: Iterable[str]) -> list[Model]:
    """The models of the apps whose every unique set changes with the copy."""
    found = [
        model
        for label in labels
        for model in apps.get_app_config(label).get_models()
        if isinstance(model._meta.pk, models.BigAutoField)
    ]
    while stuck := [
        model
        for model in found
        if not all(any(changes(field, found) for field in one) for one in unique_sets(model))
    ]:
        found = [model for model in found if model not in stuck]
    return found


def changes(field: models.Field, among: list[Model]) -> bool:
    if field.is_relation:
        return field.related_model in among
    return field.primary_key or isinstance(field, TEXTS)


class Multiplier:
    """Copies what the demonstration has; ``councils`` is how many there are by now."""

    def __init__(self) -> None:
        self.councils = 1
        self.domain = copied(DOMAIN)
        self.groups = {label: copied([label]) for label, _ in GROUPS}
        self.more = dict.fromkeys(self.groups, 0)  # copies of a group alone

    def grow(self, wanted: dict[Model, int]) -> None:
        """Until there are at least so many of each; the extra ones are spread over the councils."""
        own = Placement.objects.filter(pk__lt=DISTANCE).count()
        until = -(-wanted[Placement] // own)
        with connection.cursor() as cursor, unchecked(cursor):
            if until > self.councils:
                for model in self.domain:
                    self.copy(cursor, model, self.domain, self.councils, until)
                self.councils = until
            for number, (label, model) in enumerate(GROUPS, start=1):
                each = model.objects.filter(pk__lt=DISTANCE).count()
                lacks = wanted[model] - model.objects.count()
                first = number * PLACES + self.more[label]
                more = max(-(-lacks // each), 0)
                for one in self.groups[label] if more else ():
                    self.copy(cursor, one, self.groups[label], first, first + more)
                self.more[label] += more
        settle([*self.domain])

    def copy(self, cursor, model: Model, moving: list[Model], first: int, until: int) -> None:
        """Copies at the places from ``first`` on; what does not move is linked council by council."""
        quote = connection.ops.quote_name
        values, columns = [], []
        texts = {
            field
            for one in unique_sets(model)
            if not any(field.is_relation and changes(field, moving) for field in one)
            for field in one
            if isinstance(field, TEXTS)
        }
        for field in model._meta.local_concrete_fields:
            value = column = quote(field.column)
            if field.primary_key or (field.is_relation and field.related_model in moving):
                value = f"{column} + place * {DISTANCE}"
            elif field.is_relation and field.related_model in self.domain:
                value = f"{column} + (place % {self.councils}) * {DISTANCE}"
            elif field in texts:
                value = self.text(field, column)
            elif isinstance(field, models.BinaryField):
                value = EMPTY[connection.vendor]  # sealed bids are large, and no page reads them
            columns.append(column)
            values.append(value)
        table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
        cursor.execute(
            f"WITH RECURSIVE places(place) AS (SELECT CAST({first} AS bigint)"  # noqa: S608 - ours
            f" UNION ALL SELECT place + 1 FROM places WHERE place < {until - 1})"
            f" INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM {table}, places WHERE {key} < {DISTANCE}"
        )

    @staticmethod
    def text(field: models.Field, column: str) -> str:
        """The text with the number of the copy; where that does not fit, a number of its own."""
        kept = field.max_length - len(f"-{PLACES * 10}")
        if kept >= LEAST:
            return f"substr({column}, 1, {kept}) || '-' || CAST(place AS varchar(20))"
        return f"CASE WHEN {column} <> '' THEN CAST(id + place * 1000 AS varchar(20)) END"


class unchecked:  # noqa: N801 - a context manager
    """Without foreign keys and triggers: a copy of rows that agree agrees."""

    def __init__(self, cursor) -> None:
        self.cursor = cursor
        self.is_sqlite = connection.vendor == "sqlite"
        self.block = transaction.atomic()

    def __enter__(self):
        off = "PRAGMA foreign_keys = OFF" if self.is_sqlite else None
        self.cursor.execute(off or "SET session_replication_role = replica")
        if self.is_sqlite:
            self.cursor.execute(f"PRAGMA cache_size = -{MEMORY}")
        self.block.__enter__()
        return self

    def __exit__(self, *error):
        self.block.__exit__(*error)
        on = "PRAGMA foreign_keys = ON" if self.is_sqlite else None
        self.cursor.execute(on or "SET session_replication_role = DEFAULT")


def settle(models_: list[Model]) -> None:
    """New rows get keys after the copies, and the planner knows how many there are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for model in models_:
                last = model._base_manager.aggregate(last=Max("pk"))["last"] or 1
                table = model._meta.db_table
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
        cursor.execute("ANALYZE")


def sizes() -> dict[str, int]:
    return {str(model._meta.verbose_name_plural): model.objects.count() for model in NATIONAL}

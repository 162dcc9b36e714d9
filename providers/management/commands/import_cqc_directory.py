"""``manage.py import_cqc_directory [FILE]``: the places that treat substance misuse."""

import csv
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from providers import services
from providers.models import CqcLocation
from providers.states import Rating

EXTRACT = Path(__file__).parents[2] / "data" / "residential_rehab_locations_2026-04.csv"
# The column of each field in the extract kept here, and in the directory as the CQC publishes it.
EXTRACT_COLUMNS = {
    "location_id": "cqc_location_id",
    "name": "name",
    "address": "address",
    "postcode": "postcode",
    "local_authority": "local_authority",
    "region": "region",
    "service_types": "service_types",
}
DIRECTORY_COLUMNS = {
    "location_id": "CQC Location ID (for office use only)",
    "name": "Name",
    "address": "Address",
    "postcode": "Postcode",
    "local_authority": "Local authority",
    "region": "Region",
    "service_types": "Service types",
}
WORDS_ABOVE = 9  # lines, at most
# In some editions only.
OPTIONAL_COLUMNS = {"rating": "Latest rating", "inspected_on": "Date of latest check"}
# Every service for substance misuse, so that one without the residential activity is known as such.
WANTED = "substance"


class Command(BaseCommand):
    help = "Brings in services for substance misuse from the CQC directory (CSV)."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=EXTRACT)

    def handle(self, *, file, **options):
        read, locations, lacking = 0, {}, set()
        for number, row in rows(file):
            read += 1
            lacking = OPTIONAL_COLUMNS.keys() - row
            if WANTED not in row["service_types"].lower():
                continue
            row["address"] = ", ".join(part.strip() for part in row["address"].split(","))
            location = CqcLocation(**row)
            try:
                location.clean_fields()
            except ValidationError as error:
                problems = "; ".join(
                    f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items()
                )
                raise CommandError(f"{file}, line {number}: {problems}") from None
            locations[location.location_id] = location
        if not locations:
            raise CommandError(f"{file} names no service for substance misuse.")
        counts = services.import_cqc_locations(
            locations=locations.values(), lacking=lacking, at=timezone.now()
        )
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        self.stdout.write(f"Read {read} rows, kept {len(locations)} locations: {told}.")


def extras(row) -> dict[str, object]:
    """The rating and the day of the latest check, where this edition has them."""
    told = {}
    if OPTIONAL_COLUMNS["rating"] in row:
        rating = row[OPTIONAL_COLUMNS["rating"]].strip().lower().replace(" ", "_")
        told["rating"] = rating if rating in Rating.values else ""
    if OPTIONAL_COLUMNS["inspected_on"] in row:
        told["inspected_on"] = day_of(row[OPTIONAL_COLUMNS["inspected_on"]])
    return told


def day_of(moment: str) -> date | None:
    """As in ``05/Mar/2026 - 00:00``."""
    try:
        return datetime.strptime(moment.strip().split(" ")[0], "%d/%b/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None


def headings(reader):
    """The line that names the columns; published editions have some words above it."""
    for heading in islice(reader, WORDS_ABOVE + 1):
        for columns in (EXTRACT_COLUMNS, DIRECTORY_COLUMNS):
            if set(heading).issuperset(columns.values()):
                yield heading, columns


def rows(file):
    """Each line's number and its values by field, whichever of the two headings the file has."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.reader(lines)
            heading, columns = next(headings(reader), (None, None))
            if columns is None:
                raise CommandError(f"{file} does not have the columns of the CQC directory.")
            for cells in filter(None, reader):
                row = dict.fromkeys(heading, "") | dict(zip(heading, cells, strict=False))
                told = {field: row[column].strip() for field, column in columns.items()}
                yield reader.line_num, told | extras(row)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise CommandError(f"{file} is not a CSV file in UTF-8.") from None

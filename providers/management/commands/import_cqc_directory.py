"""``manage.py import_cqc_directory [FILE]``: the places of residential rehabilitation."""

import csv
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from providers import services
from providers.models import CqcLocation

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
# One kind of service, as the directory and as the regulations call it.
WANTED = {
    "Rehabilitation (substance abuse)",
    "Residential substance misuse treatment and/or rehabilitation service",
}


class Command(BaseCommand):
    help = "Brings in residential rehabilitation services from the CQC directory (CSV)."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=EXTRACT)

    def handle(self, *, file, **options):
        read, locations = 0, {}
        for number, row in rows(file):
            read += 1
            if WANTED.isdisjoint(row["service_types"].split("|")):
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
            raise CommandError(f"{file} names no residential rehabilitation service.")
        counts = services.import_cqc_locations(locations=locations.values())
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        self.stdout.write(f"Read {read} rows, kept {len(locations)} locations: {told}.")


def rows(file):
    """Each line's number and its values by field, whichever of the two headings the file has."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            heading = set(reader.fieldnames or ())
            columns = next(
                (
                    each
                    for each in (EXTRACT_COLUMNS, DIRECTORY_COLUMNS)
                    if heading.issuperset(each.values())
                ),
                None,
            )
            if columns is None:
                raise CommandError(f"{file} does not have the columns of the CQC directory.")
            for row in reader:
                yield (
                    reader.line_num,
                    {field: (row[column] or "").strip() for field, column in columns.items()},
                )
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise CommandError(f"{file} is not a CSV file in UTF-8.") from None

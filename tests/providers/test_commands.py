from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from providers.models import CqcLocation

pytestmark = pytest.mark.django_db

RAW = (
    "Name,Also known as,Address,Postcode,Phone number,Service's website (if available),"
    "Service types,Date of latest check,Specialisms/services,Provider name,Local authority,Region,"
    "Location URL,CQC Location ID (for office use only),CQC Provider ID (for office use only)\n"
)
HAVEN = (
    'Haven House,,"1 Sea Road,Southport",PR8 1AA,,,{services},,,Haven Ltd,Sefton,North West,,'
    "{number},1-1\n"
)


def run(*args):
    out = StringIO()
    call_command("import_cqc_directory", *args, stdout=out)
    return out.getvalue()


def written(tmp_path, text, **how):
    file = tmp_path / "directory.csv"
    file.write_bytes(text.encode(how.get("encoding", "utf-8")))
    return str(file)


def test_import_of_the_extract_kept_here_is_whole_and_repeatable():
    assert run() == "Read 81 rows, kept 81 locations: 81 new, 0 changed, 0 unchanged.\n"
    assert run() == "Read 81 rows, kept 81 locations: 0 new, 0 changed, 81 unchanged.\n"
    assert CqcLocation.objects.count() == 81


def test_import_of_the_published_directory_keeps_services_for_substance_misuse(tmp_path):
    residential = "Residential substance misuse treatment and/or rehabilitation service"
    file = written(
        tmp_path,
        RAW
        + HAVEN.format(services="Dentist|Rehabilitation (substance abuse)", number="1-100001")
        + HAVEN.format(services=residential, number="1-100002")
        + HAVEN.format(services="Rehabilitation (illness/injury)", number="1-100003")
        + HAVEN.format(services="Community services - Substance abuse", number="1-100004"),
    )

    assert run(file) == "Read 4 rows, kept 3 locations: 3 new, 0 changed, 0 unchanged.\n"
    assert {each.location_id: each.has_activity for each in CqcLocation.objects.all()} == {
        "1-100001": True,
        "1-100002": True,
        "1-100004": False,
    }
    haven = CqcLocation.objects.get(location_id="1-100001")
    assert (haven.name, haven.address, haven.postcode, haven.local_authority, haven.region) == (
        "Haven House",
        "1 Sea Road, Southport",
        "PR8 1AA",
        "Sefton",
        "North West",
    )


def test_import_renews_what_changed(tmp_path):
    row = HAVEN.format(services="Rehabilitation (substance abuse)", number="1-100001")
    run(written(tmp_path, RAW + row))

    renewed = run(written(tmp_path, RAW + row.replace("Haven House", "Harbour House")))

    assert renewed == "Read 1 rows, kept 1 locations: 0 new, 1 changed, 0 unchanged.\n"
    assert CqcLocation.objects.get().name == "Harbour House"


def rated(rating, checked="05/Mar/2026 - 00:00"):
    row = HAVEN.format(services="Rehabilitation (substance abuse)", number="1-100001")
    row = row.replace("(substance abuse),,,", f"(substance abuse),{checked},,")
    heading = RAW.replace("\n", ",Latest rating\n")
    return heading + row.replace("\n", f",{rating}\n")


@pytest.mark.parametrize(
    ("told", "checked", "known"),
    [
        ("Requires improvement", "05/Mar/2026 - 00:00", ("requires_improvement", date(2026, 3, 5))),
        ("Outstanding", "", ("outstanding", None)),
        ("Inspected but not rated", "some day", ("", None)),
    ],
)
def test_r3_4_rating_and_day_of_the_check_are_taken_where_the_edition_has_them(
    tmp_path, told, checked, known
):
    run(written(tmp_path, rated(told, checked)))

    haven = CqcLocation.objects.get()
    assert (haven.rating, haven.inspected_on) == known


def test_r3_4_an_edition_without_ratings_keeps_those_that_are_known(tmp_path):
    run(written(tmp_path, rated("Inadequate")))

    told = run(
        written(
            tmp_path,
            RAW
            + HAVEN.format(services="Rehabilitation (substance abuse)", number="1-100001").replace(
                "(substance abuse),,,", "(substance abuse),06/Mar/2026 - 00:00,,"
            ),
        )
    )

    assert told == "Read 1 rows, kept 1 locations: 0 new, 1 changed, 0 unchanged.\n"
    haven = CqcLocation.objects.get()
    assert (haven.rating, haven.inspected_on) == ("inadequate", date(2026, 3, 6))


def test_import_passes_over_the_words_above_the_heading_and_blank_lines(tmp_path):
    row = HAVEN.format(services="Rehabilitation (substance abuse)", number="1-100001")
    file = written(tmp_path, f"CQC locations,,\nProduced on 1 July 2026,,\n\n{RAW}\n{row}")

    assert run(file) == "Read 1 rows, kept 1 locations: 1 new, 0 changed, 0 unchanged.\n"


@pytest.mark.parametrize(
    ("text", "how", "message"),
    [
        ("a,b\n1,2\n", {}, "does not have the columns of the CQC directory."),
        ("", {}, "does not have the columns of the CQC directory."),
        ("café", {"encoding": "latin-1"}, "is not a CSV file in UTF-8."),
        (RAW, {}, "names no service for substance misuse."),
        (
            RAW
            + HAVEN.format(services="Rehabilitation (substance abuse)", number="1-1")
            + HAVEN.format(services="Rehabilitation (substance abuse)", number=""),
            {},
            "line 3: location_id: This field cannot be blank.",
        ),
    ],
)
def test_import_of_a_bad_file_says_what_is_wrong_and_changes_nothing(tmp_path, text, how, message):
    with pytest.raises(CommandError) as refusal:
        run(written(tmp_path, text, **how))

    assert str(refusal.value).endswith(message)
    assert not CqcLocation.objects.exists()


def test_import_of_a_missing_file_says_so(tmp_path):
    with pytest.raises(CommandError) as refusal:
        run(str(tmp_path / "none.csv"))

    assert str(refusal.value).endswith("none.csv cannot be read: No such file or directory.")

"""Prices compared: what a file may hold, where we stand, and outcomes beside prices."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from dps_portal.reports import benchmark, rules, services
from dps_portal.reports.models import OutsideRate, RateImport
from providers.models import Admission, Rate
from tests.factories.accounts import UserFactory
from tests.factories.placements import Journey, noon, provider_on

TODAY = date(2026, 9, 15)
HEAD = "authority,lot,weekly price,from\n"
PAGE = reverse("reports:benchmark")
IMPORT = reverse("reports:import_rates")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


# ── Reading a file ───────────────────────────────────────────────────────────────────────────────


def read(text, *, lots=(1, 2), known=()):
    return rules.read_rates(text, lots=lots, known=known)


@pytest.mark.parametrize(
    ("row", "price", "start"),
    [
        ("Alton,1,845,2026-04-01", 84_500, date(2026, 4, 1)),
        ('Alton,1,"£1,234.50",01/04/2026', 123_450, date(2026, 4, 1)),
        ("Alton,1,£ 845.5,1.4.2026", 84_550, date(2026, 4, 1)),
        (" Alton , 1 , 845.00 , 29/02/2024 ", 84_500, date(2024, 2, 29)),
    ],
)
def test_a_good_row_is_read_in_each_way_of_writing_it(row, price, start):
    [found] = read(HEAD + row)

    assert (found.authority, found.lot, found.weekly_pence, found.start, found.faults) == (
        *("Alton", 1, price, start),
        (),
    )


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (",1,845,2026-04-01", ("The authority is missing.",)),
        ("A" * 201 + ",1,845,2026-04-01", ("The authority has more than 200 letters.",)),
        ("Alton,9,845,2026-04-01", ("There is no lot “9”.",)),
        ("Alton,one,845,2026-04-01", ("There is no lot “one”.",)),
        ("Alton,²,845,2026-04-01", ("There is no lot “²”.",)),
        ("Alton,1,free,2026-04-01", ("“free” is not a weekly price in pounds.",)),
        ("Alton,1,0,2026-04-01", ("“0” is not a weekly price in pounds.",)),
        ("Alton,1,-845,2026-04-01", ("“-845” is not a weekly price in pounds.",)),
        ("Alton,1,845.001,2026-04-01", ("“845.001” is not a weekly price in pounds.",)),
        ("Alton,1,100000.01,2026-04-01", ("“100000.01” is not a weekly price in pounds.",)),
        ("Alton,1,845,31/02/2026", ("“31/02/2026” is not a date such as 31/03/2026.",)),
        ("Alton,1,845,2026", ("“2026” is not a date such as 31/03/2026.",)),
        ("Alton,1,845,0000-01-01", ("“0000-01-01” is not a date such as 31/03/2026.",)),
        (
            ",,,",
            None,
        ),
        (
            "Alton",
            (
                "There is no lot “”.",
                "“” is not a weekly price in pounds.",
                "“” is not a date such as 31/03/2026.",
            ),
        ),
    ],
)
def test_a_row_is_left_out_for_every_reason_at_once(row, faults):
    rows = read(f"{HEAD}{row}\nBexley,1,900,2026-04-01")

    if faults is None:
        assert [one.authority for one in rows] == ["Bexley"]
        return
    assert rows[0].faults == faults
    assert [one.is_good for one in rows] == [False, True]


def test_a_row_that_stands_twice_is_left_out_the_second_time():
    rows = read(f"{HEAD}Alton,1,845,2026-04-01\nALTON,1,900,01/04/2026\nAlton,2,900,2026-04-01")

    assert [row.faults for row in rows] == [
        (),
        ("An earlier row is of the same authority, lot and date.",),
        (),
    ]


def test_a_row_that_is_on_record_is_left_out():
    [row] = read(f"{HEAD}Alton,1,900,2026-04-01", known={("alton", 1, date(2026, 4, 1))})

    assert row.faults == ("A rate of this authority, lot and date is imported already.",)


@pytest.mark.parametrize("lot", ["9" * 5_000, "-1", "٣", "1.0", "0"])
def test_a_lot_that_is_none_is_named(lot):
    [row] = read(f"{HEAD}Alton,{lot},845,2026-04-01")

    assert row.faults == (f"There is no lot “{lot[:20]}”.",)


def test_columns_come_in_any_order_with_others_beside_them_and_semicolons():
    [row] = read("From;Note;Weekly Price;LOT;Authority\n2026-04-01;x;845;1;Alton")

    assert (row.line, row.weekly_pence, row.is_good) == (2, 84_500, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The first line must name the columns; missing: authority, lot, weekly price, from."),
        (
            "authority,lot\nAlton,1",
            "The first line must name the columns; missing: weekly price, from.",
        ),
        (HEAD, "The file has no row below its first line."),
        (HEAD + "\n,,,\n", "The file has no row below its first line."),
        (
            HEAD + "Alton,1,845,2026-04-01\n" * 2_001,
            "The file has more than 2,000 rows. Import it in parts.",
        ),
        (HEAD + "x" * 200_000, "The file cannot be read as CSV."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text, why):
    with pytest.raises(rules.Unreadable, match=why.replace(".", r"\.")):
        read(text)


def test_a_file_of_windows_or_with_a_mark_is_read():
    assert rules.decoded("£845".encode("cp1252")) == "£845"
    assert rules.decoded("£845".encode("utf-8-sig")) == "£845"
    with pytest.raises(rules.Unreadable, match="not a CSV"):
        rules.decoded(b"PK\x00\x03")


# ── Where a price stands ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([], None),
        ([5], rules.Spread(1, 5, None, 5, None, 5)),
        ([1, 2], rules.Spread(2, 1, None, 2, None, 2)),
        ([4, 1, 3, 2], rules.Spread(4, 1, 2, 3, 3, 4)),
        ([10, 20, 30, 40, 50], rules.Spread(5, 10, 20, 30, 40, 50)),
    ],
)
def test_median_and_quartiles(prices, expected):
    assert rules.spread(prices) == expected


def test_where_ours_stands_among_others():
    assert rules.standing(90, [80, 90, 100, 120]) == rules.Standing(1, 1, 2, -5)
    assert rules.standing(90, [80, 90, 100, 120]).below_pence == 5
    assert rules.standing(90, []) is None


# ── Importing ────────────────────────────────────────────────────────────────────────────────────

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey():
    return Journey().budget(y2025=27_000_000, y2026=27_000_000)


@pytest.fixture
def officer(client):
    person = UserFactory(roles=[Role.PROCUREMENT])
    client.force_login(person)
    return person


def upload(client, content, **facts):
    file = SimpleUploadedFile(
        "rates.csv", content.encode() if isinstance(content, str) else content
    )
    day = {"obtained_on_day": 1, "obtained_on_month": 9, "obtained_on_year": 2026}
    return client.post(IMPORT, {"file": file, "source": "Decision record", **day, **facts})


def sheet(lot, *rows):
    return HEAD + "".join(f"{who},{lot.number},{price},2026-04-01\n" for who, price in rows)


def confirm(client, page):
    checked = page.context["checked"]
    return client.post(
        reverse("reports:confirm_rates"),
        {name: checked[name].value() for name in checked.fields},
        follow=True,
    )


def test_a_file_is_shown_row_by_row_before_anything_is_kept(client, officer, journey):
    page = upload(client, sheet(journey.lot, ("Alton", "845"), ("Bexley", "dear")))

    assert (page.context["good"], page.context["bad"]) == (1, 1)
    assert "“dear” is not a weekly price in pounds." in page.text
    assert not RateImport.objects.exists()


def test_what_was_shown_is_imported_with_source_and_day(client, officer, journey):
    page = upload(client, sheet(journey.lot, ("Alton", "845"), ("Bexley", "dear")))

    assert "Rates imported: 1." in confirm(client, page).text
    made = RateImport.objects.get()
    rate = OutsideRate.objects.get()
    assert (made.source, made.obtained_on, made.left_out, made.by) == (
        *("Decision record", date(2026, 9, 1)),
        *(1, officer),
    )
    assert (rate.authority, rate.lot, rate.weekly_pence) == ("Alton", journey.lot, 84_500)
    event = AuditEvent.objects.in_order().last()
    assert (event.action, event.facts["rows"]) == ("rates.imported", 1)


def test_the_same_file_twice_changes_nothing(client, officer, journey):
    text = sheet(journey.lot, ("Alton", "845"))
    confirm(client, upload(client, text))

    page = upload(client, text)

    assert page.context["good"] == 0
    with pytest.raises(Refused) as refusal:
        services.import_rates(
            agreement=journey.agreement,
            text=text,
            source="Again",
            obtained_on=TODAY,
            by=officer,
            at=noon(TODAY),
        )
    assert refusal.value.reasons == ("No row of the file can be imported.",)
    assert OutsideRate.objects.count() == 1


def test_a_file_confirmed_twice_is_refused_the_second_time(client, officer, journey):
    page = upload(client, sheet(journey.lot, ("Alton", "845")))
    confirm(client, page)

    assert "No row of the file can be imported." in confirm(client, page).text
    assert RateImport.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x00\x03", "This is not a CSV file."),
        (b"", "The file is empty"),
        ("just words", "The first line must name the columns"),
        ("x" * 100_001, "The file must be 100 kB or less"),
    ],
)
def test_a_file_that_cannot_be_read_keeps_what_was_typed(client, officer, journey, content, words):
    page = upload(client, content)

    assert words in page.text
    assert "Decision record" in page.text


@pytest.mark.parametrize("fields", [{}, {"text": "x", "source": "y", "obtained_on": "never"}])
def test_a_confirmation_without_its_file_is_sent_back(client, officer, journey, fields):
    page = client.post(reverse("reports:confirm_rates"), fields, follow=True)

    assert "Choose the file again." in page.text


def test_rates_withdrawn_count_no_more_and_can_come_again(client, officer, journey):
    text = sheet(journey.lot, ("Alton", "845"))
    confirm(client, upload(client, text))
    made = RateImport.objects.get()

    client.post(reverse("reports:withdraw_rates", args=[made.pk]), {"reason": "Daily rates."})

    made.refresh_from_db()
    assert (made.withdrawn_by, made.withdrawn_for) == (officer, "Daily rates.")
    [one] = benchmark.benchmark(journey.agreement, TODAY)
    assert one.outside == []
    assert upload(client, text).context["good"] == 1
    with pytest.raises(Refused):
        services.withdraw_rates(made=made, reason="Again.", by=officer, at=noon(TODAY))


def test_a_rate_is_never_changed(client, officer, journey):
    confirm(client, upload(client, sheet(journey.lot, ("Alton", "845"))))

    with pytest.raises(DatabaseError), transaction.atomic():
        OutsideRate.objects.update(weekly_pence=1)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def test_each_lot_has_its_prices_and_the_rates_of_others(client, officer, journey):
    for number, price in enumerate((70_000, 80_000, 100_000), start=1):
        provider_on(journey.lot, weekly_pence=price, name=f"Provider {number}")
    rows = (("Alton", "800"), ("Bexley", "820"), ("Corby", "900"), ("Derby", "1000"))
    confirm(client, upload(client, sheet(journey.lot, *rows)))

    [one] = benchmark.benchmark(journey.agreement, TODAY)

    assert [row.weekly_pence for row in one.prices] == [70_000, 80_000, 84_500, 100_000]
    assert one.ours.median == 82_250
    assert [row.authority for row in one.outside] == ["Alton", "Bexley", "Corby", "Derby"]
    assert one.theirs == rules.Spread(4, 80_000, 81_500, 86_000, 92_500, 100_000)
    assert one.standing == rules.Standing(2, 0, 2, -3_750)
    text = client.get(PAGE).text
    assert "£37.50 below theirs: 2 of them pay less, 0 the same and 2 more." in text


def test_a_price_holds_from_its_day_and_only_while_admitted(journey):
    provider = journey.provider
    Rate.objects.create(
        provider=provider,
        lot=journey.lot,
        effective_from=TODAY,
        weekly_pence=90_000,
        source="price_list",
    )

    def prices(day):
        [one] = benchmark.benchmark(journey.agreement, day)
        return [row.weekly_pence for row in one.prices]

    assert prices(TODAY - timedelta(days=1)) == [84_500]
    assert prices(TODAY) == [90_000]
    Admission.objects.update(ended_on=TODAY)
    assert (prices(TODAY - timedelta(days=1)), prices(TODAY)) == ([84_500], [])


def test_the_newest_rate_of_an_authority_counts_once_it_has_begun(client, officer, journey):
    text = HEAD + "".join(
        f"Alton,{journey.lot.number},{price},{day}\n"
        for price, day in ((800, "2025-04-01"), (850, "2026-04-01"), (950, "2026-10-01"))
    )
    confirm(client, upload(client, text))

    [one] = benchmark.benchmark(journey.agreement, TODAY)

    assert [row.weekly_pence for row in one.outside] == [85_000]


def test_the_outcome_stands_beside_the_price_and_in_no_score(client, officer, journey):
    journey.leave(journey.admitted(), date(2026, 8, 1))
    other = Journey(lot=journey.lot, provider=journey.provider, people=journey.people)
    other.leave(other.admitted(), date(2026, 7, 1), status="unplanned")

    [[one, rows, _]] = client.get(PAGE).context["lots"]

    assert rows == [
        [
            *("Harbour House", "£845.00", "1 April 2022", "Price list", "2", "50%"),
            "9% to 91%",
        ]
    ]
    assert {field for field in vars(one.prices[0]) if "score" in field} == set()


def test_the_chart_holds_the_prices_of_its_days(journey):
    [one] = benchmark.benchmark(journey.agreement, TODAY)

    assert one.labels[-1] == "Sep 2026"
    assert one.labels[0] == "Sep 2022"
    assert one.series == [
        (name, [price] * len(one.labels))
        for name, price in (
            *(("Lowest", 84_500), ("Median", 84_500), ("Highest", 84_500)),
            ("Ceiling", journey.lot.ceiling_weekly_pence),
        )
    ]


def test_the_file_of_the_page_holds_both_kinds_of_price(client, officer, journey):
    confirm(client, upload(client, sheet(journey.lot, ("=Alton", "800"))))

    rows = list(csv.DictReader(io.StringIO(client.get(PAGE, {"download": "csv"}).text)))

    assert [(row["Who"], row["Name"], row["Price a week"]) for row in rows] == [
        ("Provider", "Harbour House", "845.00"),
        ("Authority", "'=Alton", "800.00"),
    ]


@pytest.mark.parametrize("name", ["benchmark", "rate_list"])
def test_it_costs_the_same_however_many(client, officer, journey, name):
    url = reverse(f"reports:{name}")
    client.get(url)
    costs = []
    for more in (1, 2):
        for number in range(more):
            provider_on(journey.lot, name=f"Provider {more}{number}")
            confirm(client, upload(client, sheet(journey.lot, (f"Town {more}{number}", "800"))))
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_rates_are_searched_by_authority_and_state(client, officer, journey):
    confirm(client, upload(client, sheet(journey.lot, ("Alton", "800"), ("Bexley", "810"))))
    url = reverse("reports:rate_list")

    def found(**query):
        return [row.authority for row in client.get(url, query).context["page"]]

    assert found(q="alt") == ["Alton"]
    assert found(state="standing") == ["Alton", "Bexley"]
    assert found(state="withdrawn") == []


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ASSESSMENT_MANAGER])
def test_others_see_the_benchmark_and_import_nothing(client, journey, role):
    client.force_login(UserFactory(roles=[role]))

    assert "Import rates" not in client.get(PAGE).text
    assert client.get(IMPORT).status_code == 403
    assert client.post(reverse("reports:confirm_rates")).status_code == 403

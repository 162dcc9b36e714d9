"""The measures of a scorecard: what each counts, where its bounds lie, and how it is told."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps_portal.accounts.roles import Role
from dps_portal.agreements.rules import Quarter
from dps_portal.reports import kpis, rules, scorecards, services, spend
from dps_portal.reports.scopes import Scope
from placements import services as placing
from placements.models import OneOff, Referral
from placements.states import CostCentre, OutcomeMeasure
from providers.models import CqcLocation, Location, Provider, RatingChange
from tests.factories.accounts import UserFactory
from tests.factories.placements import PLANNED, Journey, noon, owner_of, provider_on

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 5)
SPRING, SUMMER, AUTUMN = (Quarter(date(2026, month, 1)) for month in (4, 7, 10))
TERM_END = date(2026, 9, 10)  # of the first funding: three months from PLANNED
MEASURES = {one.name: one for group in kpis.GROUPS.values() for one in group}
SCORES = dict.fromkeys(OutcomeMeasure, (5, 12))


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000, y2027=27_000_000)


def another(journey, **facts):
    return Journey(
        **{
            "lot": journey.lot,
            "provider": journey.provider,
            "people": journey.people,
            "planned": journey.planned,
        }
        | facts
    )


def stay(journey, left=date(2026, 8, 1), status="planned", *, planned=PLANNED, **facts):
    one = another(journey, planned=planned)
    placement = one.admitted()
    one.leave(placement, left, status=status, **facts)
    placement.refresh_from_db()
    return placement


def card(journey, quarter=SUMMER, today=TODAY):
    [found] = scorecards.cards(journey.agreement, [journey.provider], [quarter], today)
    return found


def told(journey, name, quarter=SUMMER, today=TODAY):
    """The words of a measure, those that lead to rows among them."""
    lines = MEASURES[name].lines(card(journey, quarter, today))
    return [line.text if isinstance(line, kpis.Rows) else line for line in lines]


# ── The colour and the ways of telling ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rate", "colour"),
    [(None, ""), (0, "Red"), (59, "Red"), (60, "Amber"), (77, "Amber"), (78, "Green")],
)
def test_planned_exits_are_coloured_by_the_published_thresholds(rate, colour):
    assert rules.planned_exit_colour(rate) == colour
    assert kpis.THRESHOLDS == "Green from 78%, amber from 60% to 77%, red below 60%."


def test_a_share_is_told_with_both_its_counts():
    assert [str(rules.Share(*pair)) for pair in ((1, 3), (0, 2), (0, 0))] == [
        *("1 of 3 (33%)", "0 of 2 (0%)", "–")
    ]


def test_the_middle_of_an_even_number_lies_between_two():
    assert rules.middle([]) is None
    assert rules.middle([9, 2, 4, 5]) == rules.Middle(4, 5, 5)
    assert rules.middle([3, 4]).median == 4  # half up


# ── How stays ended ──────────────────────────────────────────────────────────────────────────────


def test_planned_exits_are_told_with_interval_and_colour(journey):
    stay(journey)
    stay(journey, status="unplanned")
    stay(journey, status="excluded")

    assert told(journey, "Planned exits") == [
        *("1 of 2 (50%)", "95% interval 9 to 91%"),
        {"text": "Red", "tag": "red"},
    ]
    assert told(journey, "Unplanned exits") == ["1 of 2 (50%)"]
    assert told(journey, "Exits left out") == ["1"]
    assert told(journey, "Planned exits", SPRING) == ["–"]


def test_an_unplanned_exit_is_early_up_to_the_fourteenth_day(journey):
    planned = date(2026, 7, 1)
    for day, status in ((13, "unplanned"), (14, "unplanned"), (3, "planned")):
        stay(journey, planned + timedelta(days=day), status, planned=planned)

    assert told(journey, "Unplanned in the first 14 days") == ["1 of 3 (33%)"]


def test_the_length_of_a_stay_leaves_out_what_is_not_counted(journey):
    for nights, status in ((30, "planned"), (41, "unplanned"), (44, "planned"), (22, "excluded")):
        stay(journey, PLANNED + timedelta(days=nights), status)

    assert told(journey, "Length of stay, mean nights") == ["38.3 (3 stays)"]
    assert told(journey, "Length of stay, median nights") == ["41 (3 stays)"]


@pytest.mark.parametrize(("day", "words"), [(-1, "0 of 1 (0%)"), (0, "1 of 1 (100%)")])
def test_the_first_funding_is_reached_on_its_last_day_though_it_was_extended(journey, day, words):
    one = another(journey)
    placement = one.admitted()
    one.decide(one.extension(placement, date(2026, 10, 8)))
    one.leave(placement, TERM_END + timedelta(days=day))

    assert told(journey, "Stayed to the end of the first funding") == [words]


def come_again(journey, placement, on, **facts):
    """The same person, by a new referral."""
    Referral.objects.filter(pk=placement.referral_id).update(
        state="closed", closed_at=noon(on), closed_reason="Completed"
    )
    again = another(journey, planned=on, **facts).admitted()
    Referral.objects.filter(pk=again.referral_id).update(person=placement.referral.person)


@pytest.mark.parametrize(("on", "count"), [(date(2026, 12, 20), 1), (date(2026, 12, 21), 0)])
def test_a_readmission_counts_up_to_the_last_day_of_six_months(journey, on, count):
    first = stay(journey, date(2026, 6, 20))
    stay(journey, date(2026, 6, 20))
    come_again(journey, first, on, provider=provider_on(journey.lot, name="Quayside"))
    name = "Readmitted within 6 months"

    assert told(journey, name, SPRING, date(2026, 12, 20)) == [f"{count} of 2 so far"]
    assert told(journey, name, SPRING, date(2026, 12, 21)) == [f"{count} of 2 ({50 * count}%)"]


def test_who_moves_to_another_provider_has_not_left_and_is_not_readmitted(journey):
    other = provider_on(journey.lot, name="Quayside")
    one, day = another(journey), date(2026, 7, 20)
    placement = one.admitted()
    moved = one.prepare_transfer(placement, other, day)
    one.leave(placement, day, reason="transferred")
    one.arrive(moved, day)

    assert told(journey, "Planned exits")[0] == "1 of 1 (100%)"
    assert told(journey, "Readmitted within 6 months") == ["–"]


# ── Waits and records ────────────────────────────────────────────────────────────────────────────


def test_waits_run_from_the_referral_over_the_decision_to_the_first_night(journey):
    """Received on 15 April, decided on 1 May."""
    for later in (0, 4):
        another(journey, planned=PLANNED + timedelta(days=later)).admitted()

    assert told(journey, "Referral to funding decision, median days", SPRING) == ["16 (2 people)"]
    assert told(journey, "Funding decision to admission, median days", SPRING) == ["42 (2 people)"]
    assert told(journey, "Referral to funding decision, median days") == ["–"]


def test_a_report_that_is_late_leads_to_its_row(journey):
    stay(journey)
    lines = MEASURES["Discharge reports in time"].lines(card(journey))

    assert lines == ["0 of 1 (0%)", kpis.Rows("1 late", "discharge_reports_late")]


def test_outcomes_are_complete_with_every_scale(journey):
    by = {"by": journey.people["assessor"], "at": noon(TODAY)}
    whole, part, _ = (stay(journey) for _ in range(3))
    placing.record_outcomes(placement=whole, scores=SCORES, **by)
    placing.record_outcomes(placement=part, scores=dict(list(SCORES.items())[:2]), **by)

    assert told(journey, "Outcome scores at start and exit") == ["1 of 3 (33%)"]


def test_aftercare_is_that_agreed_at_the_exit(journey):
    stay(journey)
    stay(journey, status="unplanned", aftercare_agreed=False)

    assert told(journey, "Aftercare agreed at exit") == ["1 of 2 (50%)"]


# ── Nights, returned and counted, and their cost ─────────────────────────────────────────────────


def absent(journey, placement, start, end):
    placing.record_absence(
        placement=placement,
        start=start,
        end=end,
        reason="Family",
        cost_centre=CostCentre.COUNCIL,
        first_nights=7,
        first_percent=100,
        later_percent=50,
        by=journey.people["assessor"],
        at=noon(end),
    )


def test_nights_are_those_up_to_the_exit_without_nights_away(journey):
    stay(journey, date(2026, 7, 11))  # 10 nights of the quarter
    placement = another(journey, planned=date(2026, 9, 21)).admitted()  # 10, and 4 of the next
    absent(journey, placement, date(2026, 9, 24), date(2026, 9, 26))

    assert [card(journey, quarter).nights for quarter in (SPRING, SUMMER, AUTUMN)] == [21, 18, 4]


def test_who_stays_beyond_the_funding_is_counted(journey):
    another(journey).admitted()

    assert (card(journey).nights, card(journey, AUTUMN).nights) == (92, 4)


def send(journey, nights):
    services.submit_return(
        provider=journey.provider,
        agreement=journey.agreement,
        quarter=SUMMER,
        figures={
            "nights_stayed": nights,
            "complaints": 1,
            "safeguarding_concerns": 2,
            "serious_incidents": 3,
            "staff_vacancies": 4,
        },
        nothing_to_report=False,
        comment="",
        reason="",
        by=owner_of(journey.provider),
        at=noon(TODAY),
    )


@pytest.mark.parametrize(("nights", "words"), [(8, "−2"), (10, "0"), (13, "+3")])
def test_the_nights_returned_stand_beside_our_count(journey, nights, words):
    stay(journey, date(2026, 7, 11))
    assert told(journey, "Nights stayed, difference") == ["–"]

    send(journey, nights)

    names = ("as returned", "our count", "difference")
    found = [told(journey, f"Nights stayed, {name}") for name in names]
    assert found == [[str(nights)], ["10"], [words]]


def test_what_was_returned_is_told_figure_by_figure(journey):
    names = ("Complaints", "Safeguarding concerns", "Serious incidents", "Staff vacancies")
    assert [told(journey, name) for name in names] == [["–"]] * 4

    send(journey, 5)

    assert [told(journey, name) for name in names] == [["1"], ["2"], ["3"], ["4"]]


def test_spend_is_that_of_the_spend_report(journey):
    other = provider_on(journey.lot, name="Quayside")
    left = stay(journey, date(2026, 7, 11), "unplanned", notice_nights=2)
    OneOff.objects.create(placement=left, on=date(2026, 7, 5), pence=12_345, label="Travel")
    placement = another(journey, planned=date(2026, 8, 12)).admitted()
    absent(journey, placement, date(2026, 8, 20), date(2026, 9, 3))
    another(journey, planned=date(2026, 10, 20)).approved()
    another(journey, provider=other).admitted()

    for quarter in (SPRING, SUMMER, AUTUMN):
        days = (quarter.start, quarter.last_day + timedelta(days=1))
        scope = Scope(*days, TODAY, provider=journey.provider.reference)
        report = spend.report(journey.agreement, scope)
        assert card(journey, quarter).pence == report.accrued_pence > 0


def test_spend_is_told_beside_the_ceiling_of_the_year(journey):
    stay(journey, date(2026, 7, 11))

    assert told(journey, "Spend, of the year’s ceiling") == ["£1,207.14", "0% of £270,000.00"]
    before = Quarter(date(2026, 1, 1))
    assert told(journey, "Spend, of the year’s ceiling", before) == [
        *("£0.00", "no ceiling recorded")
    ]


# ── Ratings, places and the price ────────────────────────────────────────────────────────────────


def place(journey, number="1-100", rating="good", **facts):
    CqcLocation.objects.create(location_id=number, name="x", service_types="x", rating=rating)
    return Location.objects.create(
        **{
            "provider": journey.provider,
            "cqc_location_id": number,
            "name": f"House {number}",
            "in_directory": True,
            "added_at": noon(date(2022, 4, 1)),
        }
        | facts
    )


def test_a_rating_is_that_of_the_last_day_of_the_quarter(journey):
    one = place(journey, rating="requires_improvement")
    days = ((SUMMER.start, "outstanding", "good"), (AUTUMN.start, "good", "requires_improvement"))
    for day, before, after in days:
        RatingChange.objects.create(location=one, before=before, after=after, at=noon(day))

    found = [told(journey, "CQC rating", quarter) for quarter in (SPRING, SUMMER, AUTUMN)]

    assert found == [["Outstanding"], ["Good"], ["Requires improvement"]]


def test_each_place_held_then_has_its_rating(journey):
    place(journey)
    place(journey, "1-200")
    place(journey, "1-300", rating="")
    place(journey, "1-400", register="ciw", rating="")
    place(journey, "1-500", rating="inadequate", ended_at=noon(SUMMER.last_day))

    assert told(journey, "CQC rating") == [
        *("Good: 2 of 4", "Not rated: 1 of 4", "Not with the CQC: 1 of 4")
    ]
    assert told(journey, "CQC rating", Quarter(date(2022, 1, 1))) == ["–"]


def test_free_places_are_those_stated_last_by_the_day(journey):
    def state(places, on, lot=journey.lot):
        placing.state_vacancy(
            provider=journey.provider,
            lot=lot,
            places=places,
            earliest_on=on,
            meets=[],
            by=owner_of(journey.provider),
            at=noon(on),
        )

    state(3, SUMMER.start)
    state(1, SUMMER.last_day)
    state(5, TODAY)

    found = [told(journey, "Free places stated", quarter) for quarter in (SPRING, SUMMER, AUTUMN)]
    assert found == [["–"], ["1"], ["5"]]


def test_the_price_stands_beside_the_ceiling_of_its_lot(journey):
    name = "Price a week, of the lot’s ceiling"

    assert told(journey, name) == [f"Lot {journey.lot.number}: £845.00", "77% of £1,100.00"]
    assert told(journey, name, Quarter(date(2022, 1, 1))) == ["–"]


# ── The page and the file ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(client, journey):
    client.force_login(UserFactory(roles=[Role.COMMISSIONER]))
    stay(journey)
    stay(journey, status="unplanned")
    return reverse("reports:scorecard", args=[journey.provider.reference])


def test_every_measure_stands_on_the_page_with_what_it_means(client, page):
    answer = client.get(page)
    rows = [row for _, group in answer.context["groups"] for row in group]

    assert [measure.name for measure, _ in rows] == list(MEASURES)
    assert {len(cells) for _, cells in rows} == {5}
    assert [card.quarter for card in answer.context["cards"]][:2] == [AUTUMN, SUMMER]
    for words in (kpis.THRESHOLDS, *kpis.NOT_RECORDED, *kpis.NOT_RECORDED.values()):
        assert words in answer.text
    for one in MEASURES.values():
        assert one.means in answer.text


def test_each_count_of_a_page_leads_to_its_rows(client, page):
    groups = client.get(page).context["groups"]
    linked = [
        (int(line["text"].split()[0]), line["url"])
        for _, group in groups
        for _, cells in group
        for cell in cells
        for line in cell["lines"]
        if isinstance(line, dict) and "url" in line
    ]

    assert len(linked) == 4
    for count, url in linked:
        assert client.get(url).context["page"].paginator.count == count


@pytest.mark.parametrize("url", ["page", reverse("reports:scorecard_list")])
def test_the_file_holds_every_measure(client, page, url):
    answer = client.get(page if url == "page" else url, {"download": "csv"})
    [head, *rows] = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))

    assert head[1:] == list(kpis.COLUMNS)
    assert len(kpis.COLUMNS) == sum(len(one.columns) for one in MEASURES.values())
    assert len(rows) == (8 if url == "page" else 1)


def test_the_file_has_the_counts_of_a_share_apart(client, page):
    rows = csv.DictReader(io.StringIO(client.get(page, {"download": "csv"}).text.lstrip("\ufeff")))
    [row] = [row for row in rows if row["Quarter"] == str(SUMMER)]

    names = ("Planned exits", "Planned exits, of", "Planned exits, %", "Planned exits, colour")
    assert [row[name] for name in names] == ["1", "2", "50", "Red"]
    assert (row["Length of stay, mean nights"], row["Spend"]) == ("52.0", "7484.28")


def test_cards_of_three_providers_ask_as_little_as_one(journey):
    costs = []
    for name in ("Quayside", "Larkrise", "Millrace"):
        other = another(journey, provider=provider_on(journey.lot, name=name))
        stay(other)
        absent(other, another(other).admitted(), date(2026, 8, 20), date(2026, 8, 24))
        one = place(other, number=name)
        RatingChange.objects.create(location=one, after="good", at=noon(SUMMER.start))
        providers = Provider.objects.exclude(pk=journey.provider.pk).by_name()
        with CaptureQueriesContext(connection) as asked:
            cards = scorecards.cards(journey.agreement, providers, [SUMMER], TODAY)
        costs.append(len(asked))

    assert [(card.nights, card.ratings) for card in cards] == [(119, ["Good"])] * 3
    assert costs[0] == costs[2]

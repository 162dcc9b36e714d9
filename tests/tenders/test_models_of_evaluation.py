"""A draft with each formula and basis: typed, kept, rehearsed, published in words, and bid on."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dps_portal.refusals import Refused
from tenders import services
from tenders.models import Tender
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_views import send, typed, typed_criteria

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return Competition(closes_in=timedelta(days=5))


def draft(client, competition, **facts):
    answer = send(client, competition.drafter, "create_tender", **typed(competition, **facts))
    assert answer.status_code == 302, answer.content.decode()
    return Tender.objects.get()


@pytest.mark.parametrize(
    ("typed_in", "kept", "words"),
    [
        (
            {"price_formula": "SET_RANGE", "range_low_pence": "500", "range_high_pence": "900.50"},
            {"range_low_pence": 50_000, "range_high_pence": 90_050},
            "A price of £500.00 or less counts for 40",
        ),
        (
            {"price_formula": "BENCHMARK", "benchmark_pence": "800", "fixed_pence": "1"},
            {"benchmark_pence": 80_000, "fixed_pence": None},
            "The price counts for 40 × £800.00 ÷ price",
        ),
        (
            {"price_formula": "QUALITY_ONLY", "fixed_pence": "750"},
            {"fixed_pence": 75_000},
            "The price is fixed at £750.00 a week",
        ),
        (
            {"award_basis": "TOP_N", "award_places": "3"},
            {"award_places": 3},
            "The first 3 bids are awarded contracts.",
        ),
        (
            {"award_basis": "ABOVE_THRESHOLD", "award_threshold": "70"},
            {"award_threshold": 70, "award_places": None},
            "Every bid with a total of 70 or more is awarded a contract.",
        ),
        (
            {"rounding": "TOTAL", "tie_break": "PRICE", "ceiling_rule": "CAP"},
            {"rounding": "TOTAL"},
            "what decides is the lower price, then the higher quality score; then a lot drawn",
        ),
    ],
)
def test_what_is_typed_is_kept_and_told_to_everyone_in_words(
    client, competition, typed_in, kept, words
):
    tender = draft(client, competition, **typed_in)

    assert {name: getattr(tender, name) for name in kept} == kept
    send(client, competition.drafter, "set_criteria", tender, **typed_criteria())
    services.publish_tender(tender=tender, by=competition.officer, at=competition.published_at)
    client.force_login(owner_of(competition.providers[0]))
    for page in ("tenders:invitation", "publication:tender"):
        assert words in client.get(reverse(page, args=[tender])).content.decode()


def test_a_formula_without_its_figure_is_told_on_the_field(client, competition):
    data = typed(competition, price_formula="SET_RANGE", range_low_pence="500")
    answer = send(client, competition.drafter, "create_tender", **data)

    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"range_high_pence"}


def test_the_database_refuses_a_formula_without_its_figure(competition):
    tender = competition.drafted()

    for wrong in ({"price_formula": "BENCHMARK"}, {"benchmark_pence": 1}, {"award_places": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tender.objects.filter(pk=tender.pk).update(**wrong)


def test_each_score_can_be_described_and_a_criterion_have_its_own_minimum(client, competition):
    scale = "None\nPoor\nPartial\nEnough\nGood\nExcellent"
    tender = draft(client, competition, scale=scale)
    rows = typed_criteria() | {"form-0-minimum_score": "3", "form-0-guidance": "Name your policy."}
    send(client, competition.drafter, "set_criteria", tender, **rows)
    client.force_login(competition.drafter)
    page = client.get(tender.get_absolute_url()).content.decode()

    assert tender.scale == ["None", "Poor", "Partial", "Enough", "Good", "Excellent"]
    assert "Name your policy." in page
    assert "A bid with an answer on “Safety” below 3 is excluded." in page


# ── Fixed price and ceiling rule, as a bidder meets them ─────────────────────────────────────


def test_at_a_fixed_price_bidders_name_no_price(client, competition):
    competition.published(price_formula="QUALITY_ONLY", fixed_pence=85_000)
    provider = competition.providers[0]
    owner = owner_of(provider)

    data = {"weekly_pence": "1", "seen": services.version_of({"weekly_pence": 85_000})}
    answer = send(client, owner, "edit_price", competition.tender, **data)
    assert answer.context["form"].non_field_errors() == ["The price of this tender is fixed."]
    assert services.own_bid(competition.invitation(provider)).draft["weekly_pence"] == 85_000
    page = client.get(reverse("tenders:edit_price", args=[competition.tender])).content.decode()
    assert "The price is fixed at £850.00 a week" in page
    assert 'name="weekly_pence"' not in page


# ── The need ─────────────────────────────────────────────────────────────────────────────────


def test_r8_3_a_need_that_points_to_a_person_is_warned_of_and_not_published(client, competition):
    tender = competition.drafted(need="A place for Mr Okafor near L23 0AB.")
    client.force_login(competition.officer)
    page = client.get(tender.get_absolute_url()).content.decode()

    assert "“Mr Okafor” looks like the name of a person." in page
    assert "“L23 0AB” looks like a postcode." in page
    with pytest.raises(Refused) as refusal:
        services.publish_tender(tender=tender, by=competition.officer, at=competition.published_at)
    assert refusal.value.reasons == (
        "“L23 0AB” looks like a postcode. Take it out: every provider and the public read this.",
    )


# ── A copy ───────────────────────────────────────────────────────────────────────────────────


def test_a_copy_takes_over_terms_and_criteria_and_asks_for_dates_and_people(client, competition):
    source = competition.drafted(
        price_formula="BENCHMARK", benchmark_pence=80_000, options=1, option_months=6
    )
    client.force_login(competition.officer)
    form = client.get(reverse("tenders:copy_tender", args=[source])).context["form"]

    assert form.initial["benchmark_pence"] == 80_000
    assert not {"closes_on", "contract_start", "evaluators", "moderator"} & set(form.initial)
    data = typed(competition, price_formula="BENCHMARK", benchmark_pence="820")
    answer = send(client, competition.officer, "copy_tender", source, **data)
    copy = Tender.objects.exclude(pk=source.pk).get()
    assert answer.url == reverse("tenders:set_criteria", args=[copy])
    told = ("position", "name", "weight", "question", "guidance", "word_limit", "minimum_score")
    assert list(copy.criteria.order_by("position").values(*told)) == list(
        source.criteria.order_by("position").values(*told)
    )
    assert (source.criteria.count(), copy.benchmark_pence, copy.drafted_by) == (
        2,
        82_000,
        competition.officer,
    )


# ── Rehearsal ────────────────────────────────────────────────────────────────────────────────


def test_a_rehearsal_scores_invented_bids_and_keeps_nothing(client, competition):
    tender = competition.drafted()
    client.force_login(competition.drafter)
    path = reverse("tenders:rehearse", args=[tender])
    before = client.get(path)
    asked = {"price_A": "900", "scores_A": "5 4", "price_B": "450", "scores_B": "3, 3"}
    page = client.get(path, asked)

    assert [each.bid for each in before.context["rehearsal"].places] == ["A", "B", "D", "C"]
    places = page.context["rehearsal"].places
    assert [(each.bid, each.totals["total"]) for each in places] == [("A", "76.00"), ("B", "76.00")]
    assert "Price curve" in page.content.decode()
    assert page.context["rehearsal"].oddities == [
        "The price of bid B is more than 20% below the mean of the others. It would have to be "
        "explained before anything is recommended."
    ]
    assert not Tender.objects.exclude(pk=tender.pk).exists()


@pytest.mark.parametrize("scores", ["", "5", "5 4 3", "5 6", "x y", "-1 2"])
def test_scores_that_cannot_be_are_told_on_their_field(client, competition, scores):
    tender = competition.drafted()
    client.force_login(competition.drafter)
    asked = {"price_A": "900", "scores_A": scores}
    page = client.get(reverse("tenders:rehearse", args=[tender]), asked)

    assert set(page.context["form"].errors) == {"scores_A"}
    assert page.context["rehearsal"] is None


def test_without_criteria_there_is_nothing_to_rehearse(client, competition):
    tender = services.create_tender(
        **competition.terms(), by=competition.drafter, at=competition.published_at
    )
    client.force_login(competition.drafter)
    page = client.get(reverse("tenders:rehearse", args=[tender]))

    assert "Set the criteria first." in page.content.decode()

"""Prices compared over a whole funded stay, from the draft of the tender to the contract (R7.11)."""

import json
import re
from datetime import timedelta
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from dps_portal import sealing
from providers.models import Rate
from tenders import rules, services
from tenders.models import Bid, Contract, Evaluation, Letter, Price, Tender
from tenders.rules import Model, Offer, Quote
from tenders.services import envelopes
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_views import send, typed, typed_criteria

WEEKS = 12
WORKED = Quote(85_000, WEEKS, detox_pence=120_000)
SUM = "£850.00 × 12 weeks + £1,200.00 detoxification supplement = £11,400.00"
# Cheaper by the week, dearer for a stay.
OTHER = Quote(84_000, WEEKS, detox_pence=150_000, one_off_pence=25_050, discount_pence=10_000)
OTHER_SUM = (
    "£840.00 × 12 weeks + £1,500.00 detoxification supplement + £250.50 one-off charges "
    "− £100.00 discount = £11,730.50"
)
VAT = "Prices are given without VAT."


class Stays(Competition):
    """Two bids on a tender that compares stays of twelve weeks."""

    quotes = (WORKED, OTHER)

    def terms(self, **facts):
        return super().terms(**{"compared_weeks": WEEKS} | facts)

    def bid_all(self, *_):
        for provider, quote in zip(self.providers, self.quotes, strict=True):
            parts = quote.parts
            self.bid(provider, pence=parts.pop("weekly_pence"), **parts)
        return self.tender


@pytest.fixture
def stays(db):
    return Stays()


@pytest.fixture
def one(db):
    """Open for bids."""
    found = Stays(closes_in=timedelta(days=10))
    found.published()
    return found


@pytest.fixture
def owner(one, client):
    found = owner_of(one.providers[0])
    client.force_login(found)
    return found


def address(one, name, *args):
    return reverse(f"tenders:{name}", args=[one.tender, *args])


def text_of(page) -> str:
    return page.content.decode()


# ── Rules ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("quote", "pence", "words"),
    [
        (WORKED, 1_140_000, SUM),
        (OTHER, 1_173_050, OTHER_SUM),
        (Quote(85_000), 85_000, "£850.00 a week"),
        (Quote(85_000, 1), 85_000, "£850.00 × 1 week = £850.00"),
    ],
)
def test_r7_11_the_price_compared_is_weeks_and_supplements_less_the_discount(quote, pence, words):
    assert (quote.compared_pence, str(quote)) == (pence, words)


def test_r7_11_the_schedule_has_a_line_for_each_part_and_their_sum():
    labels = ["Weekly price × 12 weeks", "+ detoxification supplement", "+ one-off charges"]
    labels += ["− discount", "= price compared"]

    lines = rules.stay_schedule(OTHER, compared_weeks=WEEKS)
    assert [label for _, label, _ in lines] == labels
    assert [pence for *_, pence in lines] == [1_008_000, 150_000, 25_050, 10_000, 1_173_050]
    lines = rules.stay_schedule(None, compared_weeks=WEEKS)
    assert [(label, pence) for _, label, pence in lines] == [(label, None) for label in labels]


@pytest.mark.parametrize(
    ("quote", "reasons"),
    [
        (Quote(100), []),
        (Quote(100, 2, discount_pence=199), []),
        (
            Quote(100, 2, discount_pence=200),
            ["The discount must be less than the rest of the price."],
        ),
        # At the ceiling of 50 a week, as it would count.
        (
            Quote(51, 2, discount_pence=100),
            ["The discount must be less than the rest of the price."],
        ),
        (
            Quote(100, 2, one_off_pence=-1),
            ["The supplement, the charges and the discount must each be nothing or more."],
        ),
    ],
)
def test_r7_11_what_a_stay_costs_besides_must_leave_a_price(quote, reasons):
    ceiling = 50 if quote.weekly_pence == 51 else 100

    assert rules.objections_to_besides(quote, ceiling_pence=ceiling) == reasons


def objections_to_price_model(**facts):
    return rules.objections_to_price_model(
        **{
            "formula": "SET_RANGE",
            "price_weight": 40,
            "ceiling_pence": 100,
            "range_pence": (50, 1_300),
            "benchmark_pence": None,
            "fixed_pence": None,
            "compared_weeks": WEEKS,
        }
        | facts
    )


def test_r7_11_a_range_of_stays_may_lie_above_the_ceiling_of_a_week():
    assert objections_to_price_model() == []
    assert objections_to_price_model(formula="BENCHMARK", benchmark_pence=1_300) == []
    assert objections_to_price_model(compared_weeks=None) == [
        "The range of prices ends above the ceiling of the lot."
    ]


def test_r7_11_a_fixed_price_compares_no_stay():
    assert objections_to_price_model(formula="QUALITY_ONLY", fixed_pence=90) == [
        "A fixed price is one for a week. Leave out the weeks of a stay."
    ]


def model(**facts):
    return Model(
        **{
            "price_weight": Fraction(40),
            "criteria": (("Safety", Fraction(60)),),
            "scale_max": Fraction(5),
            "ceiling_pence": 100_000,
        }
        | facts
    )


def test_r7_10_the_ceiling_is_held_against_the_week_of_a_stay():
    under, over = (
        Offer.of(Quote(week, 2, detox_pence=9), [Fraction(4)]) for week in (100_000, 100_001)
    )

    results = rules.rank_bids(model(), {"A": under, "B": over})
    assert [results[bid].excluded for bid in "AB"] == ["", "over ceiling"]
    capped = model(counts_at_ceiling=True)
    results = rules.rank_bids(capped, {"A": under, "B": over})
    assert [(results[bid].excluded, results[bid].price_score) for bid in "AB"] == [("", 40)] * 2
    assert rules.paid(capped, over.quote) == under.quote
    assert rules.paid(model(), over.quote) == over.quote


def test_r7_11_the_working_begins_with_what_the_price_is_made_of():
    dear = Quote(110_000, WEEKS, detox_pence=120_000)
    offers = {
        "A": Offer.of(WORKED, [Fraction(4)]),
        "B": Offer.of(dear, [Fraction(4)]),
    }
    capped = model(counts_at_ceiling=True)

    steps = rules.working(capped, offers, rules.rank_bids(capped, offers))
    assert steps["A"][:2] == (
        f"{SUM}.",
        "Price £11,400.00 against the lowest eligible £11,400.00: "
        "40.00 × £11,400.00 ÷ £11,400.00 = 40.00 of 40.00.",
    )
    assert steps["B"][:3] == (
        f"{dear}.",
        "The price of a week is above the ceiling and counts as it: £1,000.00 × 12 weeks + "
        "£1,200.00 detoxification supplement = £13,200.00.",
        "Price £13,200.00 against the lowest eligible £11,400.00: "
        "40.00 × £11,400.00 ÷ £13,200.00 = 34.55 of 40.00.",
    )


def test_a_margin_of_a_price_goes_to_the_stay_whose_week_costs_the_ceiling():
    small = model(ceiling_pence=60)
    offers = {
        "A": Offer.of(Quote(40, 2, detox_pence=10), [Fraction(4)]),
        "B": Offer.of(Quote(50, 2, detox_pence=10), [Fraction(4)]),
    }
    found = {
        margin.bid: margin for margin in rules.margins(small, offers) if margin.kind == "price"
    }

    assert {bid: (each.now, each.down, each.up) for bid, each in found.items()} == {
        "A": (90, None, 110),
        "B": (110, 90, None),
    }


# ── The draft of the tender, and its publication ─────────────────────────────────────────────


def test_the_author_chooses_the_weeks_and_everyone_is_told_with_the_vat_basis(client, db):
    competition = Competition(closes_in=timedelta(days=5))
    data = typed(competition, compared_weeks="12")
    send(client, competition.drafter, "create_tender", **data)
    tender = Tender.objects.get()
    assert tender.compared_weeks == WEEKS
    send(client, competition.drafter, "set_criteria", tender, **typed_criteria())
    services.publish_tender(tender=tender, by=competition.officer, at=competition.published_at)
    client.force_login(owner_of(competition.providers[0]))

    for name in ("tenders:invitation", "publication:tender"):
        page = text_of(client.get(reverse(name, args=[tender])))
        assert "Prices are compared over a funded stay of 12 weeks" in page
        assert VAT in page
    client.force_login(competition.officer)
    copy = client.get(reverse("tenders:copy_tender", args=[tender])).context["form"]
    assert copy.initial["compared_weeks"] == WEEKS


def test_a_fixed_price_and_a_stay_are_refused_on_the_page_and_by_the_database(client, stays):
    data = typed(stays, compared_weeks="12", price_formula="QUALITY_ONLY", fixed_pence="900")
    page = send(client, stays.drafter, "create_tender", **data)

    assert page.context["form"].non_field_errors() == [
        "A fixed price is one for a week. Leave out the weeks of a stay."
    ]
    tender = stays.drafted()
    for wrong in ({"price_formula": "QUALITY_ONLY", "fixed_pence": 1}, {"compared_weeks": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tender.objects.filter(pk=tender.pk).update(**wrong)


def test_the_weeks_are_part_of_the_fingerprint_where_stays_are_compared(stays):
    tender = stays.published()

    assert services.evaluation_model(tender)["compared_weeks"] == WEEKS
    assert services.model.is_model_intact(tender)
    tender.compared_weeks = None
    assert "compared_weeks" not in services.evaluation_model(tender)
    assert not services.model.is_model_intact(tender)


def test_a_rehearsal_scores_the_price_of_the_stay(client, stays):
    tender = stays.drafted()
    client.force_login(stays.drafter)
    asked = {"price_A": "900", "scores_A": "4 4", "price_B": "1000.01", "scores_B": "4 4"}
    page = client.get(reverse("tenders:rehearse", args=[tender]), asked)

    rehearsal = page.context["rehearsal"]
    assert rehearsal.places[0].steps[0] == "£900.00 × 12 weeks = £10,800.00."
    assert rehearsal.curve[-1].pence == WEEKS * stays.lot.ceiling_weekly_pence
    assert "£10,800.00" in text_of(page)


# ── The bid ──────────────────────────────────────────────────────────────────────────────────


def own(one):
    return services.own_bid(one.invitation(one.providers[0]))


def test_the_page_takes_each_part_and_shows_the_sum_of_what_is_saved(client, one, owner):
    data = {"weekly_pence": "850", "detox_pence": "1,200.00", "discount_pence": ""}
    answer = client.post(address(one, "edit_price"), data, follow=True)
    page = client.get(address(one, "edit_price"))

    assert "Price for a stay of 12 weeks" in text_of(answer)
    assert own(one).quote == WORKED
    assert re.findall(r'data-part="\w+">([^<]*)<', text_of(page)) == [
        "£10,200.00",
        "£1,200.00",
        "£0.00",
        "£0.00",
        "£11,400.00",
    ]
    assert SUM in text_of(client.get(address(one, "submit_bid")))


def test_a_discount_that_leaves_nothing_is_refused_once_and_clearly(client, one, owner):
    data = {"weekly_pence": "100", "one_off_pence": "50", "discount_pence": "1250"}
    page = client.post(address(one, "edit_price"), data)

    assert page.context["form"].non_field_errors() == [
        "The discount must be less than the rest of the price."
    ]
    assert own(one).quote is None
    page = client.post(address(one, "edit_price"), data | {"detox_pence": "-1"})
    assert list(page.context["form"].errors) == ["detox_pence"]


def test_supplements_without_a_weekly_price_are_kept_as_a_gap(client, one, owner):
    client.post(address(one, "edit_price"), {"detox_pence": "1200"})

    assert own(one).price == {
        "weekly_pence": None,
        "detox_pence": 120_000,
        "one_off_pence": 0,
        "discount_pence": 0,
    }
    lacks = client.get(address(one, "bid_task_list")).context["lacks"]
    assert "The weekly price is missing." in lacks


def test_t14_a_supplement_is_not_overwritten_unseen(client, one, owner):
    data = {"weekly_pence": "850", "detox_pence": "1200"}
    client.post(address(one, "edit_price"), data)
    page = client.post(address(one, "edit_price"), data | {"detox_pence": "1100"})

    assert page.status_code == 409
    assert "Detoxification supplement £1,200.00" in text_of(page)
    knowing = data | {"detox_pence": "1100", "seen": page.context["form"]["seen"].value()}
    assert client.post(address(one, "edit_price"), knowing).status_code == 302
    assert own(one).quote.detox_pence == 110_000


def test_without_stays_there_is_a_weekly_price_and_nothing_else(client, db):
    weekly = Competition(closes_in=timedelta(days=10))
    weekly.published()
    client.force_login(owner_of(weekly.providers[0]))
    page = text_of(client.get(address(weekly, "edit_price")))

    assert re.findall(r'name="(\w+_pence)"', page) == ["weekly_pence"]
    assert "data-part" not in page
    client.post(address(weekly, "edit_price"), {"weekly_pence": "850", "detox_pence": "1"})
    assert own(weekly).draft == services.own_copies.NOTHING_YET | {"weekly_pence": 85_000}


def test_a_changed_supplement_is_a_change_since_the_submission(one, client, owner):
    parts = WORKED.parts
    one.bid(one.providers[0], pence=parts.pop("weekly_pence"), **parts)
    assert own(one).is_draft_submitted
    assert SUM in text_of(client.get(address(one, "invitation")))

    data = {"weekly_pence": "850", "seen": services.version_of(own(one).price)}
    client.post(address(one, "edit_price"), data)
    assert not own(one).is_draft_submitted
    assert own(one).submitted_quote == WORKED


# ── Sealed ───────────────────────────────────────────────────────────────────────────────────


def test_t3_the_largest_price_fits_into_an_envelope_of_the_same_size(db):
    most = 99_999_999_999
    one = Stays()
    one.published(ceiling_rule="CAP")
    Rate.objects.update(weekly_pence=most)
    parts = {"detox_pence": most, "one_off_pence": most, "discount_pence": most}
    one.bid(one.providers[0], pence=most, **parts)
    rows = [one.invitation(provider) for provider in one.providers]

    assert own(one).submitted_quote == Quote(most, WEEKS, most, most, most)
    assert len({(len(row.price_envelope), len(row.own_copy)) for row in rows}) == 1


def test_t3_no_part_of_the_price_is_stored_before_the_lock(stays):
    stays.moderated()
    assert not Price.objects.exists()

    services.lock_quality(tender=stays.tender, by=stays.officer, at=stays.now)
    rows = Price.objects.select_related("bid__tender").order_by("bid__provider__name")
    assert [row.quote for row in rows] == [WORKED, OTHER]


def test_t6_a_supplement_changed_in_its_envelope_makes_the_bid_altered(stays):
    stays.moderated()
    invitation = stays.invitation(stays.providers[0])
    key = envelopes.private_key_of(stays.tender)
    price = sealing.unseal(invitation.price_envelope, private_key=key)
    invitation.price_envelope = sealing.seal(
        price | {"detox_pence": 1},
        public_key=bytes(stays.tender.public_key),
        size=envelopes.PRICE_SIZE,
    )
    invitation.save()

    services.lock_quality(tender=stays.tender, by=stays.officer, at=stays.now)
    assert [bid.is_intact for bid in Bid.objects.in_order()] == [False, True]


def test_t6_the_receipt_holds_and_shows_every_part(one, capsys, tmp_path):
    parts = WORKED.parts
    invitation = one.bid(one.providers[0], pence=parts.pop("weekly_pence"), **parts)
    text = services.receipt_text(invitation)
    path = tmp_path / "receipt.txt"
    path.write_text(text, encoding="utf-8")

    call_command("verify_receipt", str(path))
    told = capsys.readouterr().out
    assert f"Weekly price: £850.00\nPrice compared: {SUM}\n" in told
    for part, value in (WORKED.parts | {"compared_weeks": WEEKS}).items():
        path.write_text(
            text.replace(f'"{part}":{value}', f'"{part}":{value + 1}'), encoding="utf-8"
        )
        with pytest.raises(CommandError, match="The price is not the one"):
            call_command("verify_receipt", str(path))
    path.write_text(text.replace('"detox_pence":120000', '"detox_pence":"x"'), encoding="utf-8")
    with pytest.raises(CommandError, match="its content is not that of a bid"):
        call_command("verify_receipt", str(path))


def test_the_sealed_price_of_a_weekly_tender_is_as_it_was(db):
    weekly = Competition()
    weekly.published()
    weekly.bid(weekly.providers[0])
    own_bid = services.own_bid(weekly.invitation(weekly.providers[0]))

    assert set(own_bid.submitted["price"]) == {"weekly_pence", "salt"}


# ── Ranking to contract ──────────────────────────────────────────────────────────────────────


def test_r7_11_bids_are_ranked_by_the_price_of_the_stay(client, stays):
    stays.locked()
    client.force_login(stays.officer)
    page = client.get(reverse("tenders:ranking", args=[stays.tender]))

    places = services.ranking(stays.tender)
    assert [(place.bid.provider.name, place.quote, place.totals["price"]) for place in places] == [
        ("Provider 1", WORKED, "40.00"),
        ("Provider 2", OTHER, "38.87"),  # 40 × 11,400 ÷ 11,730.50
    ]
    for wanted in (SUM, OTHER_SUM, "Price for a stay of 12 weeks", "£11,730.50"):
        assert wanted in text_of(page)
    assert Evaluation.objects.get().ranking[0]["detox_pence"] == 120_000


def test_r7_9_the_price_of_the_stay_is_the_one_that_looks_low(client, stays):
    """By the week the two are equal."""
    stays.quotes = (Quote(80_000, WEEKS, detox_pence=500_000), Quote(80_000, WEEKS))
    stays.locked()
    client.force_login(stays.officer)

    assert [bid.provider.name for bid in services.unexplained(stays.tender)] == ["Provider 2"]
    path = reverse("tenders:ask_explanation", args=[stays.tender, stays.providers[1].reference])
    assert "Its price is £800.00 × 12 weeks = £9,600.00." in text_of(client.get(path))


def test_r7_11_the_contract_shows_the_supplements_and_its_week_becomes_the_rate(client, stays):
    contract = stays.awarded()
    client.force_login(stays.officer)

    assert Contract.objects.select_related("award__tender").get().quote == WORKED
    assert Rate.objects.get(source="award").weekly_pence == 85_000
    page = text_of(client.get(contract.get_absolute_url()))
    assert "£850.00 a week" in page
    assert SUM in page
    record = reverse("tenders:decision_record", args=[stays.tender])
    assert f"Provider 1: {SUM}" in text_of(client.get(record))


def test_r7_10_a_week_above_the_ceiling_is_paid_at_it_and_its_supplement_in_full(stays):
    ceiling = stays.lot.ceiling_weekly_pence
    Rate.objects.update(weekly_pence=2 * ceiling)
    stays.quotes = (
        Quote(ceiling + 1, WEEKS, detox_pence=100),
        Quote(ceiling, WEEKS, detox_pence=101),
    )
    contract = stays.awarded(ceiling_rule="CAP")

    assert contract.quote == Quote(ceiling, WEEKS, detox_pence=100)


def test_letters_say_how_stays_were_compared_and_show_no_price(stays):
    stays.awarded()

    for body in Letter.objects.values_list("body", flat=True):
        assert "over a funded stay of 12 weeks" in body
        assert [
            each for each in ("850.00", "1,200.00", "11,400.00", "840.00") if each in body
        ] == []


def test_r4_3_the_report_says_what_each_price_is_made_of(stays):
    stays.awarded()
    report = services.procurement_report(stays.tender)

    assert [bid.quote for bid in report.bids] == [WORKED, OTHER]
    assert [contract.quote for contract in report.contracts] == [WORKED]
    assert json.dumps(report.words).count("12 weeks") == 1
    assert services.procurement_report_pdf(stays.tender).startswith(b"%PDF")

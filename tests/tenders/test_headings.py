"""Criteria stand under what the agreement published to score by, within its ranges (R2.12)."""

import pytest
from django.urls import reverse

from dps_portal.agreements import services as agreements
from dps_portal.agreements.models import AwardCriterion, NoticeTask
from dps_portal.refusals import Refused
from dps_portal.sealing import digest
from tenders import rules, services
from tests.factories.tenders import Competition, owner_of
from tests.tenders.test_views import send, typed_criteria

SIXTY = {"Quality": (50, 70)}


@pytest.fixture
def competition(db):
    one = Competition()
    one.lot.agreement.price_weight_min, one.lot.agreement.price_weight_max = 30, 50
    one.lot.agreement.save()
    one.headings = {
        name: AwardCriterion.objects.create(
            agreement=one.lot.agreement,
            position=position,
            name=name,
            weight_min=least,
            weight_max=most,
        )
        for position, (name, least, most) in enumerate(
            [("Quality", 30, 50), ("Aftercare", 10, 20)], start=1
        )
    }
    return one


def rows(one, **weights):
    """One criterion for each heading named; ``None`` for one without."""
    return [
        {
            "heading": one.headings.get(name),
            "name": f"Our {name}",
            "weight": weight,
            "question": "How?",
            "word_limit": 100,
        }
        for name, weight in weights.items()
    ]


def draft(one, **weights):
    tender = services.create_tender(**one.terms(), by=one.drafter, at=one.published_at)
    return services.set_criteria(
        tender=tender, criteria=rows(one, **weights), by=one.drafter, at=one.published_at
    )


def refused(act) -> tuple:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reasons


@pytest.mark.parametrize(
    ("weight", "objections"),
    [
        (50, []),
        (65, []),
        (70, []),
        (80, ["What stands under “Quality” weighs 80. The agreement published 50 to 70."]),
        (49, ["What stands under “Quality” weighs 49. The agreement published 50 to 70."]),
    ],
)
def test_r2_12_sixty_of_fifty_to_seventy_may_be_sixty_five_but_not_eighty(weight, objections):
    """Of one criterion, and of two that weigh as much together."""
    for criteria in (
        [("Care", "Quality", weight)],
        [("Care", "Quality", weight - 5), ("Staff", "Quality", 5)],
    ):
        assert rules.objections_to_headings(criteria=criteria, published=SIXTY) == objections


def test_r2_12_social_value_that_was_not_published_is_refused():
    told = ["The criterion “Social value” stands under no heading that the agreement published."]
    criteria = [("Care", "Quality", 60)]

    for heading in (None, "Social value"):
        assert (
            rules.objections_to_headings(
                criteria=[*criteria, ("Social value", heading, 5)], published=SIXTY
            )
            == told
        )


def test_an_agreement_that_published_none_binds_nobody():
    assert rules.objections_to_headings(criteria=[("Any", None, 60)], published={}) == []


def test_r2_12_a_draft_keeps_to_the_published_headings_until_it_is_published(competition):
    assert refused(lambda: draft(competition, Quality=30, Aftercare=25, Social=5)) == (
        "The criterion “Our Social” stands under no heading that the agreement published.",
        "What stands under “Aftercare” weighs 25. The agreement published 10 to 20.",
    )

    tender = draft(competition, Quality=45, Aftercare=15)
    AwardCriterion.objects.filter(name="Aftercare").update(weight_max=14)
    assert refused(
        lambda: services.publish_tender(
            tender=tender, by=competition.officer, at=competition.published_at
        )
    ) == ("What stands under “Aftercare” weighs 15. The agreement published 10 to 14.",)


def test_the_heading_is_part_of_the_published_model(competition):
    tender = draft(competition, Quality=45, Aftercare=15)
    tender = services.publish_tender(
        tender=tender, by=competition.officer, at=competition.published_at
    )

    model = services.evaluation_model(tender)
    assert [each["heading"] for each in model["criteria"]] == ["Quality", "Aftercare"]
    assert digest(model) == tender.model_hash
    tender.criteria.filter(position=1).update(heading=competition.headings["Aftercare"])
    assert digest(services.evaluation_model(tender)) != tender.model_hash


def test_the_model_of_a_tender_without_headings_is_as_before(db):
    tender = Competition().published()

    assert [set(each) for each in services.evaluation_model(tender)["criteria"]] == [
        {"name", "weight", "question", "guidance", "word_limit", "minimum_score"}
    ] * 2


def test_a_copy_keeps_its_headings_where_the_agreement_has_them(competition):
    source = draft(competition, Quality=45, Aftercare=15)
    elsewhere = Competition()
    AwardCriterion.objects.create(
        agreement=elsewhere.lot.agreement, position=1, name="Quality", weight_min=0, weight_max=60
    )

    def headings(one):
        copy = services.create_tender(
            **one.terms(), like=source, by=one.drafter, at=one.published_at
        )
        found = copy.criteria.order_by("position")
        return list(found.values_list("heading__agreement", "heading__name"))

    own, other = competition.lot.agreement.pk, elsewhere.lot.agreement.pk
    assert headings(competition) == [(own, "Quality"), (own, "Aftercare")]
    assert headings(elsewhere) == [(other, "Quality"), (None, None)]


# ── The pages ────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_criteria_tells_the_ranges_and_asks_for_a_heading(client, competition):
    tender = services.create_tender(
        **competition.terms(), by=competition.drafter, at=competition.published_at
    )
    client.force_login(competition.drafter)
    page = client.get(reverse("tenders:set_criteria", args=[tender])).content.decode()
    assert "The price weighs 30 to 50." in page
    assert page.count("Quality (30 to 50)") == 8

    typed = [row | {"heading": ""} for row in rows(competition, Quality=45, Aftercare=15)]
    answer = send(client, competition.drafter, "set_criteria", tender, **typed_criteria(typed))
    assert [set(form.errors) for form in answer.context["form"].forms[:2]] == [{"heading"}] * 2

    typed = [
        row | {"heading": row["heading"].pk} for row in rows(competition, Quality=45, Aftercare=15)
    ]
    send(client, competition.drafter, "set_criteria", tender, **typed_criteria(typed))
    assert list(tender.criteria.order_by("position").values_list("heading__name", "weight")) == [
        ("Quality", 45),
        ("Aftercare", 15),
    ]


def test_a_heading_of_another_agreement_is_no_choice(client, competition):
    tender = draft(competition, Quality=45, Aftercare=15)
    other = AwardCriterion.objects.create(
        agreement=Competition().lot.agreement,
        position=1,
        name="Theirs",
        weight_min=0,
        weight_max=60,
    )
    typed = [row | {"heading": other.pk} for row in rows(competition, Quality=60)]

    answer = send(client, competition.drafter, "set_criteria", tender, **typed_criteria(typed))

    assert set(answer.context["form"].forms[0].errors) == {"heading"}


def test_r2_9_everyone_reads_how_bids_are_scored(client, competition):
    tender = draft(competition, Quality=45, Aftercare=15)
    services.publish_tender(tender=tender, by=competition.officer, at=competition.published_at)

    page = client.get(reverse("publication:agreement", args=[competition.lot.agreement]))
    found = page.content.decode()
    assert ["30 to 50</dd>" in found, "10 to 20</dd>" in found] == [True, True]
    client.force_login(owner_of(competition.providers[0]))
    invitation = client.get(reverse("tenders:invitation", args=[tender])).content.decode()
    assert "Our Aftercare<br><span" in invitation


# ── The agreement ────────────────────────────────────────────────────────────────────────────


def facts(*criteria):
    return [
        {"name": name, "description": "", "weight_min": least, "weight_max": most}
        for name, least, most in criteria
    ]


def set_them(one, *criteria):
    return agreements.set_award_criteria(
        agreement=one.lot.agreement, criteria=facts(*criteria), by=one.commissioner, at=one.now
    )


@pytest.mark.parametrize(
    ("criteria", "objections"),
    [
        ([("Quality", 40, 70)], ()),
        ([], ()),
        ([("Quality", 40, 70), ("quality", 0, 5)], ("Each criterion needs a name of its own.",)),
        (
            [("Quality", 50, 49)],
            (
                "The lowest weight of a criterion is above its highest.",
                "Within these weights, and those of the price, nothing adds up to 100.",
            ),
        ),
        (
            [("Quality", 10, 49)],
            ("Within these weights, and those of the price, nothing adds up to 100.",),
        ),
        (
            [("Quality", 71, 80)],
            ("Within these weights, and those of the price, nothing adds up to 100.",),
        ),
    ],
)
def test_published_weights_can_add_up_to_100(competition, criteria, objections):
    if objections:
        assert refused(lambda: set_them(competition, *criteria)) == objections
    else:
        set_them(competition, *criteria)
        found = competition.lot.agreement.award_criteria.order_by("position")
        assert list(found.values_list("name", "weight_min", "weight_max")) == criteria


def test_a_heading_that_a_tender_uses_stays_and_its_range_may_change_before_the_notice(
    competition,
):
    draft(competition, Quality=45, Aftercare=15)

    assert refused(lambda: set_them(competition, ("Quality", 30, 70))) == (
        "A tender is scored by a criterion that you left out.",
    )
    set_them(competition, ("Aftercare", 5, 30), ("Quality", 20, 60), ("Social value", 0, 5))
    assert list(
        competition.lot.agreement.award_criteria.order_by("position").values_list(
            "pk", "weight_max"
        )
    )[:2] == [(competition.headings["Aftercare"].pk, 30), (competition.headings["Quality"].pk, 60)]


def test_r2_12_once_the_notice_is_out_the_criteria_are_locked(client, competition):
    NoticeTask.objects.create(
        agreement=competition.lot.agreement,
        what="Contract notice",
        due_on=competition.contract[0],
        reference="2026/S 1",
        published_on=competition.published_at.date(),
    )
    locked = "The contract notice is recorded, so the rules change only with a deviation record."

    assert refused(lambda: set_them(competition, ("Quality", 40, 70))) == (locked,)
    client.force_login(competition.commissioner)
    path = reverse("agreements:set_award_criteria", args=[competition.lot.agreement])
    assert "<form" not in client.get(path).content.decode().split("<main")[1].split("</main")[0]
    typed = {"form-TOTAL_FORMS": 8, "form-INITIAL_FORMS": 0}
    for place in range(8):
        typed |= {f"form-{place}-{name}": "" for name in ("name", "weight_min", "weight_max")}
    assert locked in client.post(path, typed).content.decode()


def test_the_commissioner_sets_them_on_the_page_of_the_agreement(client, competition):
    client.force_login(competition.commissioner)
    path = reverse("agreements:set_award_criteria", args=[competition.lot.agreement])
    form = client.get(path).context["form"]
    assert [form.forms[0].initial["name"], form.forms[1].initial["weight_max"]] == ["Quality", 20]

    typed = {"form-TOTAL_FORMS": 8, "form-INITIAL_FORMS": 0, "form-0-name": "Care"}
    answer = client.post(path, typed | {"form-0-weight_min": "x", "form-0-weight_max": "101"})
    assert set(answer.context["form"].forms[0].errors) == {"weight_min", "weight_max"}
    answer = client.post(path, typed | {"form-0-weight_min": "50", "form-0-weight_max": "70"})
    assert answer.url == competition.lot.agreement.get_absolute_url()
    found = competition.lot.agreement.award_criteria.values_list("name", "weight_min", "weight_max")
    assert list(found) == [("Care", 50, 70)]
    assert "Weighs 50 to 70" in client.get(answer.url).content.decode()

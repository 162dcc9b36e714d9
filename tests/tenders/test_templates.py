"""Templates fill a draft, give a publishable tender as loaded, and are never bent to fit."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dps_portal.agreements import services as agreements
from dps_portal.agreements.management.commands.load_agreement import published
from dps_portal.agreements.models import AwardCriterion
from dps_portal.audit.models import AuditEvent
from tenders.models import Tender
from tenders.rules import TEMPLATES
from tenders.states import PriceFormula, TenderState
from tests.factories.tenders import Competition
from tests.tenders.test_views import page, send, typed

pytestmark = pytest.mark.django_db

# What a template leaves to the drafter, since it depends on the lot.
PRICES = {
    PriceFormula.SET_RANGE: {"range_low_pence": "500", "range_high_pence": "740"},
    PriceFormula.QUALITY_ONLY: {"fixed_pence": "700"},
    PriceFormula.LOWEST_RATIO: {},
}


def as_filled(client, one, template):
    """The form as the page fills it, with the lot, the need, prices, dates and people."""
    form = page(client, one.drafter, "draft_from_template", template.key).context["form"]
    given = {name: value for name, value in form.initial.items() if value is not None}
    return typed(one, **given, **PRICES[template.price_formula])


@pytest.fixture
def competition():
    data = published() | {"end": "2027-04-01"}
    loaded = agreements.load_agreement(data=data, by=None, at=Competition().now)
    one = Competition(lot=loaded.lots.get(number=1), closes_in=timedelta(days=10))
    loaded.end = one.contract[1] + timedelta(days=30)
    loaded.save()
    return one


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_every_template_gives_a_publishable_tender_on_the_loaded_agreement(
    client, competition, template
):
    answer = send(
        client,
        competition.drafter,
        "draft_from_template",
        template.key,
        **as_filled(client, competition, template),
    )

    assert answer.status_code == 302, answer.context["form"].errors
    tender = Tender.objects.get()
    assert answer.url == reverse("tenders:set_criteria", args=[tender])
    assert client.get(answer.url).context["misfits"] == []
    send(client, competition.officer, "publish_tender", tender)
    tender.refresh_from_db()
    assert tender.state == TenderState.PUBLISHED
    told = ("heading__name", "name", "weight", "question", "guidance", "word_limit")
    assert list(tender.criteria.order_by("position").values_list(*told)) == [
        (each.heading, each.heading, each.weight, each.question, each.guidance, each.word_limit)
        for each in template.criteria
    ]
    kept = template.terms | {"scale": list(template.scale)}
    assert {name: getattr(tender, name) for name in kept} == kept
    assert AuditEvent.objects.get(action="tender.drafted").facts["template"] == template.key


def test_a_price_weight_that_was_not_published_is_objected_to_and_not_bent(client, competition):
    competition.lot.agreement.price_weight_max = 35
    competition.lot.agreement.save()

    answer = send(
        client,
        competition.drafter,
        "draft_from_template",
        "standard",
        **as_filled(client, competition, TEMPLATES["standard"]),
    )

    assert answer.context["form"].non_field_errors() == [
        "The price weight is outside the range that the agreement published."
    ]
    assert not Tender.objects.exists()


def test_criteria_that_do_not_fit_the_published_headings_are_told_with_the_draft(
    client, competition
):
    AwardCriterion.objects.filter(name="Social value").delete()
    AwardCriterion.objects.filter(name="Safeguarding").update(weight_min=20)

    answer = send(
        client,
        competition.drafter,
        "draft_from_template",
        "standard",
        **as_filled(client, competition, TEMPLATES["standard"]),
    )
    told = [
        "The criterion “Social value” stands under no heading that the agreement published.",
        "What stands under “Safeguarding” weighs 15. The agreement published 20 to 30.",
    ]
    shown = client.get(answer.url)
    assert shown.context["misfits"] == told
    assert [each in shown.content.decode() for each in told] == [True, True]
    published = page(client, competition.officer, "publish_tender", Tender.objects.get())
    assert published.context["objections"] == told


def test_a_template_asks_for_dates_people_prices_and_the_need(client, competition):
    form = page(client, competition.drafter, "draft_from_template", "standard").context["form"]

    assert set(form.initial) == set(TEMPLATES["standard"].terms)


def test_the_page_of_templates_tells_what_each_is_for(client, competition):
    found = page(client, competition.drafter, "template_list").content.decode()

    assert [each.key for each in TEMPLATES.values() if each.purpose not in found] == []
    links = [reverse("tenders:draft_from_template", args=[key]) for key in TEMPLATES]
    assert [link for link in links if link not in found] == []
    assert page(client, competition.drafter, "draft_from_template", "none").status_code == 404


def test_without_published_headings_a_template_stands_as_it_is(client):
    one = Competition(closes_in=timedelta(days=10))
    template = TEMPLATES["one-place"]

    answer = send(
        client,
        one.drafter,
        "draft_from_template",
        template.key,
        **as_filled(client, one, template),
    )

    assert client.get(answer.url).context["misfits"] == []
    assert set(Tender.objects.get().criteria.values_list("heading", flat=True)) == {None}

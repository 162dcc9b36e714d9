"""The template pack draws every field once, escaped, with errors that can be reached."""

import re

import pytest
from django import forms
from django.template import Context, Template

from dps_portal.ui.forms import FilterForm

from .kitchen_sink import SCRIPT, KitchenSinkForm

SIGNED = "{% load crispy_forms_tags %}"


class PlainForm(forms.Form):
    """As a third party would write it: no helper, no attributes of ours."""

    login = forms.EmailField(label="Email")
    remember = forms.BooleanField(required=False)


def draw(form, markup="{% crispy form %}"):
    return Template(SIGNED + markup).render(Context({"form": form}))


def ids(html):
    return re.findall(r'\bid="([^"]+)"', html)


def posted():
    return KitchenSinkForm({"level": "other", "starts_on_day": "3", "summary": "a b c d e f"}, {})


@pytest.mark.parametrize("markup", ["{% crispy form %}", "{{ form|crispy }}"])
@pytest.mark.parametrize("form", [KitchenSinkForm, posted])
def test_every_field_is_drawn_once(form, markup):
    drawn = form()
    html = draw(drawn, markup)

    for name in drawn.fields:
        assert re.search(rf'name="{name}(_day)?"', html), name
    assert len(ids(html)) == len(set(ids(html)))


def test_a_fieldset_that_forgets_a_field_loses_nothing():
    class Forgetful(KitchenSinkForm):
        fieldsets = [("Some", ["email", "no_such_field"])]

    assert 'name="name"' in draw(Forgetful())


def test_every_error_is_in_the_summary_and_beside_its_field():
    form = posted()
    html = draw(form)
    summary, page = html.split("</ul>", 1)
    targets = re.findall(r'<a href="#([^"]+)">', summary)

    wrong = [name for name, errors in form.errors.items() for _ in errors]
    assert len(targets) == len(wrong)
    for target in targets:
        assert re.search(rf'<(input|select|textarea)[^>]*\bid="{target}"', page), target
    for name in set(wrong):
        assert f'id="id_{name}_error"' in page
    assert page.count('<span class="govuk-visually-hidden">Error:</span>') == len(wrong)


def test_the_summary_leads_to_the_box_that_is_wrong():
    assert 'href="#id_starts_on_1">Start date must include a month and a year' in draw(posted())


def test_a_form_wide_error_comes_first_and_once():
    form = posted()
    form.add_error(None, "The tender is closed.")
    html = draw(form)

    assert html.count("The tender is closed.") == 1
    assert html.index("The tender is closed.") < html.index("Enter email address")


def test_the_summary_is_drawn_once_on_a_page():
    html = draw(posted(), "{% load govuk %}{% error_summary form %}{% crispy form %}")

    assert html.count("There is a problem") == 1


def test_typed_text_survives_and_is_escaped():
    form = KitchenSinkForm(
        {"name": SCRIPT, "starts_on_year": SCRIPT, "weekly": SCRIPT, "notes": SCRIPT}
    )

    html = draw(form)

    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 7


def test_descriptions_name_texts_that_exist():
    html = draw(posted())

    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(described.split()) <= set(ids(html))


@pytest.mark.parametrize(
    "markup",
    [
        'type="email" name="email"',
        'type="tel" name="phone"',
        'type="password" name="password"',
        'inputmode="numeric"',
        'inputmode="decimal"',
        'data-module="govuk-character-count" data-maxlength="5" data-count-type="words"',
        'data-module="govuk-character-count" data-maxlength="50" data-count-type="length"',
        'data-aria-controls="id_level_2_reveals"',
        'type="radio" value="other" checked',
        'type="checkbox" value="dual"',
        '<option value="" selected>Select…</option>',
        'enctype="multipart/form-data"',
        "Notes (optional)",
        'type="hidden" name="token"',
        ">Save everything</button>",
    ],
)
def test_each_kind_of_field_has_its_markup(markup):
    assert markup in draw(posted())


def test_number_boxes_are_text_so_that_what_is_typed_reaches_the_server():
    assert 'type="number"' not in draw(KitchenSinkForm())


def test_a_form_of_others_is_drawn_too():
    html = draw(PlainForm({}), "{{ form|crispy }}")

    assert 'href="#id_login">Enter email<' in html
    assert "(optional)" not in html


def test_a_formset_is_drawn_with_all_its_errors():
    formset = forms.formset_factory(PlainForm, extra=2)(
        {
            "form-TOTAL_FORMS": "2",
            "form-INITIAL_FORMS": "0",
            "form-0-login": "x",
            "form-1-remember": "on",
        }
    )

    html = draw(formset)

    assert 'href="#id_form-0-login">Enter a valid email address.' in html
    assert 'href="#id_form-1-login">Enter email' in html
    assert 'name="form-TOTAL_FORMS"' in html


def test_a_filter_is_sent_by_get_without_a_token():
    class Filter(FilterForm):
        q = forms.CharField(required=False, label="Search")

    html = draw(Filter())

    assert '<form method="get"' in html
    assert "csrfmiddlewaretoken" not in html
    assert "(optional)" not in html

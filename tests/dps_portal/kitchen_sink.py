"""One of everything that the pack and the components draw, for the tests to look at."""

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField

SCRIPT = "<script>document.title='hacked'</script>"
LEVELS = [("standard", "Standard"), ("enhanced", "Enhanced"), ("other", "Another level")]


class KitchenSinkForm(Form):
    submit = "Save everything"
    fieldsets = [("About the organisation", ["name", "email", "phone"])]
    reveals = {"level": {"other": ["other_level", "other_on"]}}
    choice_hints = {"level": {"standard": f"No added needs {SCRIPT}"}}

    name = forms.CharField(label=f"Name {SCRIPT}", max_length=20)
    email = forms.EmailField(label="Email address", help_text=f"We write to it {SCRIPT}")
    phone = forms.CharField(label="Phone", widget=forms.TextInput(attrs={"type": "tel"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    beds = forms.IntegerField(label="Beds", min_value=1, help_text="A whole number")
    weight = forms.DecimalField(label="Weight", required=False)
    weekly = PoundsField(label="Weekly price", max_pence=200_000)
    starts_on = DateField(label="Start date", latest=date(2027, 3, 31), help_text="Like 27 3 2027")
    level = forms.ChoiceField(label="Level of service", choices=LEVELS, widget=forms.RadioSelect)
    other_level = forms.CharField(label="Which level?")
    other_on = DateField(label="Available from")
    needs = forms.MultipleChoiceField(
        label="Needs met",
        choices=[("dual", "Dual diagnosis"), ("arbd", "Alcohol-related brain damage")],
        widget=forms.CheckboxSelectMultiple,
    )
    region = forms.ChoiceField(
        label="Region", choices=[("", "---------"), ("nw", "North West"), ("y", "Yorkshire")]
    )
    summary = LongTextField(label="Summary", max_words=5)
    notes = forms.CharField(label="Notes", widget=forms.Textarea, max_length=50, required=False)
    policy = forms.FileField(label="Safeguarding policy")
    agree = forms.BooleanField(label="I confirm this is true")
    token = forms.CharField(required=False, widget=forms.HiddenInput, initial="t")


SECTIONS = {
    "figures": [
        {"label": "Committed", "figure": "£1,234,567.89", "note": "of £2,700,000.00", "url": "/"},
        {"label": "Live placements", "figure": "23", "note": "", "url": ""},
    ],
    "summary": [
        {
            "key": "Lot",
            "value": "Enhanced",
            "actions": [{"text": "Change", "hidden": "lot", "url": "/"}],
        },
        {"key": "State", "value": {"text": "Open", "tag": "green"}},
        {"key": "Address", "value": {"lines": ["1 High Street", "Northhaven"]}},
    ],
    "tasks": [
        {"text": "Organisation", "url": "/", "status": "Completed"},
        {
            "text": "Insurance",
            "url": "/",
            "status": "Incomplete",
            "colour": "blue",
            "hint": "Two files",
        },
        {"text": "Submit", "status": "Cannot start yet"},
    ],
    "head": ["Provider", "State", {"text": "Weekly price", "numeric": True}],
    "rows": [
        [{"text": "Amber House", "url": "/"}, {"text": "Admitted", "tag": "green"}, "£845.00"],
        ["Beech Lodge", {"text": "Suspended", "tag": "red"}, "£1,045.50"],
    ],
    "foot": ["Total", "", "£1,890.50"],
    "events": [
        {"title": "Published", "on": date(2026, 11, 23), "by": "A. Officer", "text": "To 14"}
    ],
    "crumbs": [{"text": "Tenders", "url": "/"}, {"text": "T-0001", "url": ""}],
    "months": ["April", "May", "June", "July"],
    "spend": [
        ("Committed", [120_000_00, 180_000_00, 90_000_00, 210_000_00]),
        ("Paid", [100_000_00, 90_000_00, 80_000_00, 10_000_00]),
    ],
    "ceiling": [("Ceiling", 270_000_00)],
    "year": [("Paid", [90_000_00]), ("Committed", [120_000_00])],
    "page": Paginator(range(200), 10).page(7),
}


FORM_PAGE = """{% extends "base.html" %}{% load crispy_forms_tags %}
{% block title %}Every field{% endblock %}
{% block content %}<h1 class="govuk-heading-l">Every field</h1>{% crispy form %}{% endblock %}
"""
COMPONENTS_PAGE = """{% extends "base.html" %}
{% block title %}Every component{% endblock %}
{% block before_content %}{% include "components/breadcrumbs.html" with crumbs=crumbs only %}{% endblock %}
{% block content %}
<h1 class="govuk-heading-l">Every component</h1>
{% include "components/figures.html" with figures=figures only %}
{% include "components/summary_list.html" with rows=summary only %}
{% include "components/summary_list.html" with rows=summary title="As a card" only %}
{% include "components/task_list.html" with tasks=tasks only %}
{% include "components/table.html" with caption="Providers" head=head rows=rows foot=foot row_headers=True only %}
{% include "components/table.html" with caption="Nobody" head=head empty="No providers yet." only %}
{% include "components/pagination.html" with page=page query=request.GET only %}
{% include "components/tag.html" with text="Closed" only %}
{% include "components/timeline.html" with events=events only %}
{% include "components/inset.html" with text="Funding ends in 14 days." only %}
{% include "components/warning.html" with text="This cannot be undone." only %}
{% include "components/details.html" with summary="How this is worked out" text="By rule R4." only %}
{% include "components/button_link.html" with text="Start" url="/" only %}
{% post_button "Withdraw" "/components/" style="warning" %}
{% chart "bar" title="Spend by month" description="Committed and paid, April to July." labels=months series=spend %}
{% chart "line" title="Spend over time" description="Committed and paid over four months." labels=months series=spend %}
{% chart "gauge" title="This year against its ceiling" description="£210,000 of £270,000 is spoken for." labels=ceiling series=year %}
{% scroller "Wide" %}<table class="govuk-table"><caption class="govuk-table__caption">Wide</caption><tr><th scope="row">Row</th><td>{{ 1|nights }}</td></tr></table>{% endscroller %}
{% endblock %}
"""


def draw(request, page, context):
    return HttpResponse(engines["django"].from_string(page).render(context, request))


@login_not_required
def form(request):
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    return draw(request, FORM_PAGE, {"form": KitchenSinkForm(*posted)})


@login_not_required
def components(request):
    messages.success(request, "Bid submitted.")
    messages.info(request, "The tender closes today.")
    return draw(request, COMPONENTS_PAGE, SECTIONS)


urlpatterns = [
    path("form/", form, name="form"),
    path("components/", components, name="components"),
    path("", include("dps_portal.ui.urls")),
    path("account/", include("allauth.urls")),
]

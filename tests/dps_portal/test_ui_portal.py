"""The page around every page: words, headers, colours, menu, charts and front-end files."""

import itertools
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from dps_portal.ui import charts, checks, context, views
from dps_portal.ui.management.commands.build_assets import without_govuk_brand


def show(markup, **values):
    return Template(markup).render(Context(values))


@pytest.mark.parametrize(
    ("markup", "value", "words"),
    [
        ("{{ x|gbp }}", 184_500, "£1,845.00"),
        ("{{ x|gbp }}", -100, "−£1.00"),
        ("{{ x|gbp }}", None, ""),
        ("{{ x|day }}", date(2026, 11, 23), "23 November 2026"),
        ("{{ x|day }}", datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "2 July 2026"),
        ("{{ x|day|default:'Not set' }}", None, "Not set"),
        ("{{ x|working_day }}", date(2026, 11, 23), "Monday 23 November 2026"),
        (
            "{{ x|moment }}",
            datetime(2026, 11, 23, 12, tzinfo=UTC),
            "12:00pm on Monday 23 November 2026 GMT",
        ),
        (
            "{{ x|moment }}",
            datetime(2026, 6, 30, 23, 5, tzinfo=UTC),
            "12:05am on Wednesday 1 July 2026 BST",
        ),
        ("{{ x|moment }}", None, ""),
        ("{{ x|nights }}", 1, "1 night"),
        ("{{ x|nights }}", 1091, "1,091 nights"),
        ("{{ x|nights }}", None, ""),
        ("{{ x|percent }}", 60, "60%"),
        ("{{ x|percent }}", Fraction(157, 2), "78.5%"),
        ("{{ x|percent }}", Fraction(200, 3), "66.7%"),
        ("{{ x|percent }}", None, ""),
    ],
)
def test_amounts_days_and_counts_are_written_in_words(markup, value, words):
    assert show(markup, x=value) == words


def test_the_theme_is_a_public_style_sheet_of_the_councils_colours(client, settings):
    settings.COUNCIL_COLOUR = "#123456"

    response = client.get("/theme.css")

    assert response["Content-Type"] == "text/css"
    assert "--govuk-brand-colour: #123456;" in response.text
    assert "public" in response["Cache-Control"]


@pytest.mark.parametrize("colour", ["#12345", "red", "#123456;}", "#ffdd00", ""])
def test_an_illegible_colour_is_refused(settings, colour):
    settings.COUNCIL_COLOUR = colour

    assert [error.id for error in checks.colours_are_legible(None)] == ["ui.E002"]
    with pytest.raises(ImproperlyConfigured):
        views.theme(RequestFactory().get("/theme.css"))


def test_contrast_is_that_of_wcag():
    assert checks.contrast_with_white("#ffffff") == pytest.approx(1)
    assert checks.contrast_with_white("#000000") == pytest.approx(21)
    assert checks.contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.urls("tests.dps_portal.kitchen_sink")
def test_pages_are_private_and_tell_what_the_browser_may_do(client):
    response = client.get("/components/")

    assert response["Cache-Control"] == "no-store, private"
    assert "camera=()" in response["Permissions-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "style=" not in response.text


@pytest.mark.urls("tests.dps_portal.kitchen_sink")
def test_a_form_with_errors_says_so_in_the_title(client):
    assert "<title>Every field –" in client.get("/form/").text
    assert "<title>Error: Every field –" in client.post("/form/", {}).text


class Member:
    is_authenticated = True

    def __init__(self, *permissions):
        self.may = permissions.__contains__


def test_the_menu_holds_what_the_person_may_open(monkeypatch):
    monkeypatch.setattr(
        context,
        "NAVIGATION",
        (
            ("Theme", "ui:theme", None),
            ("Post", "notifications:message_list", "read"),
            ("Nowhere", "no:such_page", None),
            ("Secret", "notifications:demo_mailbox", "secret"),
        ),
    )

    menu = context.navigation(Member("read"), "/messages/7/")

    assert [(item.text, item.current) for item in menu] == [("Theme", False), ("Post", True)]
    assert [item.text for item in context.navigation(None, "/")] == ["Theme"]


def test_missing_front_end_files_fail_the_check(monkeypatch):
    assert checks.vendor_files_are_built(None) == []

    monkeypatch.setattr(checks, "VENDOR_FILES", ("vendor/none.css",))

    assert [error.id for error in checks.vendor_files_are_built(None)] == ["ui.E001"]


CSS = (
    "/*! Copyright (c) 2011 */@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
    "a{font-family:GDS Transport,arial,sans-serif}"
    ".logo:before{background:url(/assets/images/govuk-crest.svg)}b{color:red}\n"
    "/*# sourceMappingURL=x.css.map */\n"
)


def test_the_style_sheet_loses_the_brand_of_govuk():
    assert without_govuk_brand(CSS) == (
        'a{font-family:"Atkinson Hyperlegible",arial,sans-serif}b{color:red}\n'
    )
    with pytest.raises(ValueError, match="/assets/"):
        without_govuk_brand("a{background:url(/assets/other.svg)}")


def test_build_assets_copies_the_files_or_says_what_is_missing(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="npm ci"):
        call_command("build_assets")

    govuk = tmp_path / "node_modules/govuk-frontend/dist/govuk"
    fonts = tmp_path / "node_modules/@fontsource/atkinson-hyperlegible/files"
    govuk.mkdir(parents=True)
    fonts.mkdir(parents=True)
    (govuk / "govuk-frontend.min.css").write_text(CSS)
    (govuk / "govuk-frontend.min.js").write_text("export{};//# sourceMappingURL=x.js.map\n")
    for name in checks.VENDOR_FILES[2:]:
        (fonts / name.removeprefix("vendor/")).write_bytes(b"font")
    call_command("build_assets", stdout=StringIO())

    copied = sorted(path.name for path in (tmp_path / "static/vendor").iterdir())
    assert copied == sorted(name.removeprefix("vendor/") for name in checks.VENDOR_FILES)
    assert (tmp_path / "static/vendor/govuk-frontend.min.js").read_text() == "export{};\n"


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (9, 10), (11, 15), (21_000_000, 30_000_000)]
)
def test_an_axis_ends_at_a_round_number(highest, top):
    assert charts.nice_top(highest) == top


def test_a_chart_is_drawn_in_whole_numbers_with_its_figures():
    chart = charts.draw(
        "bar",
        title="Spend",
        description="By month.",
        labels=["April", "May"],
        series=[("Paid", [50_000, 100_000]), ("Due", [0, 1])],
        unit="gbp",
    )

    assert [bar["width"] for bar in chart.shapes["bars"]] == [200, 1, 400, 1]
    assert chart.rows == [["April", "£500.00", "£0.00"], ["May", "£1,000.00", "£0.01"]]
    assert [item["fill"] for item in chart.legend] == [
        "#1d5e54",
        "url(#spend-stripes-legend-stripes)",
    ]


FILL = re.compile(r'stroke="#0b0c0c" fill="([^"]+)"')
DASH = re.compile(r'<(?:polyline|line)[^>]* stroke-width="3"(?: stroke-dasharray="([^"]*)")?/>')


@pytest.mark.parametrize(("kind", "mark"), [("bar", FILL), ("gauge", FILL), ("line", DASH)])
def test_every_series_differs_without_colour_and_as_the_legend_says(kind, mark):
    html = show(
        '{% chart kind title="T" description="D" labels=labels series=series table=False %}',
        kind=kind,
        labels=[("Ceiling", 9)] if kind == "gauge" else ["April", "May"],
        series=[(name, [1] if kind == "gauge" else [1, 2]) for name in "abcd"],
    )
    legend, drawing = (
        [re.sub(r"url\(#.*-(\w+)\)|^none$", r"\1", one) for one in mark.findall(part)]
        for part in html.split('role="img"')
    )

    assert len(set(legend)) == 4
    assert list(dict.fromkeys(drawing)) == legend
    assert len(drawing) == (8 if kind == "bar" else 4)


def test_a_gauge_says_when_its_limit_is_exceeded():
    html = show(
        '{% chart "gauge" title="Year" description="Over." labels=limit series=parts table=False %}',
        limit=[("Ceiling", 100_00)],
        parts=[("Paid", [150_00])],
    )

    assert "Ceiling £100 (exceeded)" in html
    assert "<table" not in html


@pytest.mark.parametrize(
    "bad", [{"kind": "pie", "series": []}, {"kind": "bar", "series": [("a", [])] * 5}]
)
def test_a_chart_that_cannot_be_drawn_is_refused(bad):
    with pytest.raises(ValueError, match=r"pie|at most"):
        charts.draw(title="", description="", labels=[], unit="count", **bad)


def test_a_line_chart_of_one_point_and_of_none():
    for labels in ([], ["April"]):
        chart = charts.draw(
            "line",
            title="T",
            description="D",
            labels=labels,
            series=[("a", [1] * len(labels))],
            unit="percent",
        )
        assert len(chart.shapes["lines"][0]["spots"]) == len(labels)


def drawn(**facts):
    return charts.draw(
        "line", title="T", description="D", labels=["a", "b", "c"], unit="count", **facts
    ).shapes


def test_lines_have_their_names_at_their_ends_and_none_upon_another():
    shapes = drawn(series=[("One", [1, 2, 3]), ("Two", [1, 2, 3]), ("Three", [0, 0, 0])])

    names = {name["text"]: name["y"] for name in shapes["names"]}
    assert set(names) == {"One", "Two", "Three"}
    heights = sorted(names.values())
    assert all(below - above >= 17 for above, below in itertools.pairwise(heights))
    assert len({line["dash"] for line in shapes["lines"]}) == 3


def test_a_line_ends_at_the_mark_of_a_day():
    mark = charts.Mark("Today", Fraction(1, 2), "Spent")

    shapes = drawn(series=[("Spent", [1, 2]), ("Plan", [1, 2, 3])], mark=mark)

    spent, plan = (line["spots"] for line in shapes["lines"])
    assert [spot["x"] for spot in spent] == [plan[0]["x"], shapes["day"]["x"]]
    assert shapes["day"]["x"] == (plan[0]["x"] + plan[1]["x"]) // 2


def test_a_mark_before_the_first_label_stands_at_it():
    mark = charts.Mark("Today", Fraction(-1, 2), "Spent")

    shapes = drawn(series=[("Spent", [1]), ("Plan", [1, 2, 3])], mark=mark)

    assert shapes["lines"][0]["spots"] == [shapes["lines"][1]["spots"][0]]


def test_pagination_keeps_the_filter_and_vanishes_on_a_single_page():
    page = Paginator(range(30), 10).page(2)
    query = RequestFactory().get("/?q=a%26b&page=2").GET

    html = render_to_string("components/pagination.html", {"page": page, "query": query})

    assert 'href="?q=a%26b&amp;page=3"' in html
    single = Paginator(range(3), 10).page(1)
    assert render_to_string("components/pagination.html", {"page": single}).strip() == ""


def test_a_table_row_of_another_length_than_its_head_is_a_mistake():
    with pytest.raises(ValueError, match="zip"):
        render_to_string("components/table.html", {"head": ["a"], "rows": [["b", "c"]]})


def test_cells_are_escaped():
    html = render_to_string(
        "components/table.html",
        {"caption": "<b>", "head": ["<i>"], "rows": [["<u>"], [{"text": "<s>", "url": "/?a=<x>"}]]},
    )

    assert not {"<b>", "<i>", "<u>", "<s>", "<x>"} & {html[at : at + 3] for at in range(len(html))}


@pytest.mark.parametrize("page", ["400.html", "500.html"])
def test_the_last_resort_pages_need_nothing(page):
    assert "<h1" in Template("{% include page %}").render(Context({"page": page}))


def test_a_missing_page_leaks_nothing(client):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "Page not found" in response.text
    assert "no-such-page" not in response.text

"""How the portal writes money, days and counts. A builtin: no template needs to load it."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django import template
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.safestring import SafeString

from dps_portal import money
from dps_portal.clock import year_label
from dps_portal.ui import charts

register = template.Library()


def london_day(value: date) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


@register.filter
def gbp(pence):
    """``£1,845.00`` from 184,500 pence; nothing for no amount."""
    return "" if pence is None or pence == "" else money.gbp(int(pence))


@register.filter
def day(value):
    """``23 November 2026``; a moment is shown as its day in London."""
    return written(london_day(value), "j F Y") if value else ""


@register.filter
def year(value):
    """``2026/27``, the financial year that begins in 2026."""
    return year_label(value) if value else ""


@register.filter
def working_day(value):
    """``Monday 23 November 2026``, for a day on which something is due."""
    return written(london_day(value), "l j F Y") if value else ""


@register.filter
def moment(value):
    """``12:00pm on Monday 23 November 2026 GMT``, in London."""
    if not value:
        return ""
    local = timezone.localtime(value)
    half = "am" if local.hour < 12 else "pm"  # noqa: PLR2004
    return f"{written(local, 'g:i')}{half} on {written(local, 'l j F Y')} {local.tzname()}"


@register.filter
def nights(count):
    return "" if count is None else f"{count:,} night{'' if count == 1 else 's'}"


@register.filter
def percent(value):
    """``78%`` or ``78.5%`` from a number of hundredths; one decimal at most, half up."""
    if value is None or value == "":
        return ""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / value.denominator
    tenths = Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{tenths:f}".removesuffix(".0") + "%"


@register.filter
def page_numbers(page):
    """The page numbers to offer, with ``…`` where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def is_cell(value):
    """Whether a table cell is a dict of ``text``, ``url``, ``tag`` … rather than plain words."""
    return isinstance(value, dict)


@register.filter
def under(row, head):
    """The cells of a row, each with the facts of the column it stands under."""
    columns = [column if isinstance(column, dict) else {"text": column} for column in head]
    return [
        {"cell": cell, "numeric": column.get("numeric", False), "first": place == 0}
        for place, (cell, column) in enumerate(zip(row, columns, strict=True))
    ]


@register.simple_block_tag
def scroller(content, label):
    """Wide content that scrolls on its own, by keyboard too, so that the page never does."""
    return template.loader.render_to_string(
        "components/scroller.html", {"label": label, "content": SafeString(content)}
    )


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context, text, action, *, style="secondary", name="", value=""):
    """One button in its own form, for an act that needs no answers (sign out, withdraw).

    The token comes from the request: inside ``{% include … only %}`` the context has none.
    """
    return {
        "text": text,
        "action": action,
        "style": style,
        "name": name,
        "value": value,
        "csrf_token": get_token(context.request),
    }


@register.inclusion_tag("components/chart.html")
def drawn(picture, table=True):
    """A chart that was drawn beforehand, such as a funnel plot."""
    return {"chart": picture, "table": table}


@register.inclusion_tag("components/chart.html")
def chart(kind, *, title, description, labels, series, unit="gbp", table=True, mark=None):
    """A ``bar``, ``line`` or ``gauge`` with its data table (docs/components.md)."""
    return {
        "chart": charts.draw(
            kind,
            title=title,
            description=description,
            labels=labels,
            series=series,
            unit=unit,
            mark=mark,
        ),
        "table": table,
    }

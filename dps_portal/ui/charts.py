"""Charts as whole-number coordinates: the template draws the same picture on page and in PDF.

Series differ by pattern and by label, never by colour alone (WCAG 1.4.1).
"""

from dataclasses import dataclass

from django.utils.text import slugify

from dps_portal import money

WIDTH, LEFT, RIGHT, TOP = 640, 150, 90, 10
PLOT_WIDTH = WIDTH - LEFT - RIGHT
BAR, BAR_GAP, GROUP_GAP = 22, 4, 16
LINE_HEIGHT, LINE_LEFT, LINE_RIGHT = 220, 90, 20
KINDS = ("bar", "line", "gauge")
PATTERNS = ("solid", "stripes", "dots", "hollow")
FILLS = {"solid": "#1d5e54", "hollow": "#ffffff"}  # the others are drawn as SVG patterns
DASHES = ("", "8 4", "2 3", "12 4 2 4")


@dataclass(frozen=True)
class Chart:
    kind: str
    title: str
    description: str
    key: str
    height: int
    legend: list[dict]
    shapes: dict
    head: list[dict]
    rows: list[list[str]]
    width: int = WIDTH


def shown(value: int, unit: str) -> str:
    """A figure in words: ``gbp`` is pence, ``percent`` and ``count`` are whole numbers, ``marks``
    are hundredths.
    """
    if unit == "gbp":
        return money.gbp(value)
    if unit == "marks":
        return f"{value // 100}.{value % 100:02d}"
    return f"{value}%" if unit == "percent" else f"{value:,}"


def shown_short(value: int, unit: str) -> str:
    """The same for an axis: whole pounds without pence."""
    return money.gbp(value).removesuffix(".00") if unit == "gbp" else shown(value, unit)


def fill(pattern: str, key: str) -> str:
    return FILLS.get(pattern, f"url(#{key}-{pattern})")


def nice_top(highest: int) -> int:
    """The round number at which the axis ends."""
    magnitude = 10 ** (len(str(max(highest, 1))) - 1)
    return next(
        top
        for factor in (10, 15, 20, 30, 40, 50, 60, 80, 100)
        if (top := factor * magnitude // 10 or 1) >= highest
    )


def draw(kind, *, title, description, labels, series, unit) -> Chart:
    """``series`` is ``[(name, [value for each label]), …]``; values are whole and not negative.

    A gauge takes one value for each series, drawn against ``labels[0]`` as (name, limit).
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")
    if len(series) > len(PATTERNS):
        raise ValueError(f"a chart shows at most {len(PATTERNS)} series")
    key = slugify(title)
    shapes, height = {"bar": _bars, "line": _lines, "gauge": _gauge}[kind](
        labels, series, unit, key
    )
    if kind == "gauge":
        (limit_name, limit), head = labels[0], ["", {"text": "Amount", "numeric": True}]
        rows = [[name, shown(values[0], unit)] for name, values in series]
        rows.append([limit_name, shown(limit, unit)])
    else:
        head = ["", *({"text": name, "numeric": True} for name, _ in series)]
        rows = [
            [label, *(shown(values[place], unit) for _, values in series)]
            for place, label in enumerate(labels)
        ]
    legend = []
    for (name, _), pattern, dash in zip(series, PATTERNS, DASHES, strict=False):
        own = f"{key}-{pattern}-legend"  # each sample is a picture with its own patterns
        legend.append({"name": name, "key": own, "fill": fill(pattern, own), "dash": dash})
    return Chart(kind, title, description, key, height, legend, shapes, head, rows)


def _bars(labels, series, unit, key):
    """Horizontal bars, grouped by label: long labels and phones are no problem."""
    top = nice_top(max((max(values, default=0) for _, values in series), default=0))
    group = len(series) * (BAR + BAR_GAP) + GROUP_GAP
    bars, names = [], []
    for place, label in enumerate(labels):
        start = TOP + place * group
        names.append({"text": label, "y": start + (group - GROUP_GAP) // 2 + 2})
        for row, (_, values) in enumerate(series):
            width = values[place] * PLOT_WIDTH // top
            y = start + row * (BAR + BAR_GAP)
            bars.append(
                {
                    "x": LEFT,
                    "y": y,
                    "width": max(width, 1),
                    "height": BAR,
                    "fill": fill(PATTERNS[row], key),
                    "text": shown_short(values[place], unit),
                    "text_x": LEFT + width + 6,
                    "text_y": y + BAR - 6,
                }
            )
    height = TOP + len(labels) * group
    return {"bars": bars, "names": names, "name_x": LEFT - 8, "axis_x": LEFT}, height


def _lines(labels, series, unit, key):
    top = nice_top(max((max(values, default=0) for _, values in series), default=0))
    span = WIDTH - LINE_LEFT - LINE_RIGHT
    xs = [LINE_LEFT + span * place // max(len(labels) - 1, 1) for place in range(len(labels))]
    bottom = TOP + LINE_HEIGHT

    def y(value):
        return bottom - value * LINE_HEIGHT // top

    lines = []
    for (name, values), dash in zip(series, DASHES, strict=False):
        spots = [(x, y(value)) for x, value in zip(xs, values, strict=True)]
        lines.append(
            {
                "points": " ".join(f"{x},{spot}" for x, spot in spots),
                "spots": [{"x": x, "y": spot} for x, spot in spots],
                "dash": dash,
                "name": name,
            }
        )
    grid = [
        {"y": y(level), "text_y": y(level) + 5, "text": shown_short(level, unit)}
        for level in (0, top // 2, top)
    ]
    every = -(-len(labels) // 8)
    marks = [
        {"x": x, "text": label, "anchor": "end" if place and place == len(labels) - 1 else "middle"}
        for place, (x, label) in enumerate(zip(xs, labels, strict=True))
        if place % every == 0
    ]
    axis = {"left": LINE_LEFT, "right": WIDTH - LINE_RIGHT, "text_x": LINE_LEFT - 8}
    return {"lines": lines, "grid": grid, "marks": marks, "mark_y": bottom + 20} | axis, bottom + 30


def _gauge(labels, series, unit, key):
    """Bars end to end against a limit: what is spoken for, and what is left."""
    limit_name, limit = labels[0]
    total = sum(values[0] for _, values in series)
    top = max(limit, total, 1)
    span = WIDTH - 2
    parts, x = [], 1
    for (_, values), pattern in zip(series, PATTERNS, strict=False):
        width = values[0] * span // top
        parts.append({"x": x, "width": width, "fill": fill(pattern, key)})
        x += width
    limit_x = 1 + limit * span // top
    shapes = {
        "parts": parts,
        "limit_x": limit_x,
        "limit_text": f"{limit_name} {shown_short(limit, unit)}",
        "over": total > limit,
    }
    return shapes, 78

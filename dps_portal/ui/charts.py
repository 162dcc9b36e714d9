"""Charts as whole-number coordinates: the template draws the same picture on page and in PDF.

Series differ by pattern and by label, never by colour alone (WCAG 1.4.1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.utils.text import slugify

from dps_portal import money

WIDTH, LEFT, RIGHT, TOP = 640, 150, 90, 10
PLOT_WIDTH = WIDTH - LEFT - RIGHT
BAR, BAR_GAP, GROUP_GAP = 22, 4, 16
LINE_HEIGHT, LINE_LEFT, LINE_RIGHT = 220, 90, 20
LETTER, LABEL_GAP, LONGEST_LABEL = 9, 17, 14  # of the names at the ends of lines
KINDS = ("bar", "line", "gauge")
PATTERNS = ("solid", "stripes", "dots", "hollow")
FILLS = {"solid": "#1d5e54", "hollow": "#ffffff"}  # the others are drawn as SVG patterns
DASHES = ("", "8 4", "2 3", "12 4 2 4", "16 3 2 3 2 3")
WHOLE = 100
FUNNEL_TOP, FUNNEL_HEIGHT, FEWEST_ON_AXIS, AIM_DASH = 20, 300, 10, "12 4 2 4"


@dataclass(frozen=True)
class Mark:
    """A day on a line chart: ``place`` counts in labels, and the line named ``ends`` ends there."""

    text: str
    place: Fraction
    ends: str = ""


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


def draw(kind, *, title, description, labels, series, unit, mark: Mark | None = None) -> Chart:
    """``series`` is ``[(name, [value for each label]), …]``; values are whole and not negative.

    A gauge takes one value for each series, drawn against ``labels[0]`` as (name, limit). The
    line of a line chart that ``mark`` ends has values up to there.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")
    most = len(DASHES if kind == "line" else PATTERNS)
    if len(series) > most:
        raise ValueError(f"a chart shows at most {most} series")
    key = slugify(title)
    if kind == "line":
        shapes, height = _lines(labels, series, unit, mark)
    else:
        shapes, height = {"bar": _bars, "gauge": _gauge}[kind](labels, series, unit, key)
    if kind == "gauge":
        (limit_name, limit), head = labels[0], ["", {"text": "Amount", "numeric": True}]
        rows = [[name, shown(values[0], unit)] for name, values in series]
        rows.append([limit_name, shown(limit, unit)])
    else:
        head = ["", *({"text": name, "numeric": True} for name, _ in series)]
        rows = [
            [
                label,
                *(
                    shown(values[place], unit) if place < len(values) else "–"
                    for _, values in series
                ),
            ]
            for place, label in enumerate(labels)
        ]
    legend = []
    for (name, _), pattern, dash in zip(series, (*PATTERNS, "line"), DASHES, strict=False):
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


def _lines(labels, series, unit, mark):
    top = nice_top(max((max(values, default=0) for _, values in series), default=0))
    names = [name for name, _ in series]
    longest = max(map(len, names), default=0)
    is_named = len(series) > 1 and longest <= LONGEST_LABEL
    end = WIDTH - (longest * LETTER + 16 if is_named else LINE_RIGHT)
    span, steps = end - LINE_LEFT, max(len(labels) - 1, 1)
    xs = [LINE_LEFT + span * place // steps for place in range(len(labels))]
    bottom = TOP + LINE_HEIGHT
    mark_x = mark and LINE_LEFT + int(span * max(mark.place, 0) / steps)

    def y(value):
        return bottom - value * LINE_HEIGHT // top

    lines = []
    for (name, values), dash in zip(series, DASHES, strict=False):
        is_marked = mark is not None and name == mark.ends
        places = [*xs[: len(values) - 1], mark_x] if is_marked else xs
        spots = [(x, y(value)) for x, value in zip(places, values, strict=True)]
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
    shapes = {
        "lines": lines,
        "grid": grid,
        "marks": marks,
        "mark_y": bottom + 20,
        "left": LINE_LEFT,
        "right": end,
        "text_x": LINE_LEFT - 8,
        "names": _names(lines, end) if is_named else [],
        "day": mark and {"x": mark_x, "text": mark.text, "top": TOP, "bottom": bottom},
    }
    return shapes, bottom + 30


def _names(lines, end):
    """The names of lines at their ends, none upon another; one that ends early has it below."""
    ends = [(line["name"], line["spots"][-1]) for line in lines if line["spots"]]
    early = [
        {"text": name, "x": spot["x"] + 8, "y": spot["y"] + 20}
        for name, spot in ends
        if spot["x"] + 16 + len(name) * LETTER < end
    ]
    names = [
        {"text": name, "x": end + 8, "y": spot["y"] + 5}
        for name, spot in ends
        if spot["x"] + 16 + len(name) * LETTER >= end
    ]
    names.sort(key=lambda name: name["y"])
    for above, below in pairwise(names):
        below["y"] = max(below["y"], above["y"] + LABEL_GAP)
    floor = {"y": TOP + LINE_HEIGHT + 5 + LABEL_GAP}
    for below, above in pairwise([floor, *reversed(names)]):
        above["y"] = min(above["y"], below["y"] - LABEL_GAP)
    return [*early, *names]


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


@dataclass(frozen=True)
class Dot:
    """One point of a funnel plot: so many cases, a rate of them, and whether it is outside."""

    name: str
    count: int
    percent: int
    note: str


@dataclass(frozen=True)
class Funnel:
    """What a funnel plot is drawn against. ``limits`` gives (low, high) percents for a count.

    ``near`` and ``far`` name their limits, ``mean`` is in percent, ``aim`` and ``band`` are
    (name, percent) and (name, low, high).
    """

    mean: int
    aim: tuple[str, int]
    band: tuple[str, int, int]
    near: tuple[str, Callable[[int], tuple[int, int]]]
    far: tuple[str, Callable[[int], tuple[int, int]]]


def draw_funnel(*, title: str, description: str, dots: list[Dot], funnel: Funnel) -> Chart:
    """Rates against how many cases stand behind each: the fewer, the wider chance may throw them.

    Dots are numbered as in the table, so that no name has to fit into the picture.
    """
    top = max(nice_top(max((dot.count for dot in dots), default=0)), FEWEST_ON_AXIS)
    span, bottom = WIDTH - LINE_LEFT - LINE_RIGHT, FUNNEL_TOP + FUNNEL_HEIGHT

    def x(count):
        return LINE_LEFT + span * count // top

    def y(percent):
        return bottom - percent * FUNNEL_HEIGHT // WHOLE

    lines = []
    for (_, limits), dash in ((funnel.near, DASHES[1]), (funnel.far, DASHES[2])):
        for side in (0, 1):
            points = " ".join(f"{x(n)},{y(limits(n)[side])}" for n in range(1, top + 1))
            lines.append({"points": points, "dash": dash})
    aim, (band, low, high) = funnel.aim, funnel.band
    key = slugify(title)
    shapes = {
        "grid": [
            {"y": y(level), "text_y": y(level) + 5, "text": f"{level}%"}
            for level in range(0, WHOLE + 1, 20)
        ],
        "marks": [{"x": x(top * part // 5), "text": top * part // 5} for part in range(6)],
        "mark_y": bottom + 20,
        "name_y": bottom + 42,
        "left": LINE_LEFT,
        "right": WIDTH - LINE_RIGHT,
        "text_x": LINE_LEFT - 8,
        "band": {"y": y(high), "height": y(low) - y(high), "width": span, "text_y": y(low) - 6},
        "band_fill": fill("stripes", key),
        "aim_y": y(aim[1]),
        "mean_y": y(funnel.mean),
        "lines": lines,
        "dots": _spots([(x(dot.count), y(dot.percent)) for dot in dots]),
    }
    named = (f"Mean, {funnel.mean}%", f"{aim[0]}, {aim[1]}%", funnel.near[0], funnel.far[0])
    dashes = ("", AIM_DASH, DASHES[1], DASHES[2])
    legend = [
        {"name": name, "key": f"{key}-line-{number}", "fill": "", "dash": dash}
        for number, (name, dash) in enumerate(zip(named, dashes, strict=True))
    ]
    own = f"{key}-stripes-legend"
    legend.append({"name": f"{band}, {low}% to {high}%", "key": own, "fill": fill("stripes", own)})
    numeric = [{"text": text, "numeric": True} for text in ("Counted", "Rate")]
    head = ["Number", "Name", *numeric, "Against the limits"]
    rows = [
        [str(number), dot.name, f"{dot.count:,}", f"{dot.percent}%", dot.note]
        for number, dot in enumerate(dots, start=1)
    ]
    return Chart("funnel", title, description, key, bottom + 50, legend, shapes, head, rows)


def _spots(places: list[tuple[int, int]]) -> list[dict]:
    """Points with their numbers beside them; those at one place share the point."""
    numbers: dict[tuple[int, int], list[str]] = {}
    for number, place in enumerate(places, start=1):
        numbers.setdefault(place, []).append(str(number))
    middle = LINE_LEFT + (WIDTH - LINE_LEFT - LINE_RIGHT) // 2
    return [
        {
            "x": x,
            "y": y,
            "text": ", ".join(names),
            "text_x": x + 11 if x < middle else x - 11,
            "text_y": y + 5,
            "anchor": "start" if x < middle else "end",
        }
        for (x, y), names in numbers.items()
    ]

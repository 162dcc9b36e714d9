"""``python -m tests.bench.report OUT STARTS FILE…``: one table of what was measured.

A figure that misses its target is shown as missed, and one that was not measured as not measured.
"""

import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

ENGINES = ("postgresql", "sqlite")
FLOORS = 3  # a page at national scale may take so many times the floor
PAPER = 1.15  # the time of a PDF, of that of WeasyPrint alone
SAME = 1.02  # the memory: two runs of one program differ by as much
GROWTH = 1.3  # and at twenty times the scale so many times what it took
HEAD = """# Figures of speed

Made by `make bench` on {day}: Python {python}, {cpus} processors, {machine}. Targets are those of
the project (section 1); a figure that misses is shown as missed. Every page that anybody may read
is asked for over HTTP from the web server of production by the first role that may
read it; the floor, a page with one query and a trivial template, is asked for after each in the
same run, by the same person. A page that takes more than six seconds is timed once; one that has
not answered within a minute is told as such, and is missed. National scale is that of all councils
together: {sizes}.
"""


def verdict(holds: bool) -> str:
    return "holds" if holds else "**missed**"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def taken(page: dict) -> str:
    """One that has no queries did not answer in the time that it was given."""
    return milliseconds(page["p95"]) if "queries" in page else f"over {page['p95']:.0f} s"


def all_of(target: str, holding: int, pages: int) -> tuple[str, str, str]:
    return target, f"{holding} of {pages} pages", verdict(holding == pages)


def queries_of(what: str, counted: dict, most: int) -> tuple[str, str, str]:
    return f"{what} in {most} queries", f"{counted['queries']}", verdict(counted["queries"] <= most)


def summary(result: dict) -> list[str]:
    """The lines of one engine: what is asked, what was measured, whether it holds."""
    scales = result["scales"]
    national, largest = scales["1"], scales.get("20")
    pages = national["pages"]
    near = [one for one in pages.values() if one["p95"] <= FLOORS * one["floor"]]
    money = (largest or national)["money"]
    rows = [
        all_of(f"p95 of each page at most {FLOORS} × the floor's", len(near), len(pages)),
        queries_of("Position of a year", money["position"], 2),
        queries_of("Forecast of a year", money["forecast"], 6),
        (
            "1,000 bids on 50 criteria in less than 1 s of processor time",
            f"{result['scoring']:.2f} s",
            verdict(result["scoring"] < 1),
        ),
        *paper(**result["pdf"]),
    ]
    if largest:
        answered = [
            (pages[n], one)
            for n, one in largest["pages"].items()
            if "queries" in one and n in pages
        ]
        same = [then for now, then in answered if then["queries"] == now["queries"]]
        steady = [then for now, then in answered if then["p95"] <= GROWTH * now["p95"]]
        rows += [
            all_of("The same number of queries at 20 × the scale", len(same), len(pages)),
            all_of(
                f"p95 at 20 × the scale at most {GROWTH} × that of national scale",
                len(steady),
                len(pages),
            ),
        ]
    else:
        rows.append(("At 20 × the scale", "not measured", "not measured"))
    return table(("Target", "Measured", ""), rows)


def paper(portal: dict, alone: dict) -> list[tuple[str, str, str]]:
    """A spend report; our own limit of memory is far above what either takes."""
    seconds, memory = (portal[name] / alone[name] for name in ("seconds", "memory"))
    return [
        (
            f"A PDF report in at most {PAPER} × the time of WeasyPrint alone",
            f"{seconds:.2f} × {milliseconds(alone['seconds'])}",
            verdict(seconds <= PAPER),
        ),
        (
            "and in no more memory",
            f"{memory:.2f} × {alone['memory'] / 2**20:.0f} MB",
            verdict(memory <= SAME),
        ),
    ]


def starts(cold: float, again: float) -> list[str]:
    rows = [
        ("First page at most 90 s after `make run` in a fresh clone, no package cached", cold, 90),
        ("and at most 10 s after it from then on", again, 10),
    ]
    told = [(what, f"{took:.0f} s", verdict(took <= most)) for what, took, most in rows]
    return table(("Target", "Measured", ""), told)


def page_rows(result: dict) -> list[str]:
    """The slowest first, in multiples of the floor."""
    national, largest = result["scales"]["1"]["pages"], result["scales"].get("20", {})
    later = largest.get("pages", {})
    rows = [
        (
            f"`{name}`",
            taken(one),
            f"{one['p95'] / one['floor']:.1f}",
            one.get("queries", "–"),
            taken(later[name]) if name in later else "–",
            later.get(name, {}).get("queries", "–"),
        )
        for name, one in sorted(
            national.items(), key=lambda pair: -pair[1]["p95"] / pair[1]["floor"]
        )
    ]
    return table(("Page", "p95", "× floor", "Queries", "p95 at × 20", "Queries at × 20"), rows)


def table(head: tuple, rows: list[tuple]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines]


def section(engine: str, result: dict | None) -> list[str]:
    lines = [f"## {engine}\n"]
    if result is None:
        return [*lines, "Not measured.", ""]
    return [*lines, *summary(result), "", "### Pages\n", *page_rows(result), ""]


def main(out: str, started: str, *files: str) -> None:
    results = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    sizes = ", ".join(f"{n:,} {name}" for name, n in results[0]["scales"]["1"]["sizes"].items())
    lines = [
        HEAD.format(
            day=date.today().isoformat(),  # noqa: DTZ011 - of this machine
            python=platform.python_version(),
            cpus=len(os.sched_getaffinity(0)),
            machine=platform.machine(),
            sizes=sizes,
        )
    ]
    lines += ["## Start\n", *starts(**json.loads(Path(started).read_text(encoding="utf-8"))), ""]
    for engine in ENGINES:
        lines += section(engine, next((one for one in results if one["engine"] == engine), None))
    Path(out).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

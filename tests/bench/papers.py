"""A report as the portal makes it, beside WeasyPrint alone on the same HTML (targets §1)."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dps_portal.reports.models import ReportKind, ReportRun
from dps_portal.reports.services import html_of
from dps_portal.ui import pdf, rendering

MADE = 7  # times each, one after the other
WRITE = "weasyprint.HTML(sys.stdin.buffer).write_pdf(sys.stdout.buffer, pdf_variant='pdf/ua-1')"
ALONE = (sys.executable, "-c", f"import sys, weasyprint; {WRITE}")
# A small program between, since what a process takes counts from before it was started.
MEMORY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def run(*command: str, html: str) -> bytes:
    done = subprocess.run(command, input=html.encode(), stdout=subprocess.PIPE, check=True)  # noqa: S603
    return done.stdout


def median_seconds(*acts: Callable[[], bytes]) -> list[float]:
    """Of each; they take turns, so that what else the machine does troubles all alike."""
    took: list[list[float]] = [[] for _ in acts]
    for _ in range(MADE):
        for times, act in zip(took, acts, strict=True):
            start = time.perf_counter()
            assert act().startswith(b"%PDF")
            times.append(time.perf_counter() - start)
    return [sorted(times)[MADE // 2] for times in took]


def measure_pdf() -> dict[str, dict[str, float]]:
    """Seconds and bytes of memory, of the demonstration's last spend report."""
    html = html_of(ReportRun.objects.filter(kind=ReportKind.SPEND).latest("pk"))
    assert rendering.FONT_SCHEME in html
    limits = pdf._limits()
    plain = html  # the typefaces from their files, as the portal's own fetcher brings them
    for name, path in limits["fonts"].items():
        plain = plain.replace(name, Path(path).as_uri())
    own = (sys.executable, "-I", rendering.__file__, json.dumps(limits))
    seconds = median_seconds(lambda: pdf.to_pdf(html), lambda: run(*ALONE, html=plain))
    memory = [
        int(run(sys.executable, "-c", MEMORY, *command, html=page))
        for command, page in ((own, html), (ALONE, plain))
    ]
    return {
        name: {"seconds": took, "memory": most}
        for name, took, most in zip(("portal", "alone"), seconds, memory, strict=True)
    }

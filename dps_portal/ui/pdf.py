"""From HTML to a PDF/UA-1 file, in a process that has limits and reaches only our own typeface."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from . import rendering

FONTS = frozenset(
    f"atkinson-hyperlegible-{script}-{weight}-normal.woff2"
    for script in ("latin", "latin-ext")
    for weight in (400, 700)
)
SECONDS = 30
MEMORY = 512 * 2**20
TICK = 0.25  # seconds between two looks at how far it is
# All that the program gets to know: where the system's libraries keep what they need.
ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")


class RenderingError(Exception):
    """The file would be wrong: something was missing from it, or was refused."""


class OverLimit(RenderingError):
    """The file would take more time or memory than any may."""


def page(template: str, context: dict) -> str:
    """The HTML of a template that extends ``pdf.html``."""
    return render_to_string(template, {**context, "fonts": sorted(FONTS)})


def to_pdf(html: str, *, look: Callable[[str], None] = lambda step: None) -> bytes:
    """A tagged PDF/UA-1 file. Raises ``RenderingError``; call it outside any transaction.

    ``look`` is told the step several times a second; whatever it raises ends the work at once.
    """
    with tempfile.TemporaryFile() as taken, tempfile.TemporaryFile() as made:
        with tempfile.NamedTemporaryFile() as told:
            taken.write(html.encode(errors="replace"))
            taken.seek(0)
            ended = _run(taken, made, told, look)
            told.seek(0)
            last = told.read().decode(errors="replace").strip().rpartition("\n")[-1]
        if ended == 0:
            made.seek(0)
            return made.read()
    if ended < 0 or ended == rendering.TOO_LARGE:
        raise OverLimit(f"ended by {ended}")
    raise RenderingError(last)


def _run(taken, made, told, look: Callable[[str], None]) -> int:
    """How the program ended; negative is the signal that ended it, as of its time limit."""
    program = subprocess.Popen(  # noqa: S603 - nothing in the command comes from outside
        [sys.executable, "-I", rendering.__file__, json.dumps(_limits())],
        stdin=taken,
        stdout=made,
        stderr=told,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        start_new_session=True,
    )
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            try:
                return program.wait(TICK)
            except subprocess.TimeoutExpired:
                look(_step(Path(told.name)))
        raise OverLimit(f"not done within {SECONDS} seconds")
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()


def _limits() -> dict:
    found = {name: finders.find(f"vendor/{name}") for name in FONTS}
    fonts = {f"{rendering.FONT_SCHEME}{name}": path for name, path in found.items() if path}
    return {"fonts": fonts, "memory": MEMORY, "seconds": SECONDS}


def _step(told: Path) -> str:
    """The step that was told last, such as ``Step 5 - Creating layout - Page 3``."""
    lines = told.read_text(errors="replace").splitlines()
    steps = [line.removeprefix("step ") for line in lines if line.startswith("step ")]
    return steps[-1] if steps else ""

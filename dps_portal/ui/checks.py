"""System checks: the copied front-end files are there, and the council's colours are legible."""

import re

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import Error

VENDOR_FILES = (
    "vendor/govuk-frontend.min.css",
    "vendor/govuk-frontend.min.js",
    *(
        f"vendor/atkinson-hyperlegible-{script}-{weight}-normal.woff2"
        for script in ("latin", "latin-ext")
        for weight in (400, 700)
    ),
)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
AA_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def contrast_with_white(colour: str) -> float:
    """The WCAG contrast ratio of ``#rrggbb`` against white."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def vendor_files_are_built(app_configs, **kwargs):
    missing = [name for name in VENDOR_FILES if not finders.find(name)]
    if not missing:
        return []
    return [
        Error(
            f"Front-end files are missing from static/vendor: {', '.join(missing)}.",
            hint="Run `npm ci --ignore-scripts`, then `python manage.py build_assets`.",
            id="ui.E001",
        )
    ]


def colours_are_legible(app_configs, **kwargs):
    errors = []
    for name in ("COUNCIL_COLOUR", "COUNCIL_LINK_COLOUR"):
        colour = getattr(settings, name)
        if not COLOUR.fullmatch(colour):
            problem = "is not a colour written as # and six hexadecimal digits"
        elif contrast_with_white(colour) < AA_CONTRAST:
            problem = "is too pale to read against white (WCAG 2.2 AA asks for 4.5 to 1)"
        else:
            continue
        errors.append(Error(f"DPS_{name} {colour!r} {problem}.", id="ui.E002"))
    return errors

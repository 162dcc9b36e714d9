"""Copies style, script and typeface from node_modules to static/vendor, without GOV.UK's brand.

The GDS Transport typeface, the crown and the crest belong to GOV.UK alone.
"""

import re
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dps_portal.ui.checks import VENDOR_FILES

FONT_FACE = re.compile(r"(/\*! Copyright[^*]*\*/)?@font-face\{[^}]*\}")
CREST = re.compile(r"[^{}]*\{[^{}]*/assets/images/govuk-crest\.svg[^{}]*\}")
SOURCE_MAP = re.compile(r"\s*(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*)\s*\Z")
TYPEFACE = '"Atkinson Hyperlegible",arial,sans-serif'


def without_govuk_brand(css: str) -> str:
    """The style sheet in our typeface. Raises ``ValueError`` if any of the brand is left."""
    css = FONT_FACE.sub("", css)
    css = css.replace("GDS Transport,arial,sans-serif", TYPEFACE)
    css = SOURCE_MAP.sub("\n", CREST.sub("", css))
    for trace in ("GDS Transport", "/assets/", "sourceMappingURL"):
        if trace in css:
            raise ValueError(f"{trace!r} is still in the style sheet")
    return css


class Command(BaseCommand):
    help = "Copies the front-end files that npm fetched into static/vendor."
    requires_system_checks = []

    def handle(self, **options):
        modules = settings.BASE_DIR / "node_modules"
        target = settings.BASE_DIR / "static" / "vendor"
        target.mkdir(parents=True, exist_ok=True)
        for name in VENDOR_FILES:
            self.copy(modules, target / Path(name).name)
        self.stdout.write(f"{len(VENDOR_FILES)} files are in static/vendor.")

    def copy(self, modules: Path, target: Path) -> None:
        folder = (
            "@fontsource/atkinson-hyperlegible/files"
            if target.suffix == ".woff2"
            else "govuk-frontend/dist/govuk"
        )
        source = modules / folder / target.name
        try:
            if target.suffix == ".woff2":
                shutil.copyfile(source, target)
                return
            text = source.read_text(encoding="utf-8")
        except FileNotFoundError as missing:
            raise CommandError(
                f"{source} is missing. Run `npm ci --ignore-scripts` first."
            ) from missing
        clean = without_govuk_brand(text) if target.suffix == ".css" else SOURCE_MAP.sub("\n", text)
        target.write_text(clean, encoding="utf-8")

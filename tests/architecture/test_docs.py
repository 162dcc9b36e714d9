"""What the documents lead to is there, and every picture is shown somewhere."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


def linked():
    return {
        (page.parent / target).resolve()
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
    }


def test_every_link_leads_somewhere():
    assert sorted(str(target) for target in linked() if not target.exists()) == []


def test_every_picture_is_shown():
    assert {picture for picture in linked() if picture.suffix == ".png"} == {
        picture.resolve() for picture in (ROOT / "docs" / "pictures").iterdir()
    }

"""Takes the README's pictures from the running demonstration (``make run`` first)."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps_portal.settings")
django.setup()

from django.urls import reverse  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from dps_portal.accounts.roles import Role  # noqa: E402
from dps_portal.demo.people import PASSWORD, email  # noqa: E402
from placements.models import Placement  # noqa: E402
from tenders.models import Tender  # noqa: E402

ORIGIN = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
FOLDER = ROOT / "docs" / "pictures"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def shots() -> list[tuple[str, Role | None, str]]:
    """Name, who looks, and the page."""
    tender = Tender.objects.get(state="published").reference
    ranked = Tender.objects.get(state="quality_locked").reference
    placement = Placement.objects.filter(state="admitted").latest("pk").reference
    return [
        ("opportunity", None, reverse("publication:opportunity")),
        ("home", Role.COMMISSIONER, reverse("home")),
        ("tender", Role.PROCUREMENT, reverse("tenders:tender", args=[tender])),
        ("ranking", Role.PROCUREMENT, reverse("tenders:ranking", args=[ranked])),
        ("placement", Role.ASSESSMENT_MANAGER, reverse("placements:placement", args=[placement])),
        ("spend", Role.FINANCE, reverse("reports:spend")),
    ]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = shots()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        for name, role, path in pages:
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            if role:
                page.goto(f"{ORIGIN}{reverse('account_login')}")
                page.get_by_label("Email").fill(email(role, 1))
                page.get_by_label("Password", exact=True).fill(PASSWORD)
                page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
            page.goto(f"{ORIGIN}{path}")
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    main()

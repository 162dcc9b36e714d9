"""What the settings refuse in production (design D14)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dps_portal import keyring

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path):
    """Read the settings in a process of their own; what it complained of, if it did."""
    keyring.create_missing(tmp_path / "keys")
    whole = {
        "DPS_ENV": "production",
        "DPS_ORIGIN": "https://portal.council.gov.uk",
        "DPS_DATA_DIR": str(tmp_path),
        "DPS_KEYS_DIR": str(tmp_path / "keys"),
    }

    def start(code="import dps_portal.settings", **changes):
        env = {k: v for k, v in os.environ.items() if not k.startswith("DPS_")}
        env |= {name: value for name, value in (whole | changes).items() if value is not None}
        result = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stderr.strip().rpartition("\n")[2]

    return start


def test_production_asks_browsers_for_https_alone_for_two_years(start):
    names = ["SECURE_SSL_REDIRECT", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    wanted = ", ".join(["settings.SECURE_HSTS_SECONDS", *(f"settings.{name}" for name in names)])
    code = f"import sys; from dps_portal import settings; print({wanted}, file=sys.stderr)"

    assert start(code) == f"{2 * 365 * 24 * 60 * 60} True True True"


def test_production_starts_with_everything_it_needs(start):
    assert start() == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DPS_DEBUG": "1"}, "DPS_DEBUG=1 is refused in production."),
        ({"DPS_KEYS_DIR": None}, "Production needs DPS_KEYS_DIR, a folder of its own keys."),
        (
            {"DPS_ORIGIN": "http://portal.council.gov.uk"},
            "Production needs DPS_ORIGIN, the portal's https:// address.",
        ),
        ({"DPS_ENV": "staging"}, "DPS_ENV is 'staging'; it must be demo or production."),
    ],
)
def test_production_refuses(start, changes, words):
    assert start(**changes) == f"django.core.exceptions.ImproperlyConfigured: {words}"


def test_production_names_a_missing_key(start, tmp_path):
    (tmp_path / "keys" / "bid.key").unlink()

    assert "bid.key is missing or unreadable" in start()

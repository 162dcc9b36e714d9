"""The import contracts hold, and each is shown to fail when it is broken on purpose."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dps_portal", "providers", "tenders", "placements")
APPS = "Apps depend one way"
INSIDE = "Inside an app: the web calls services, services use models, models use rules"
KERNEL = "Inside a kernel or shell app: the same order"
RULES = "Rules know nothing of Django or of storage"
TRAIL = "Only services write the audit trail"


def verdicts(root: Path) -> dict[str, bool]:
    """Each contract, and whether the linter found it kept."""
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run(  # noqa: S603
        [linter, "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = dict(line.rsplit(" ", 1) for line in result.stdout.splitlines() if " " in line)
    return {name: told[name] == "KEPT" for name in (APPS, INSIDE, KERNEL, RULES, TRAIL)}


@pytest.fixture
def tree(tmp_path):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_holds():
    assert verdicts(ROOT) == dict.fromkeys((APPS, INSIDE, KERNEL, RULES, TRAIL), True)


@pytest.mark.parametrize(
    ("contract", "module", "statement"),
    [
        (APPS, "dps_portal/audit/trail.py", "import tenders.states"),
        (INSIDE, "placements/services/__init__.py", "import placements.views"),
        (INSIDE, "tenders/utils.py", "import tenders.states"),
        (KERNEL, "dps_portal/notifications/models.py", "import dps_portal.notifications.views"),
        (RULES, "tenders/rules/scoring.py", "import django.db"),
        (TRAIL, "providers/views/__init__.py", "import dps_portal.audit.trail"),
    ],
)
def test_a_broken_contract_is_named(tree, contract, module, statement):
    path = tree / module
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{statement}\n")

    assert [name for name, kept in verdicts(tree).items() if not kept] == [contract]

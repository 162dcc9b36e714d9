"""``make test``: every check, on SQLite and on PostgreSQL with Redis. The last lines sum it up."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from prepare import PYTHON, ROOT, VENV, prepare
from services import postgresql, redis

RULES = ("providers/rules", "providers/rules.py", "tenders/rules", "placements/rules")
PLAIN = ("clock.py", "money.py", "refusals.py", "agreements/regimes.py", "keyring.py")


def run(*command: str | Path, **env: str) -> bool:
    """Run one command of the virtual environment; whether it passed."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **env, "PATH": path},
        check=False,
    )
    return result.returncode == 0


def manage(*command: str, **env: str) -> bool:
    return run(PYTHON, "manage.py", *command, **env)


def types() -> bool:
    typed = [path for path in RULES if (ROOT / path).exists()]
    return run(
        *("mypy", "--strict", "--ignore-missing-imports", "--follow-imports=silent"),
        *typed,
        *(f"dps_portal/{name}" for name in PLAIN),
    )


def deployment() -> bool:
    """The production settings, with keys of their own, pass Django's deployment check."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "DPS_DATA_DIR": folder,
            "DPS_KEYS_DIR": f"{folder}/keys",
            "DPS_ENV": "production",
            "DPS_ORIGIN": "https://portal.example",
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        }
        make_keys = (
            "import pathlib, sys; from dps_portal import keyring;"
            " keyring.create_missing(pathlib.Path(sys.argv[1]))"
        )
        return run(PYTHON, "-c", make_keys, env["DPS_KEYS_DIR"], DPS_DATA_DIR=folder) and manage(
            "check", "--deploy", "--fail-level", "WARNING", **env
        )


def tests(**env: str) -> bool:
    # Both workers must collect parameters in one order, also those made from sets.
    return run(PYTHON, "-m", "pytest", "-q", "-n", "2", PYTHONHASHSEED="0", **env)


def tests_on_postgresql() -> bool:
    with postgresql() as database, redis() as broker:
        return tests(DATABASE_URL=database, REDIS_URL=broker)


PARTS: dict[str, Callable[[], bool]] = {
    "format": lambda: run("ruff", "format", "--check", "-q", "."),
    "lint": lambda: run("ruff", "check", "-q", "."),
    "import contracts": lambda: run("lint-imports"),
    "types": types,
    "system check": lambda: manage("check"),
    "deployment check": deployment,
    "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
    "tests on PostgreSQL and Redis": tests_on_postgresql,
    "tests on SQLite": tests,
}


def main() -> int:
    prepare(testing=True)
    # A test run never touches the data of a portal that is in use.
    with tempfile.TemporaryDirectory(prefix="dps-check-") as folder:
        os.environ["DPS_DATA_DIR"] = folder
        for name in ("DATABASE_URL", "REDIS_URL", "DPS_ENV", "DPS_DEBUG", "DPS_ORIGIN"):
            os.environ.pop(name, None)
        outcomes = {}
        for name, part in PARTS.items():
            print(f"\n── {name} ──", flush=True)
            start = time.monotonic()
            outcomes[name] = part()
            print(f"{'passed' if outcomes[name] else 'FAILED'} in {time.monotonic() - start:.0f} s")
    failed = [name for name, passed in outcomes.items() if not passed]
    print(
        f"\n{len(outcomes) - len(failed)} parts passed, {len(failed)} failed", *failed, sep="\n  "
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

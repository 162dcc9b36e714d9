"""``make test``: every check, on SQLite and on PostgreSQL with Redis. The last lines sum it up.

The names of some parts as arguments run only those.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from prepare import PYTHON, ROOT, VENV, passes, prepare
from services import postgresql, redis

Parts = dict[str, Callable[[], bool]]
KERNEL = ("clock", "identifiers", "keyring", "money", "refusals", "sealing", "agreements/regimes")
TYPED = (
    "*/rules*",
    "dps_portal/*/rules.py",
    *(f"dps_portal/{name}.py" for name in KERNEL),
)


def run(*command: str | Path, **env: str) -> bool:
    """Run one command of the virtual environment; whether it passed."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return passes(*command, env={**os.environ, **env, "PATH": path})


def manage(*command: str, **env: str) -> bool:
    return run(PYTHON, "manage.py", *command, **env)


def types() -> bool:
    typed = [path for pattern in TYPED for path in sorted(ROOT.glob(pattern))]
    return run("mypy", "--strict", "--ignore-missing-imports", "--follow-imports=silent", *typed)


def deployment() -> bool:
    """The production settings, with keys of their own, pass Django's deployment check."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "DPS_DATA_DIR": folder,
            "DPS_KEYS_DIR": f"{folder}/keys",
            "DPS_ENV": "production",
            "DPS_ORIGIN": "https://portal.example",
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
            "DPS_CLAMAV": "127.0.0.1:3310",
        }
        make_keys = (
            "import pathlib, sys; from dps_portal import keyring;"
            " keyring.create_missing(pathlib.Path(sys.argv[1]))"
        )
        return run(PYTHON, "-c", make_keys, env["DPS_KEYS_DIR"], DPS_DATA_DIR=folder) and manage(
            "check", "--deploy", "--fail-level", "WARNING", **env
        )


def tests(marked: str, **env: str) -> bool:
    """In one run: a worker's database takes as long to make as the longest test.

    Each worker begins with its half, so that what a folder sets up once serves all its tests, and
    takes over from the other when it is done.
    """
    # Both workers must collect parameters in one order, also those made from sets.
    command = (PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m", marked)
    return run(*command, "--durations=40", PYTHONHASHSEED="0", **env)


def tests_on_postgresql(marked: str) -> bool:
    with postgresql() as database, redis() as broker:
        return tests(marked, DATABASE_URL=database, REDIS_URL=broker)


PARTS: Parts = {
    "format": lambda: run("ruff", "format", "--check", "-q", "."),
    "lint": lambda: run("ruff", "check", "-q", "."),
    "contracts": lambda: run("lint-imports"),
    "types": types,
    "check": lambda: manage("check"),
    "deployment": deployment,
    "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
    "postgresql": lambda: tests_on_postgresql("not bench and not one_engine"),
    "sqlite": lambda: tests("not bench"),
}
NEEDS = {"postgresql": {"postgresql", "redis-server"}}
JOURNEYS = {"postgresql", "sqlite"}  # the parts in which a browser walks


def attempt(name: str, part: Callable[[], bool], lacking: set[str]) -> str:
    """How one part went: passed, FAILED or could not run."""
    print(f"\n── {name} ──", flush=True)
    if lacks := NEEDS.get(name.removesuffix("-bench"), set()) & lacking:
        return f"could not run without {', '.join(sorted(lacks))}"
    start = time.monotonic()
    try:
        outcome = "passed" if part() else "FAILED"
    except (OSError, subprocess.CalledProcessError) as error:
        print(error, getattr(error, "stderr", ""))
        outcome = "FAILED"
    outcome += f" in {time.monotonic() - start:.0f} s"
    if name in JOURNEYS and "chromium" in lacking:
        outcome += ", but its journeys could not run without chromium"
    return outcome


def main(*names: str, parts: Parts) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # and the servers with it
    if unknown := set(names) - set(parts):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}.")
    lacking = set(prepare(testing=True))
    # A test run never touches the data of a portal that is in use.
    with tempfile.TemporaryDirectory(prefix="dps-check-") as folder:
        for name in list(os.environ):
            if name.startswith("DPS_") or name in {"DATABASE_URL", "REDIS_URL"}:
                del os.environ[name]
        os.environ["DPS_DATA_DIR"] = folder
        outcomes = {name: attempt(name, parts[name], lacking) for name in names or parts}
    print()
    for name, outcome in outcomes.items():
        print(f"{name:20} {outcome}")
    if lacking:
        print(f"Not installed: {', '.join(sorted(lacking))}")
    failed = any(outcome.startswith("FAILED") for outcome in outcomes.values())
    return int(failed or (bool(lacking) and os.environ.get("CI") == "true"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], parts=PARTS))

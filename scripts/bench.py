"""``make bench``: the tests that have a full size, at that size, and the figures of speed.

Both on each engine. The figures make the table of docs/figures.md; the names of some parts as
arguments run only those.
"""

import sys
import tempfile
from pathlib import Path

from check import Parts, main, run, tests, tests_on_postgresql
from prepare import PYTHON, ROOT
from services import postgresql

TABLE = ROOT / "docs" / "figures.md"


def figures() -> bool:
    """At national scale and twenty times that; hours on SQLite."""
    with tempfile.TemporaryDirectory(prefix="dps-figures-") as folder:
        files = [Path(folder) / f"{engine}.json" for engine in ("postgresql", "sqlite")]
        started = Path(folder) / "starts.json"
        if not run(PYTHON, "-m", "tests.bench.starts", started):
            return False
        with postgresql() as database:
            done = run(PYTHON, "-m", "tests.bench", files[0], DATABASE_URL=database)
        own = f"sqlite:///{folder}/portal.sqlite3"
        done = run(PYTHON, "-m", "tests.bench", files[1], DATABASE_URL=own) and done
        made = [file for file in files if file.exists()]
        return run(PYTHON, "-m", "tests.bench.report", TABLE, started, *made) and done


PARTS: Parts = {
    "postgresql-bench": lambda: tests_on_postgresql("bench"),
    "sqlite-bench": lambda: tests("bench"),
    "figures": figures,
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], parts=PARTS))

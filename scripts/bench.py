"""``make bench``: the tests that have a full size, at that size, on both engines."""

import sys

from check import Parts, main, tests, tests_on_postgresql

PARTS: Parts = {
    "postgresql-bench": lambda: tests_on_postgresql("bench"),
    "sqlite-bench": lambda: tests("bench"),
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], parts=PARTS))

"""The tests' own environment, set before Django's settings are read (``-p`` in pyproject.toml)."""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="dps-test-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ.update(
    DPS_DATA_DIR=_FOLDER,
    DPS_KEYS_DIR=f"{_FOLDER}/keys",
    DPS_ENV="demo",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # the browser driver runs an event loop beside the ORM
)

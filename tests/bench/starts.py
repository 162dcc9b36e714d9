"""``python -m tests.bench.starts FILE``: from ``make run`` in a fresh clone to the first page (§1).

First with empty caches of packages, then again with what the first start has left.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 900  # seconds


def seconds_to_first_page(clone: Path, **env: str) -> float:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    start = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "scripts/run.py"], cwd=clone, env={**os.environ, **env, "PORT": str(port)}
    )
    try:
        while not answers(port):
            if running.poll() is not None or time.monotonic() - start > PATIENCE:
                raise RuntimeError("The portal did not come up.")
            time.sleep(0.1)
        return time.monotonic() - start
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()


def answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as server:
            server.request("GET", "/", headers={"Host": f"localhost:{port}"})
            return server.getresponse().status == 200
    except OSError:
        return False


def main(out: str) -> None:
    with tempfile.TemporaryDirectory(prefix="dps-start-") as folder:
        clone, caches = Path(folder, "clone"), Path(folder, "caches")
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)  # noqa: S603, S607
        empty = {
            "XDG_CACHE_HOME": str(caches),
            "PIP_CACHE_DIR": str(caches / "pip"),
            "npm_config_cache": str(caches / "npm"),
            "DPS_DATA_DIR": str(Path(folder, "data")),
        }
        found = {name: seconds_to_first_page(clone, **empty) for name in ("cold", "again")}
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

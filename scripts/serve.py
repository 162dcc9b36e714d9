"""Runs web server, worker and the one beat as one foreground tree. Started by ``run.py``.

Each stops by its own orderly end, which a signal to its whole process group would spoil: that
kills the worker's children in the middle of a report. Hence no ready-made process manager.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

BIN = Path(sys.executable).parent
GRACE = 40  # seconds; a report may take 30
CELERY = (f"{BIN}/celery", "--app", "dps_portal", "--quiet")


def parts(port: str, data: str) -> dict[str, tuple[str, ...]]:
    return {
        "web server": (
            *(f"{BIN}/gunicorn", "dps_portal.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--access-logfile", f"{data}/access.log", "--log-level", "warning"),
        ),
        "worker": (*CELERY, "worker", "--concurrency", "2", "--loglevel", "ERROR"),
        "beat": (*CELERY, "beat", "--loglevel", "ERROR"),
    }


def serve(commands: dict[str, tuple[str, ...]]) -> int:
    """Run until asked to stop, or until one of them ends by itself, which is a failure."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    # close_fds=False: each holds the lock that run.py took, so that there is never a second beat.
    processes = {
        name: subprocess.Popen(command, start_new_session=True, close_fds=False)
        for name, command in commands.items()
    }
    ended = []
    while not ended and not asked.wait(0.2):
        ended = [name for name, process in processes.items() if process.poll() is not None]
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes.values():
        try:
            process.wait(timeout=max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    print("The portal has stopped", f"because its {ended[0]} did." if ended else "in good order.")
    return 1 if ended else 0


if __name__ == "__main__":
    sys.exit(serve(parts(*sys.argv[1:])))

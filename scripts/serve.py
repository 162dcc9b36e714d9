"""Runs web server, worker and the one beat as one foreground tree. Started by ``run.py``.

Each stops by its own orderly end, which a signal to its whole process group would spoil: that
kills the worker's children in the middle of a report. Hence no ready-made process manager.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
GRACE = 40  # seconds; a report may take 30
CELERY = [f"{BIN}/celery", "--app", "dps_portal", "--quiet"]
COMMANDS = (
    [
        *(f"{BIN}/gunicorn", "dps_portal.wsgi", "--bind", f"127.0.0.1:{sys.argv[1]}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--graceful-timeout", "20", "--log-level", "warning"),
    ],
    [*CELERY, "worker", "--concurrency", "2", "--loglevel", "ERROR"],
    [*CELERY, "beat", "--loglevel", "ERROR"],
)

processes = [subprocess.Popen(command, start_new_session=True) for command in COMMANDS]


def stop(*_) -> None:
    for process in processes:
        process.terminate()


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
while all(process.poll() is None for process in processes):
    time.sleep(0.2)
stop()
deadline = time.monotonic() + GRACE
for process in processes:
    try:
        process.wait(timeout=max(deadline - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        process.kill()
print("The portal has stopped.")

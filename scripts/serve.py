"""Runs web server, worker and beat as one process tree. Started by ``run.py``."""

import sys
from pathlib import Path

from honcho import manager

BIN = Path(sys.executable).parent
CELERY = f"{BIN}/celery --app dps_portal --quiet"

# A worker may be in the middle of a report: give it longer than honcho's five seconds.
manager.KILL_WAIT = 35

processes = manager.Manager()
processes.add_process(
    "web",
    f"exec {BIN}/gunicorn dps_portal.wsgi --bind 127.0.0.1:{sys.argv[1]} --log-level warning "
    "--worker-class gthread --workers 2 --threads 4 --graceful-timeout 20",
)
processes.add_process("worker", f"exec {CELERY} worker --concurrency 2 --loglevel WARNING")
processes.add_process("beat", f"exec {CELERY} beat --loglevel WARNING")
processes.loop()
sys.exit(processes.returncode)

"""Has the portal loaded, and forks its web server, a worker or a beat whenever it is told to.

So the one after a kill is up at once. It is the gunicorn and the Celery of production, but that
their sweeps may come quicker and that static files need not be collected. ``portal.py`` talks to it.
"""

import contextlib
import importlib
import os
import signal
import sys


def web(port: str, *options: str) -> None:
    from gunicorn.app.wsgiapp import WSGIApplication

    quiet = ("--log-level", "critical", "--access-logfile", os.devnull)
    sys.argv = ["gunicorn", "dps_portal.wsgi", "--bind", f"127.0.0.1:{port}", *quiet, *options]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


def worker() -> None:
    from dps_portal.celery import app

    name = f"{os.getpid()}@%h"
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    app.worker_main(["worker", "--pool", "solo", "--loglevel", "CRITICAL", "-n", name, *alone])


def beat(seconds: str, *tasks: str) -> None:
    from django.conf import settings

    from dps_portal.celery import app

    app.conf.beat_schedule = {
        name: {"task": name, "schedule": float(seconds), "options": {"expires": 60}}
        for name in tasks
    }
    schedule = str(settings.DATA_DIR / "schedule-of-the-nursery")
    app.start(["beat", "--schedule", schedule, "--loglevel", "CRITICAL"])


def say(words) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def nursery(prepared_by: str) -> None:
    import django
    from django.conf import settings
    from django.db import connections

    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    django.setup()
    importlib.import_module("dps_portal.wsgi")
    importlib.import_module("dps_portal.urls")
    if prepared_by:
        module, _, name = prepared_by.partition(":")
        getattr(importlib.import_module(module), name)()
    connections.close_all()
    parts = {"web": web, "worker": worker, "beat": beat}
    say("ready")
    children = []
    for line in sys.stdin:
        part, *facts = line.split()
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(0, 1)
            parts[part.partition("-")[0]](*facts)
            os._exit(0)
        with contextlib.suppress(PermissionError):  # it has done so itself
            os.setpgid(child, child)
        children.append(child)
        say(child)
    for child in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # killed already
            os.killpg(child, signal.SIGKILL)


if __name__ == "__main__":
    nursery(*sys.argv[1:])

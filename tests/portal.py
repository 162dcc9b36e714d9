"""The portal's own processes – web server, worker, beat – for tests that crowd or kill them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.providers.test_kill import ROOT, address


class Portal:
    def __init__(self, nursery: subprocess.Popen):
        self.nursery = nursery
        self.groups: dict[str, int] = {}

    def start(self, part: str, *facts) -> None:
        """``part`` may have a number, as in ``worker-2``."""
        print(part, *facts, file=self.nursery.stdin, flush=True)
        self.groups[part] = int(self.nursery.stdout.readline())

    def start_web(self, *options) -> str:
        """The ``host:port`` at which it answers by now."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.start("web", port, *options)
        until_it_listens(port)
        return f"127.0.0.1:{port}"

    def kill(self, part: str) -> None:
        """With all its children. The nursery never waits for it, so its number is nobody else's."""
        os.killpg(self.groups.pop(part), signal.SIGKILL)


def until_it_listens(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError


@contextmanager
def portal(*, prepared_by: str = "", **env) -> Iterator[Portal]:
    """A nursery on the tests' own database; ``prepared_by`` is a function ``module:name``."""
    more = {"DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "dps_portal.settings"}
    nursery = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.nursery", prepared_by],
        cwd=ROOT,
        env=os.environ | more | env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with nursery:
        assert nursery.stdout.readline() == "ready\n"
        running = Portal(nursery)
        try:
            yield running
        finally:
            for part in list(running.groups):
                running.kill(part)
            nursery.stdin.close()

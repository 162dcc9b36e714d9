"""A throwaway PostgreSQL and Redis for the tests, on free ports of this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prepare import POSTGRESQL

OWNER = "postgres"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_owner(*command: str) -> None:
    """PostgreSQL refuses to run as root, so root runs it as its own user."""
    prefix = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty server that lives as long as the block."""
    tools = max(POSTGRESQL.glob("*/bin"), key=lambda path: float(path.parent.name))
    folder = Path(tempfile.mkdtemp(prefix="dps-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
    data, port = str(folder / "data"), free_port()
    settings = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 "
        "-c jit=off"
    )
    control = [str(tools / "pg_ctl"), "-D", data, "-w"]
    as_owner(str(tools / "initdb"), "-D", data, "-A", "trust", "-U", OWNER, "--no-sync")
    as_owner(*control, "-l", str(folder / "log"), "-o", settings, "start")
    try:
        yield f"postgresql://{OWNER}@127.0.0.1:{port}/postgres"
    finally:
        as_owner(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """The address of an empty server that lives as long as the block."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dps-redis-") as folder:
        server = subprocess.Popen(
            [
                *("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder),
                *("--save", "", "--appendonly", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(timeout=10)

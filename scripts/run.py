"""``make run``: sets up, migrates, seeds the demonstration once, and starts the portal.

Web server, worker and the one beat are a single foreground process tree: Ctrl-C stops them all.
"""

import fcntl
import os
import socket
import sys
from pathlib import Path

from prepare import PYTHON, ROOT, do, once, prepare, stop

PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://localhost:{PORT}"
DATA = Path(os.environ.get("DPS_DATA_DIR", ROOT / "var")).resolve()


def take_lock() -> None:
    """Hold the lock of this data folder until the last process of the portal ends."""
    DATA.mkdir(parents=True, exist_ok=True)
    lock = os.open(DATA / "portal.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stop(f"The portal is already running at {os.read(lock, 200).decode().strip()}.")
    os.truncate(lock, 0)
    os.write(lock, ADDRESS.encode())
    os.set_inheritable(lock, True)  # it outlives this process, which becomes the supervisor


def check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            stop(f"Port {PORT} is taken. Choose another: PORT={PORT + 1} make run")


def main() -> None:
    take_lock()
    check_port()
    prepare()
    os.environ.setdefault("DPS_ORIGIN", ADDRESS)
    static = [path for path in sorted((ROOT / "static").rglob("*")) if path.is_file()]
    done = once("static", *static)
    if done or not (DATA / "static").is_dir():
        do(PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        if done:
            done()
    do(PYTHON, "manage.py", "set_up_demo")
    print(f"\nThe portal is at {ADDRESS}  (Ctrl-C stops it)\n")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "scripts/serve.py", str(PORT), str(DATA)])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Stopped before the portal was up. Starting it again goes on from there.")

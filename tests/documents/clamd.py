"""Scanners for the tests: ClamAV's own daemon where it is installed, else one as small."""

import os
import shutil
import socketserver
import struct
import subprocess
import threading
import time
from contextlib import contextmanager, suppress

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
KINDS = ["small", "clamd"] if CLAMD else ["small"]


class SmallScanner(socketserver.ThreadingTCPServer):
    """Speaks INSTREAM, knows one virus. ``answers`` replaces what it says; ``scans`` counts."""

    allow_reuse_address = True

    def __init__(self, *, answers=None, waits_for=1):
        super().__init__(("127.0.0.1", 0), _Line)
        self.answers = answers
        self.scans = 0
        self.together = threading.Barrier(waits_for)

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class _Line(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.scans += 1
        with suppress(threading.BrokenBarrierError):
            self.server.together.wait(timeout=0.5)
        said = b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0"
        self.wfile.write(said if self.server.answers is None else self.server.answers)


@contextmanager
def small_scanner(**options):
    with SmallScanner(**options) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def clamav(folder):
    """The daemon itself, with a database of one signature; yields its address."""
    (folder / "db").mkdir()
    (folder / "db" / "local.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    line, config = folder / "clamd.sock", folder / "clamd.conf"
    config.write_text(f"DatabaseDirectory {folder}/db\nLocalSocket {line}\nForeground yes\n")
    daemon = subprocess.Popen([CLAMD, "-c", config], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        for _ in range(200):
            if line.exists():
                break
            assert daemon.poll() is None, "clamd did not start"
            time.sleep(0.05)
        yield f"unix:{line}"
    finally:
        daemon.terminate()
        daemon.wait(timeout=10)

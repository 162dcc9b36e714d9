"""One command to run, one to test: what they refuse, what they skip, and how they stop."""

import fcntl
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def script(monkeypatch):
    """A module of scripts/, loaded afresh."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))

    def load(name):
        for each in ("prepare", "run", "check", "services", "serve"):
            monkeypatch.delitem(sys.modules, each, raising=False)
        return importlib.import_module(name)

    yield load
    for each in ("prepare", "run", "check", "services", "serve"):
        sys.modules.pop(each, None)


def test_an_older_python_is_told_what_is_needed(script, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is"):
        script("prepare")


def test_a_step_is_done_again_only_when_its_sources_change(script, monkeypatch, tmp_path):
    prepare = script("prepare")
    monkeypatch.setattr(prepare, "STAMPS", tmp_path / "stamps")
    source = tmp_path / "requirements.txt"
    source.write_text("one")

    assert prepare.once("step", source)  # not done yet, since it did not say so
    prepare.once("step", source)()
    assert prepare.once("step", source) is None
    source.write_text("two")
    assert prepare.once("step", source)


def test_packages_that_may_not_be_installed_are_named(script, monkeypatch):
    prepare = script("prepare")
    monkeypatch.setattr(prepare.shutil, "which", lambda _: None)  # neither apt-get nor sudo
    monkeypatch.setattr(
        prepare, "TO_RUN", {"gcc": lambda: False, "libpq-dev": lambda: False, "make": lambda: True}
    )
    with pytest.raises(SystemExit, match=r"Install these packages, .*: gcc libpq-dev$"):
        prepare.prepare()


def test_packages_are_installed_where_they_may_be(script, monkeypatch):
    prepare = script("prepare")
    ran = []
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(prepare.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(prepare, "passes", lambda *command, **_: not ran.append(command))

    lacking = prepare.install_system_packages({"gcc": lambda: len(ran) == 2})

    assert [command[:2] for command in ran] == [("sudo", "-n")] * 2
    assert ["update" in ran[0], ran[1][-1], lacking] == [True, "gcc", []]


def test_pip_takes_over_when_uv_reaches_no_registry(script, monkeypatch):
    prepare = script("prepare")
    ran = []
    monkeypatch.setattr(prepare.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        prepare, "passes", lambda *command, **_: bool(ran.append(command)) or command[1] == "-m"
    )
    prepare.pip_install("Django")
    assert [command[:3] for command in ran] == [
        ("/usr/bin/uv", "pip", "install"),
        (prepare.PYTHON, "-m", "pip"),
    ]


def test_a_second_start_says_where_the_first_is(script, monkeypatch, tmp_path):
    run = script("run")
    monkeypatch.setattr(run, "DATA", tmp_path)
    holder = os.open(tmp_path / "portal.lock", os.O_RDWR | os.O_CREAT)
    os.write(holder, b"http://localhost:8765")
    fcntl.flock(holder, fcntl.LOCK_EX)
    try:
        with pytest.raises(SystemExit, match="already running at http://localhost:8765"):
            run.take_lock()
    finally:
        os.close(holder)
    run.take_lock()  # the holder is gone
    assert (tmp_path / "portal.lock").read_text() == run.ADDRESS


def test_a_taken_port_is_named(script, monkeypatch):
    run = script("run")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(run, "PORT", port)
        with pytest.raises(SystemExit, match=f"Port {port} is taken.*PORT={port + 1} make run"):
            run.check_port()


def test_all_parts_stop_when_asked(tmp_path):
    told = tmp_path / "told"
    orderly = (
        "import pathlib, signal, sys, time\n"
        f"def end(*_): time.sleep(0.3); pathlib.Path({str(told)!r}).write_text('end'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\ntime.sleep(60)"
    )
    server = serving({"one": (sys.executable, "-c", orderly), "two": SLEEP})
    assert server.stdout.readline() == "up\n"
    server.send_signal(signal.SIGTERM)

    assert server.communicate(timeout=20)[0] == "The portal has stopped in good order.\n"
    assert (server.returncode, told.read_text()) == (0, "end")


def test_a_part_that_ends_by_itself_ends_the_portal():
    started = time.monotonic()
    server = serving({"web server": SLEEP, "beat": (sys.executable, "-c", "")})

    assert "because its beat did" in server.communicate(timeout=20)[0]
    assert server.returncode == 1
    assert time.monotonic() - started < 20


def serving(commands):
    program = f"import sys; sys.path.insert(0, 'scripts'); import serve; sys.exit(serve.serve({commands!r}))"
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_part_that_cannot_run_is_named_and_fails_ci(script, monkeypatch, capsys):
    check = script("check")
    monkeypatch.setattr(check, "prepare", lambda testing: ["chromium", "redis-server"])
    monkeypatch.setattr(check, "signal", SimpleNamespace(signal=lambda *_: None, SIGTERM=15))
    monkeypatch.setattr(check.os, "environ", {**os.environ, "CI": ""})
    parts = {"format": lambda: True, "postgresql": lambda: True, "sqlite": lambda: True}

    assert check.main(parts=parts) == 0
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "format               passed in 0 s",
        "postgresql           could not run without redis-server",
        "sqlite               passed in 0 s, but its journeys could not run without chromium",
        "Not installed: chromium, redis-server",
    ]
    check.os.environ["CI"] = "true"
    assert check.main(parts=parts) == 1


def test_a_failed_part_fails_the_run(script, monkeypatch, capsys):
    check = script("check")
    monkeypatch.setattr(check, "prepare", lambda testing: [])
    monkeypatch.setattr(check, "signal", SimpleNamespace(signal=lambda *_: None, SIGTERM=15))
    monkeypatch.setattr(check.os, "environ", dict(os.environ))
    parts = {"format": lambda: True, "lint": lambda: False}

    assert check.main("format", parts=parts) == 0
    assert check.main(parts=parts) == 1
    assert "FAILED in 0 s" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no part rust; there are format, lint"):
        check.main("rust", parts=parts)


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_skipped_test_fails_ci(tmp_path, ci, code):
    (tmp_path / "test_nothing.py").write_text(
        "import pytest\n\ndef test_nothing():\n    pytest.skip('no browser')\n"
    )
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish\n")
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", tmp_path],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        check=False,
    )
    assert result.returncode == code, result.stdout
    assert (b"in CI that is a failure" in result.stdout) == bool(code)


def test_the_driver_is_the_mandated_one():
    """A package that pulls psycopg 3 would switch it silently; SQLite needs neither."""
    if connection.vendor == "postgresql":
        assert connection.Database.__name__ == "psycopg2"
    else:
        program = "import django, sys; django.setup(); sys.exit('psycopg2' in sys.modules)"
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "dps_portal.settings"}
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, check=True)  # noqa: S603

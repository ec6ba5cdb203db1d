"""Make the program's own environment in `.venv` from `requirements.lock`, with nothing but Python's library.

Run by the Makefile before every target. It does nothing when the lock file and pyproject.toml are as they
were at the last run. Packages come from whatever index the machine's pip is set up to use: uv does not read
pip's settings, so an index named there is handed on to it, and if uv cannot install, pip does.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
PYTHON = VENV / "bin" / "python"
MINIMUM = (3, 11)
INTERPRETER = VENV / ".interpreter"


def say(text: str) -> None:
    """Print one line of progress at once, also when stdout is a pipe."""
    print(f"setup: {text}", flush=True)


def interpreter() -> str:
    """What the environment itself depends on: this Python and the folder (scripts carry its path)."""
    return f"{sys.version}|{ROOT}"


def fingerprint() -> str:
    """Hash of everything that decides what is installed."""
    project = (ROOT / "pyproject.toml").read_text("utf-8").split("[tool.", 1)[0]
    digest = hashlib.sha256(f"{interpreter()}|{project}".encode())
    digest.update((ROOT / "requirements.lock").read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    """Create `.venv`; exits with what to install when the system's Python cannot."""
    say(f"making .venv with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode == 0:
        INTERPRETER.write_text(interpreter())
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    sys.exit(
        f"{made.stdout}{made.stderr}\nsetup: this Python cannot make a virtual environment.\n"
        f"On Debian or Ubuntu: apt-get install python3-venv (or python{version}-venv), then run make again."
    )


def uv_environment() -> dict[str, str]:
    """The environment for uv, with pip's index settings translated unless uv has its own."""
    environment = dict(os.environ)
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    for line in listed.splitlines():
        key, _, quoted = line.partition("=")
        value = quoted.strip().strip("'\"")
        if key.endswith(".index-url") and value:
            environment.setdefault("UV_DEFAULT_INDEX", value)
        if key.endswith((".cert", ".client-cert")) and value and "client" not in key:
            environment.setdefault("SSL_CERT_FILE", value)
    environment.setdefault("UV_HTTP_TIMEOUT", "120")
    environment.setdefault("UV_LINK_MODE", "copy")
    return environment


def install() -> None:
    """Install the locked packages, hashes checked, and then the program itself in place."""
    lock = str(ROOT / "requirements.lock")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    say("installing packages from requirements.lock")
    uv = VENV / "bin" / "uv"
    fast = uv.exists() or subprocess.run([*pip, "install", "-q", "uv"], check=False).returncode == 0
    if fast:
        command = [str(uv), "pip", "install", "--python", str(PYTHON), "-q", "--require-hashes", "-r", lock]
        fast = subprocess.run(command, env=uv_environment(), check=False).returncode == 0
    if not fast:
        say("uv could not install them; trying pip")
        subprocess.run([*pip, "install", "-q", "--require-hashes", "-r", lock], check=True)
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)


def main() -> None:
    """Bring `.venv` up to date; prints nothing when there is nothing to do."""
    if sys.version_info < MINIMUM:
        sys.exit(f"setup: Remit needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.")
    mark = fingerprint()
    if STAMP.exists() and STAMP.read_text() == mark:
        return
    started = time.monotonic()
    if not INTERPRETER.exists() or INTERPRETER.read_text() != interpreter():
        make_venv()
    try:
        install()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"setup: {failed.cmd[3]} failed (see above). Is the package index reachable?")
    STAMP.write_text(mark)
    say(f"ready in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()

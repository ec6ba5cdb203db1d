"""Files with secrets in REMIT_HOME/secrets: readable by their owner only, made once, never logged."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def folder(home: Path) -> Path:
    """REMIT_HOME/secrets, made with mode 0700."""
    path = home / "secrets"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def read_or_make(home: Path, name: str) -> str:
    """The secret `name`, made at first use. Two processes at once agree on one value."""
    path = folder(home) / name
    made = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)  # fails when another process was first; then we take its value
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text("ascii").strip()

"""The public data sets that lie beside the checkout, outside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """REMIT_REFERENCE_DATA, or `shared/data` beside the repository."""
    return Path(os.environ.get("REMIT_REFERENCE_DATA") or ROOT.parent / "shared" / "data")


def reference(name: str) -> Path:
    """The file or folder `name` of the reference data; skips the test, saying why, when it is not there."""
    path = folder() / name
    if not path.exists():
        pytest.skip(f"reference data {name} is not beside the checkout (set REMIT_REFERENCE_DATA)")
    return path

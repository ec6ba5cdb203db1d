"""The templates that ship with Remit: the folder `library` of a checkout, or its copy inside an installed package."""

from __future__ import annotations

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[4] / "library"
_INSTALLED = Path(__file__).resolve().parents[2] / "shipped" / "library"


def folder() -> Path:
    """Where the shipped templates lie."""
    return _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED


def texts() -> dict[str, str]:
    """Every shipped template by file name."""
    return _read(folder())


def sequences() -> dict[str, str]:
    """Every shipped sequence by file name."""
    return _read(folder() / "sequences")


def _read(where: Path) -> dict[str, str]:
    return {
        path.name: path.read_text("utf-8") for path in sorted(where.glob("*.md")) if path.name != "README.md"
    }

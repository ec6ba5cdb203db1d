"""Files that others read: there is the whole one under its name, or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path, *, encoding: str = "utf-8", newline: str | None = None) -> Iterator[IO[str]]:
    """A text file to write, which takes the name `path` when the block ends well and is gone when it does not.

    Raises FileExistsError when there is one by then, and OSError (a full disk among others).
    """
    _must_be_free(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("x", encoding=encoding, newline=newline) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _must_be_free(path)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _must_be_free(path: Path) -> None:
    if path.exists():
        raise FileExistsError(path)

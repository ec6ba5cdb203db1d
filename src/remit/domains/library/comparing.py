"""Two versions of a template side by side. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal


@dataclass(frozen=True, slots=True)
class Row:
    """One line beside its counterpart; `what`: same, changed, added, removed, or skipped (so many equal lines)."""

    what: Literal["same", "changed", "added", "removed", "skipped"]
    before: str
    after: str
    before_number: int | None
    after_number: int | None


def side_by_side(before: str, after: str, around: int = 3) -> Iterator[Row]:
    """Both texts line by line, with `around` equal lines about each change; longer equal stretches are skipped."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    blocks = matcher.get_opcodes()
    for place, (tag, i1, i2, j1, j2) in enumerate(blocks):
        if tag == "equal":
            yield from _equal(
                old[i1:i2], i1, j1, 0 if place == 0 else around, 0 if place == len(blocks) - 1 else around
            )
            continue
        for step, (one, two) in enumerate(zip_longest(old[i1:i2], new[j1:j2])):
            yield Row(
                "added" if one is None else "removed" if two is None else "changed", one or "", two or "",
                None if one is None else i1 + step + 1, None if two is None else j1 + step + 1,
            )  # fmt: skip


def _equal(lines: list[str], i: int, j: int, head: int, tail: int) -> Iterator[Row]:
    cut = len(lines) - head - tail
    for step, line in enumerate(lines):
        if cut > 1 and head <= step < len(lines) - tail:
            if step == head:
                yield Row("skipped", f"{cut} equal lines", "", None, None)
            continue
        yield Row("same", line, line, i + step + 1, j + step + 1)


def unified(before: str, after: str, before_name: str, after_name: str) -> str:
    """A unified diff, for a terminal."""
    return "\n".join(
        difflib.unified_diff(before.splitlines(), after.splitlines(), before_name, after_name, lineterm="")
    )

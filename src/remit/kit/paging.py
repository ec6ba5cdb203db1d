"""Paging by key: a cursor names the last row seen, so page 10,000 costs as much as page 1."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Key = tuple[str | int | float | bool | None, ...]
MAX_SIZE = 500
_MAX_CURSOR = 2_000


class CursorInvalid(ValueError):
    """The cursor was not made by `encode`, or for a list with another order."""

    code = "cursor_invalid"


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list; `next` is the cursor of the page after it, None on the last."""

    rows: tuple[T, ...]
    next: str | None


def encode(key: Key) -> str:
    """The cursor for the row with this sort key, safe in an address."""
    body = json.dumps(key, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def decode(cursor: str, length: int) -> Key:
    """The sort key inside a cursor, which must have `length` parts. Raises CursorInvalid for anything else."""
    if len(cursor) > _MAX_CURSOR:
        raise CursorInvalid("this page address is too long to be one of ours")
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeError, binascii.Error, ValueError, RecursionError) as error:
        raise CursorInvalid("this page address is not one of ours") from error
    if not isinstance(key, list) or len(key) != length or not all(map(_can_be_key, key)):
        raise CursorInvalid("this page address belongs to another list")
    return tuple(key)


def as_texts(cursor: str, length: int) -> tuple[str, ...]:
    """The sort key inside a cursor as texts, for SQL that casts each part: a part of another type is then a value
    that cannot be read (400), never a cast that PostgreSQL does not have (a fault). Raises CursorInvalid."""
    return tuple(str(part) for part in decode(cursor, length))


def past(
    cursor: str, key: str, kind: str, row_id: str, *, descending: bool = False
) -> tuple[str, dict[str, str]]:
    """The SQL condition for the rows after a cursor in a list ordered by `key` (of the SQL type `kind`), then by `row_id`, and
    its parameters `after_key` and `after_id`. The three are SQL of ours, never input. Raises CursorInvalid."""
    after_key, after_id = as_texts(cursor, 2)
    sign = "<" if descending else ">"
    condition = f"({key}, {row_id}) {sign} (CAST(:after_key AS {kind}), CAST(:after_id AS uuid))"
    return condition, {"after_key": after_key, "after_id": after_id}


def as_key(value: Any) -> str | int:
    """A sort key from the database as a part of a cursor: dates and instants as ISO text, texts and whole numbers as they are."""
    return value.isoformat() if isinstance(value, date) else value


def _can_be_key(part: object) -> bool:
    """Whether PostgreSQL could hold this: no NUL, no half of a surrogate pair, no NaN or infinity."""
    if isinstance(part, str):
        return "\x00" not in part and not any("\ud800" <= mark <= "\udfff" for mark in part)
    return part is None or (isinstance(part, int | float) and math.isfinite(part))


def size(asked: int | None, default: int = 50) -> int:
    """The number of rows of a page: `asked` within 1…MAX_SIZE."""
    return default if asked is None else min(max(asked, 1), MAX_SIZE)


def page(rows: Sequence[T], wanted: int, key: Callable[[T], Key]) -> Page[T]:
    """A page from `rows`, of which `wanted + 1` were asked for, to see whether there are more."""
    if len(rows) <= wanted:
        return Page(tuple(rows), None)
    kept = tuple(rows[:wanted])
    return Page(kept, encode(key(kept[-1])))

"""Sorting, filtering and keyset paging of lists, as pages ask for it in their address.

A list's address carries `sort` (a column, `-` before it for descending), `after` (an opaque cursor: the sort values
and id of the last row seen) and filters. Nothing counts pages; a page number cannot be asked for.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request

from remit.web.problems import BadRequest

PAGE_ROWS = 50
CURSOR_LIMIT = 600
FILTER_LIMIT = 200

CursorValue = str | int | float | bool | None


def encode_cursor(values: Sequence[CursorValue]) -> str:
    """An opaque cursor for the sort values and id of a row; instants and ids as text."""
    text = json.dumps(list(values), separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[CursorValue]:
    """The values of a cursor. Raises BadRequest for anything that we did not make."""
    if len(cursor) > CURSOR_LIMIT:
        raise BadRequest("This place in the list does not exist; start again from the first page.")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, UnicodeError, RecursionError) as error:
        raise BadRequest("This place in the list does not exist; start again from the first page.") from error
    plain = isinstance(values, list) and all(v is None or isinstance(v, str | int | float) for v in values)
    if not plain or any(isinstance(v, str) and "\x00" in v for v in values):
        raise BadRequest("This place in the list does not exist; start again from the first page.")
    return list(values)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: `key` sorts by it when `sortable`; `kind` is text, number, money, time or day."""

    key: str
    title: str
    sortable: bool = False
    kind: str = "text"
    phone: bool = True


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What an address asks of a list. `sort` is a column's key; `after` the cursor's values, None for the first page."""

    path: str
    sort: str
    descending: bool
    after: tuple[CursorValue, ...] | None
    filters: Mapping[str, str] = field(default_factory=dict)
    limit: int = PAGE_ROWS

    def address(self, *, cursor: str | None = None, sort: str | None = None, **filters: str) -> str:
        """The address of the same list with another cursor, order or filter ("" removes one)."""
        order = sort if sort is not None else ("-" if self.descending else "") + self.sort
        merged = {**self.filters, **filters, "sort": order, "after": cursor or ""}
        query = urlencode({key: value for key, value in merged.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def sort_address(self, key: str) -> str:
        """The address that sorts by `key`; the other way round when it is sorted by it already."""
        down = key == self.sort and not self.descending
        return self.address(sort=("-" if down else "") + key)


def list_request(
    request: Request, *, sorts: Sequence[str], default: str, filters: Sequence[str] = ()
) -> ListRequest:
    """Read and check a list's address. `default` may start with `-`. Raises BadRequest for an unknown order."""
    query = request.query_params
    order = query.get("sort") or default
    key = order.removeprefix("-")
    if key not in sorts:
        raise BadRequest("This list cannot be sorted that way.")
    given = {name: query.get(name, "").strip() for name in filters}
    if any(len(value) > FILTER_LIMIT for value in given.values()):
        raise BadRequest(f"A filter may have {FILTER_LIMIT} characters at most.")
    after = query.get("after")
    return ListRequest(
        path=request.url.path,
        sort=key,
        descending=order.startswith("-"),
        after=tuple(decode_cursor(after)) if after else None,
        filters={name: value for name, value in given.items() if value},
    )

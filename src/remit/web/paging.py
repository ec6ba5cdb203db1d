"""Sorting, filtering and keyset paging of lists, as pages ask for it in their address.

A list's address carries `sort` (a column, `-` before it for descending), `after` (a cursor of `remit.kit.paging`) and
filters. Nothing counts pages; a page number cannot be asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request

from remit.web.problems import BadRequest

PAGE_ROWS = 50
FILTER_LIMIT = 200


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
    """What an address asks of a list. `sort` is a column's key; `after` the cursor as given (kit.paging), None for the first page."""

    path: str
    sort: str
    descending: bool
    after: str | None
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
    request: Request,
    *,
    sorts: Sequence[str],
    default: str,
    filters: Sequence[str] = (),
    rows: int = PAGE_ROWS,
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
        after=after or None,
        filters={name: value for name, value in given.items() if value},
        limit=rows,
    )

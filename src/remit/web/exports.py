"""Lists as CSV files that spreadsheets open without running anything in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, TypeVar

from starlette.responses import Response

from remit.actions import Refused, perform, performed
from remit.domains.auditing.records import ExportRecords
from remit.kit.money import Money
from remit.kit.paging import Page
from remit.kit.text import safe_cell
from remit.scope import Scope

MOST_ROWS: Final = 50_000
T = TypeVar("T")


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """`rows` as a download. Cells that would start a formula are made text; UTF-8 with a mark that Excel needs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(
        ("\ufeff" + out.getvalue()).encode(), media_type="text/csv; charset=utf-8", headers=headers
    )


def export_list(
    scope: Scope,
    what: Literal["accounts", "deals"],
    filters: dict[str, str],
    page: Callable[[str | None], Page[T]],
    headings: Sequence[str],
    cells: Callable[[T], Sequence[Any]],
) -> Response:
    """A list as a download, whole; on the record before any row leaves. Raises Refused, also above MOST_ROWS rows.

    `page` gives the page after a cursor, `cells` the cells of a row in the order of `headings`.
    """
    rows: list[T] = []
    after: str | None = None
    while True:
        found = page(after)
        rows += found.rows
        after = found.next
        if after is None:
            break
        if len(rows) >= MOST_ROWS:  # a file that is cut looks like a whole one
            raise Refused(
                f"This list has more than {MOST_ROWS:,} rows, the most that one file takes. Narrow it by a filter and take it in parts.",
                code="too_large",
            )
    record_export(scope, what, filters, len(rows))
    return csv_file(what, headings, (cells(row) for row in rows))


def record_export(
    scope: Scope, what: Literal["accounts", "deals"], filters: dict[str, str], row_count: int
) -> None:
    """Put the export on the record; must come before any row leaves. Raises Refused."""
    performed(perform(scope, ExportRecords(what=what, filters=filters, row_count=row_count)))


def amount(money: Money | None) -> tuple[str, str]:
    """An amount as two cells: major units and currency."""
    return ("", "") if money is None else (str(money.major), money.currency)

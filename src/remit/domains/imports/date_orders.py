"""Day or month first: decided for each date column from its values, from the other columns, or asked."""

from __future__ import annotations

import itertools
from typing import Final

from remit.domains.imports.plan import FilePlan
from remit.kit import dates
from remit.kit.tabular import Table

_DATED: Final = ("date", "instant")
_ORDERS: Final[tuple[dates.Order, ...]] = ("dmy", "mdy")


def with_orders(
    table: Table, plan: FilePlan, told: dates.Order | None, unclear: list[dict[str, str]]
) -> FilePlan:
    """Decide day and month for every date column, reading the whole column where the order matters."""
    dated = [column for column in plan.columns if column.kind in _DATED and column.date_order is None]
    if told is not None or not dated:
        return _set(plan, {column.index: told for column in dated if told})
    evidence = _evidence(
        Table(table.path, table.sha256, plan.encoding, plan.delimiter, plan.sheet), [c.index for c in dated]
    )
    orders = {index: found.order for index, found in evidence.items() if found.order is not None}
    notes = list(plan.notes)
    others = set(orders.values())
    for column in dated:
        found = evidence[column.index]
        if column.index in orders or not found.needed:
            continue
        assert found.example is not None
        if len(others) == 1:
            orders[column.index] = next(iter(others))
            notes.append(f"{column.header}: day and month as in the other date columns of the file")
        else:
            readings = [dates.parse_date(found.example, order).strftime("%-d %B %Y") for order in _ORDERS]
            unclear.append(
                {
                    "file": plan.file,
                    "column": column.header,
                    "value": found.example,
                    "dmy": readings[0],
                    "mdy": readings[1],
                }
            )
    return _set(plan.model_copy(update={"notes": tuple(notes)}), orders)


def _set(plan: FilePlan, orders: dict[int, dates.Order]) -> FilePlan:
    columns = tuple(
        column.model_copy(update={"date_order": orders[column.index]}) if column.index in orders else column
        for column in plan.columns
    )
    return plan.model_copy(update={"columns": columns})


def _evidence(table: Table, indexes: list[int]) -> dict[int, dates.OrderEvidence]:
    """What each column says, from as many rows as it takes: a column that has decided is not read on."""
    found = {index: dates.OrderEvidence() for index in indexes}
    rows = table.rows([])
    open_ = set(indexes)
    while open_ and (batch := [cells for _, cells in itertools.islice(rows, 20_000)]):
        for index in list(open_):
            found[index] += dates.order_evidence(
                dict.fromkeys(cells[index] for cells in batch if index < len(cells))
            )
            numeric = found[index].needed or found[index].order is not None
            if found[index].order is not None and numeric:
                open_.discard(index)
    return found

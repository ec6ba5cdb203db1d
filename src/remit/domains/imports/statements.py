"""Running composed SQL: identifiers and expressions in it are ours (entities.py), values always go as parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

Driver = psycopg.Connection[Any]


def run(
    driver: Driver, text: str, values: Sequence[Any] | Mapping[str, Any] | None = None
) -> psycopg.Cursor[Any]:
    """Execute a statement composed from our own field names."""
    return driver.execute(sql.SQL(text), values)


def composed(text: str) -> sql.SQL:
    """Our own text as a statement, for cursors that take no string."""
    return sql.SQL(text)

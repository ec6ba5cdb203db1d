"""The questions that we put to Salesforce. Names of fields are checked; values are ids and instants of ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?")
_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def changed_since(
    name: str, fields: Sequence[str], at: datetime | None, after_id: str, until: datetime
) -> str:
    """Records of `name` changed after (`at`, `after_id`) and up to `until`, the oldest change first.

    Instant and id together are a place that no two records share, so that a page can end anywhere.
    """
    _check([name, *fields])
    where = f"SystemModstamp <= {instant(until)}"
    if at is not None:
        later = f"SystemModstamp > {instant(at)}"
        if after_id:
            if not _ID.fullmatch(after_id):
                raise ValueError("an id of Salesforce has 15 or 18 letters and digits")
            later = f"({later} OR (SystemModstamp = {instant(at)} AND Id > '{after_id}'))"
        where = f"{later} AND {where}"
    return f"SELECT {', '.join(fields)} FROM {name} WHERE {where} ORDER BY SystemModstamp, Id"


def newest(name: str, fields: Sequence[str], count: int) -> str:
    """The records of `name` that changed last."""
    _check([name, *fields])
    return f"SELECT {', '.join(fields)} FROM {name} ORDER BY SystemModstamp DESC, Id LIMIT {int(count)}"


def instant(at: datetime) -> str:
    """An instant as SOQL writes it: unquoted, to the second, which is what a SystemModstamp has."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check(names: Sequence[str]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:60]!r} is no name of a field")

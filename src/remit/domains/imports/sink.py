"""Rejections on their way to the database: spooled to a temporary file while the connection is busy with COPY."""

from __future__ import annotations

import itertools
import json
import tempfile
from typing import Final

from remit.domains.imports.convert import Rejection
from remit.domains.imports.statements import Driver

_AT_ONCE: Final = 5_000


class Sink:
    """Keeps every rejection in the database without holding them all: spooled to a temporary file in between."""

    def __init__(self, import_id: str) -> None:
        self._import_id = import_id
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as the import
            max_size=4 << 20, mode="w+", encoding="utf-8", errors="replace"
        )

    def spool(self, file: str, rejections: list[Rejection]) -> None:
        """Remember rejections until the connection is free."""
        for each in rejections:
            self._file.write(json.dumps([file, each.row, each.column, each.value, each.reason]) + "\n")

    def flush(self, driver: Driver) -> None:
        """Write what was spooled to the database."""

        self._file.seek(0)
        while lines := list(itertools.islice(self._file, _AT_ONCE)):
            columns = zip(*(json.loads(line) for line in lines), strict=True)
            driver.execute(
                """INSERT INTO remit.import_rejections (import_id, file, row_number, column_name, value, reason)
                   SELECT %s, r.* FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[]) r""",
                (self._import_id, *(list(column) for column in columns)),
            )
        self._file.seek(0)
        self._file.truncate()

"""Why an import does not begin, each with what would mend it."""

from __future__ import annotations

from collections.abc import Sequence

from remit.domains.imports.plan import FilePlan


class DateOrderNeeded(Exception):
    """Columns whose dates read both as day/month and month/day; `details` lists them with both readings."""

    code = "date_order_needed"
    exit_code = 1

    def __init__(self, columns: list[dict[str, str]]) -> None:
        shown = "; ".join(f"{each['file']}, {each['column']}: {each['value']}" for each in columns[:5])
        super().__init__(
            f"Day or month first? These columns read both ways: {shown}. Say --date-order dmy or mdy, or date_order in a mapping file."
        )
        self.details = {"columns": columns}


class NoSuchPath(Exception):
    """There is nothing at the path that was named."""

    code = "no_such_path"
    exit_code = 3


class NothingToImport(Exception):
    """There is no table at the path, or none that could be recognised. `details` says of each file why not."""

    code = "nothing_to_import"

    def __init__(self, message: str, skipped: Sequence[FilePlan] = ()) -> None:
        super().__init__(message)
        self.details = {"files": [{"file": each.file, "reason": each.skipped} for each in skipped]}


class FilesBroken(Exception):
    """Files that cannot be read as tables; nothing was imported. `details` lists file, row and reason."""

    code = "file_broken"

    def __init__(self, broken: list[dict[str, object]]) -> None:
        first = broken[0]
        row = f", row {first['row']}" if first.get("row") else ""
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        super().__init__(
            f"{first['file']}{row}: {first['reason']}{more}. Nothing was imported; mend it, or use --on-error keep-valid."
        )
        self.details = {"files": broken}

"""Taking lists of records out of the building: who took which rows, on the record before the first one leaves."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from remit.actions import Action, Change, Target, handler
from remit.db.sessions import ReadSession, WriteSession


class ExportRecords(Action):
    """Download a list as a file. `filters` are those of the list, as its address carries them."""

    event: ClassVar[str] = "records:export"
    by_api: ClassVar[bool] = False
    what: Literal["accounts", "deals"]
    filters: dict[str, str] = Field(default_factory=dict, max_length=20)
    row_count: int = Field(ge=0)


def _list(_session: ReadSession, action: ExportRecords) -> Target:
    return Target(type="records", title=f"export of {action.row_count} {action.what}")


@handler(ExportRecords, target=_list)
def export_records(_tx: WriteSession, action: ExportRecords, _target: Target) -> Change:
    """Nothing changes but the record."""
    return Change("records", None, after=action.model_dump(mode="json"))

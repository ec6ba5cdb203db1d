"""Backup and restore as acts on the record. The copying is done by `remit.db`, before or after the act."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from remit.actions import Action, Change, Target, handler
from remit.db.sessions import ReadSession, WriteSession


class Backup(Action):
    """Take a copy of everything. Performed before the copy is made, so that the copy holds its own record."""

    event: ClassVar[str] = "installation:backup:make"
    by_api: ClassVar[bool] = False
    file_name: str = Field(min_length=1, max_length=255)


class Restore(Action):
    """Put a backup in place of what is there. Performed in the restored data, before it takes over."""

    event: ClassVar[str] = "installation:backup:restore"
    by_api: ClassVar[bool] = False
    file_name: str = Field(min_length=1, max_length=255)
    made_at: AwareDatetime
    made_by_version: str = Field(max_length=50)


class NoteRestore(Restore):
    """A restore at the machine's own console, where nobody has signed in: the system notes that it happened."""

    event: ClassVar[str] = "installation:backup:restored_at_console"
    by_api: ClassVar[bool] = False


def _installation(_session: ReadSession, _action: Action) -> Target:
    return Target(type="installation", title="this installation")


@handler(Backup, target=_installation)
def back_up(_tx: WriteSession, action: Backup, _target: Target) -> Change:
    """Nothing changes but the record of who took the copy, and under which name."""
    return Change("installation", None, after={"file_name": action.file_name})


@handler(Restore, target=_installation)
def restore(_tx: WriteSession, action: Restore, _target: Target) -> Change:
    """Nothing changes but the record: from here on the log continues what the backup held."""
    return _restored(action)


@handler(NoteRestore, target=_installation)
def note_restore(_tx: WriteSession, action: NoteRestore, _target: Target) -> Change:
    """As `restore`."""
    return _restored(action)


def _restored(action: Restore) -> Change:
    after = {"file_name": action.file_name, "made_at": action.made_at.isoformat()}
    return Change("installation", None, after=after)

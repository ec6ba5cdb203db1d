"""What is done to the audit log itself, through the door like everything else: exporting it, changing its key."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from remit import settings
from remit.actions import Action, Change, Target, handler
from remit.audit import keys
from remit.db.sessions import ReadSession, WriteSession


class ExportAudit(Action):
    """Take the audit log out of the building. `since` included, `until` excluded; None leaves a side open.

    The others narrow it: records about an account or by a person (who acted, was acted for, or approved), of an action (its
    id, or the event of its kind), of a kind of record, decided by a rule.
    """

    event: ClassVar[str] = "audit:log:export"
    by_api: ClassVar[bool] = False
    file_name: str = Field(min_length=1, max_length=255)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    person_id: UUID | None = None
    account_id: UUID | None = None
    action_id: UUID | None = None
    object_id: UUID | None = None
    kind_of_record: str = Field("", max_length=40)
    event_begins: str = Field("", max_length=200)
    act: str = Field("", max_length=200)
    rule: str = Field("", max_length=200)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until <= self.since:
            raise ValueError("the period ends before it begins")
        return self


class RotateAuditKey(Action):
    """Start a new signing key, endorsed by the old one. `lost`: the old private key is gone, so without endorsement."""

    event: ClassVar[str] = "audit:key:rotate"
    lost: bool = False


def _log(_session: ReadSession, _action: Action) -> Target:
    return Target(type="audit", title="the audit log")


@handler(ExportAudit, target=_log)
def export_audit(_tx: WriteSession, action: ExportAudit, _target: Target) -> Change:
    """Nothing changes but the record, which says who took what: written before the first byte is."""
    return Change(
        "audit",
        None,
        after=action.model_dump(mode="json", exclude_defaults=True)
        | {"since": _told(action.since), "until": _told(action.until)},
    )


@handler(RotateAuditKey, target=_log)
def rotate_audit_key(tx: WriteSession, action: RotateAuditKey, _target: Target) -> Change:
    """Both keys' ids stand in the record, so the change of keys is itself in the tree."""
    old, new = keys.rotate(tx.connection, settings.load().home, action.lost)
    ids = {"old_key_id": old, "key_id": new.key_id}
    return Change(
        "audit", None, before={"key_id": old}, after={"key_id": new.key_id, "lost": action.lost}, result=ids
    )


def _told(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None

"""The file that goes with a draft: the slice of proposals says here when one may leave, makes it, and counts it as handed over.

Outreach and delivery know nothing of proposals; they ask whoever declared itself, and without anybody no draft with a file passes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from remit.actions import Check, NotFound, Target
from remit.db.sessions import ReadSession, WriteSession

MOST_BYTES: Final = 7_000_000
"""As an e-mail a third more: below the 10 MB that the strictest common mail servers take."""


class Attached(BaseModel):
    """The file of an approved proposal. `sha256`: of the approved document; `file_sha256`, `size_bytes`: of the file made from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposal_id: UUID
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    format: Literal["pdf", "docx"]
    name: str = Field(pattern=r"^P-\d{5,9}(-r\d{1,4})?\.(pdf|docx)$")
    file_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(gt=0)


def attached_of(stored: Mapping[str, Any] | None) -> Attached | None:
    """From the column `attached` of a draft, or from a payload."""
    return Attached.model_validate(stored) if stored else None


class Leaving(Protocol):
    """A file as it leaves."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class AttachRules:
    """What the slice of proposals asks and does.

    may_leave: conditions for (session, file, contact it goes to). sent: the act under way sends (file, target, contact, effect).
    why_not: what stands in the way at the last moment, for (session, file, contact, now). made: the file as it leaves, or why it does not.
    """

    may_leave: Callable[[ReadSession, Attached, UUID], Sequence[Check]]
    sent: Callable[[WriteSession, Attached, Target, UUID, UUID], Mapping[str, Any]]
    why_not: Callable[[ReadSession, Attached, UUID, datetime], str | None]
    made: Callable[[ReadSession, Attached, UUID, datetime], Leaving | str]


_declared: list[AttachRules] = []
_UNKNOWN: Final = "Nobody here knows of proposals; start Remit with all of its parts."
_NOBODY: Final = Check("file-known", False, _UNKNOWN)
_GONE: Final = "The proposal that goes with it is not there any more."


def declare(found: AttachRules) -> None:
    """Register the rules; the last ones count (a module that is loaded twice declares twice)."""
    _declared[:] = [found]


def check_attached(s: ReadSession, attached: Attached | None, contact_id: UUID) -> Sequence[Check]:
    """The conditions under which this file may go to this contact now; none without a file."""
    if attached is None:
        return []
    if not _declared:
        return [_NOBODY]
    fits = Check.that(
        "file-size", attached.size_bytes <= MOST_BYTES,
        f"The file has {attached.size_bytes:,} bytes; at most {MOST_BYTES:,} go with an e-mail. Make the pictures of the Word template smaller, or take the file to hand over.",
        f"The file has {attached.size_bytes:,} bytes.",
    )  # fmt: skip
    return [fits, *_declared[0].may_leave(s, attached, contact_id)]


def note_sent(
    tx: WriteSession, attached: Attached | None, target: Target, contact_id: UUID, effect_id: UUID
) -> Mapping[str, Any]:
    """Count it as handed over with this e-mail, inside the action under way; gives what changed by it."""
    if attached is None:
        return {}
    [asks] = _declared  # asked before: without anybody the check has failed
    return asks.sent(tx, attached, target, contact_id, effect_id)


def why_stopped(s: ReadSession, attached: Attached | None, contact_id: UUID, now: datetime) -> str | None:
    """What stands in the way of the file at the last moment of its delivery; None: nothing."""
    if attached is None:
        return None
    try:
        return _declared[0].why_not(s, attached, contact_id, now) if _declared else _UNKNOWN
    except NotFound:
        return _GONE


def to_deliver(s: ReadSession, attached: Attached, contact_id: UUID, now: datetime) -> Leaving | str:
    """The file as it leaves, or the sentence that says why it does not."""
    try:
        return _declared[0].made(s, attached, contact_id, now) if _declared else _UNKNOWN
    except NotFound:
        return _GONE

"""Legal holds: while one stands, nothing that it covers is forgotten. Placed by one person, lifted by two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from remit.actions import Action, Change, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.kit.ids import new_id
from remit.scope import Scope

_ROW: Final = """
SELECT h.id, h.account_id, a.name AS account, h.person_id, p.name AS person, h.since_at, h.until_at, h.reason, b.name AS placed_by,
       h.placed_at, l.name AS lifted_by, g.name AS agreed_by, h.lifted_at, h.lifted_why, h.version
FROM remit.legal_holds h LEFT JOIN remit.accounts a ON a.id = h.account_id LEFT JOIN remit.people p ON p.id = h.person_id
JOIN remit.people b ON b.id = h.placed_by LEFT JOIN remit.people l ON l.id = h.lifted_by LEFT JOIN remit.people g ON g.id = h.agreed_by
"""
_VERSIONS: Final = """
SELECT v.id, v.kind, v.of_id, v.account_id, a.name AS account, v.at, v.subject, v.body, p.name AS changed_by, v.kept_at
FROM remit.held_versions v LEFT JOIN remit.accounts a ON a.id = v.account_id LEFT JOIN remit.people p ON p.id = v.changed_by
ORDER BY v.kept_at DESC, v.id LIMIT 500
"""
_ORDER: Final = "ORDER BY h.lifted_at IS NOT NULL, h.placed_at DESC, h.id LIMIT 500"


class PlaceHold(Action):
    """Keep every text about an account, by or with a person, or of a period (`until` excluded); those that are given count together."""

    event: ClassVar[str] = "hold:place"
    account_id: UUID | None = None
    person_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    reason: Annotated[str, Field(min_length=3, max_length=500)]

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if not (self.account_id or self.person_id or self.since or self.until):
            raise ValueError("a hold names an account, a person or a period")
        if self.since and self.until and self.until <= self.since:
            raise ValueError("the period ends before it begins")
        return self


class LiftHold(Action):
    """A hold is no longer needed: what it covered is kept as long as its kind says."""

    event: ClassVar[str] = "hold:lift"
    hold_id: UUID
    expected_version: int
    reason: Annotated[str, Field(min_length=3, max_length=500)]


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold; it stands while `lifted_at` is None. `account` is None for one that the reader may not see."""

    id: UUID
    account_id: UUID | None
    account: str | None
    person_id: UUID | None
    person: str | None
    since_at: datetime | None
    until_at: datetime | None
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    agreed_by: str | None
    lifted_at: datetime | None
    lifted_why: str
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """What a text under a hold said before it was overwritten or left what the hold covers. `of_id`: the text itself."""

    id: UUID
    kind: str
    of_id: UUID
    account_id: UUID | None
    account: str | None
    at: datetime
    subject: str
    body: str
    changed_by: str | None
    kept_at: datetime


def list_holds(scope: Scope) -> list[Hold]:
    """All there are and were; those that stand first, newest first. Nothing for whoever oversees nothing."""
    with read(scope) as s:
        return [Hold(**row._mapping) for row in s.rows(f"{_ROW} {_ORDER}")]


def list_versions(scope: Scope) -> list[Version]:
    """What held texts said before they were changed, newest first; nothing for whoever oversees nothing."""
    with read(scope) as s:
        return [Version(**row._mapping) for row in s.rows(_VERSIONS)]


def _covered(session: ReadSession, action: PlaceHold) -> Target:
    access_id, segment = None, ""
    parts = []
    if action.account_id:
        row = session.row("SELECT name, access_id, segment FROM remit.accounts WHERE id = :id", {"id": action.account_id})  # fmt: skip
        if row is None:
            raise NotFound("account")
        access_id, segment = row.access_id, row.segment
        parts.append(row.name)
    if action.person_id:
        name = session.scalar("SELECT name FROM remit.people WHERE id = :id AND kind = 'person'", {"id": action.person_id})  # fmt: skip
        if name is None:
            raise NotFound("person")
        parts.append(f"by or with {name}")
    if action.since or action.until:
        parts.append(" ".join([*([f"from {action.since:%Y-%m-%d}"] if action.since else []), *([f"until {action.until:%Y-%m-%d}"] if action.until else [])]))  # fmt: skip
    return Target(
        "hold", None, action.account_id, access_id, segment, title=f"Keep everything: {', '.join(parts)}"
    )


@handler(PlaceHold, target=_covered)
def place_hold(tx: WriteSession, action: PlaceHold, target: Target) -> Change:
    """Write the hold; it counts from the end of this transaction on."""
    hold_id = new_id()
    values = {
        "id": hold_id, "account": action.account_id, "access": target.access_id, "person": action.person_id, "since": action.since,
        "until": action.until, "reason": action.reason.strip(), "by": tx.maker_id, "now": tx.now,
    }  # fmt: skip
    tx.execute(
        "INSERT INTO remit.legal_holds (id, account_id, access_id, person_id, since_at, until_at, reason, placed_by, placed_at)"
        " VALUES (:id, :account, :access, :person, :since, :until, :reason, :by, :now)",
        values,
    )
    after = action.model_dump(mode="json", exclude_none=True)
    return Change("hold", hold_id, {}, after, result={"hold_id": str(hold_id)})


def _standing(session: ReadSession, action: LiftHold) -> Target:
    row = session.row(
        "SELECT h.id, h.account_id, h.access_id, h.reason, h.version, a.segment FROM remit.legal_holds h"
        " LEFT JOIN remit.accounts a ON a.id = h.account_id WHERE h.id = :id AND h.lifted_at IS NULL",
        {"id": action.hold_id},
    )
    if row is None:
        raise NotFound("hold that stands")
    title = f"Lift the hold “{row.reason[:120]}”"
    return Target(
        "hold", row.id, row.account_id, row.access_id, row.segment or "", title=title, version=row.version
    )


@handler(LiftHold, target=_standing)
def lift_hold(tx: WriteSession, action: LiftHold, target: Target) -> Change:
    """End the hold, in the names of both."""
    if tx.approver_id is None:
        raise Refused("Lifting a hold needs a second person.", code="needs_approval")
    values: dict[str, Any] = {
        "id": action.hold_id, "expected": action.expected_version, "by": tx.maker_id, "second": tx.approver_id,
        "now": tx.now, "why": action.reason.strip(),
    }  # fmt: skip
    done = tx.execute(
        "UPDATE remit.legal_holds SET lifted_by = :by, agreed_by = :second, lifted_at = :now, lifted_why = :why, version = version + 1"
        " WHERE id = :id AND version = :expected AND lifted_at IS NULL",
        values,
    )
    if done.rowcount == 0:
        raise Conflict("hold", expected=action.expected_version, found=target.version or 0, yours={})
    return Change("hold", target.id, {"stands": True}, {"stands": False, "reason": values["why"]})

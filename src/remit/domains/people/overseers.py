"""What keeps oversight from being one admin's own: a code for whoever approves a link, and a mark on who was made an overseer alone.

Before anybody oversees, an admin begins alone: nobody else is there to agree. Who so became an overseer is marked, shown
to all who oversee and administer, and confirmed by another overseer who knows the person.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import oversight
from remit.scope import Scope

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read for another
_GROUPS: Final = (4, 4, 4)
_ALONE: Final = """
SELECT p.id, p.name, p.alone_at, p.version FROM remit.people p WHERE p.alone_at IS NOT NULL AND p.active
  AND EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = ANY(:roles)) {more} ORDER BY p.name, p.id
"""


class ConfirmOverseer(Action):
    """An overseer's word that somebody whom an admin made an overseer alone is who they should be."""

    event: ClassVar[str] = "person:overseer:confirm"
    person_id: UUID
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class Alone:
    """Somebody who oversees since `since` by an admin's act alone, and whom no other overseer has confirmed."""

    id: UUID
    name: str
    since: datetime


def list_alone(scope: Scope) -> list[Alone]:
    """Overseers whom nobody has confirmed, by name. For the banner."""
    with read(scope) as s:
        rows = s.rows(_ALONE.format(more=""), {"roles": sorted(oversight.OVERSIGHT)})
    return [Alone(row.id, row.name, row.alone_at) for row in rows]


def mark_alone(tx: WriteSession, person_id: UUID) -> None:
    """Note that this person oversees, if they do, by one person's act."""
    tx.execute(
        "UPDATE remit.people p SET alone_at = :now WHERE id = :id AND alone_at IS NULL AND EXISTS"
        " (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = ANY(:roles))",
        {"id": person_id, "now": tx.now, "roles": sorted(oversight.OVERSIGHT)},
    )


def _overseer(session: ReadSession, action: ConfirmOverseer) -> Target:
    values = {"roles": sorted(oversight.OVERSIGHT), "id": action.person_id}
    row = session.row(_ALONE.format(more="AND p.id = :id"), values)
    if row is None:
        raise NotFound("overseer who waits to be confirmed")
    return Target("person", row.id, title=f"Confirm {row.name} as overseer", subjects=(row.id,))


def _not_oneself(session: ReadSession, action: ConfirmOverseer, _target: Target) -> Sequence[Check]:
    other = action.person_id != session.scope.actor.id
    return [Check.that("not-oneself", other, "Another overseer has to.", "It is another overseer.")]


@handler(ConfirmOverseer, target=_overseer, checks=(_not_oneself,))
def confirm_overseer(tx: WriteSession, action: ConfirmOverseer, _target: Target) -> Change:
    """Take the mark away; who said so, and why, stands on the record."""
    if not action.reason.strip():
        raise Refused("Say how you know them.", code="reason_missing")
    tx.execute("UPDATE remit.people SET alone_at = NULL WHERE id = :id", {"id": action.person_id})
    after = {"alone": False, "reason": action.reason.strip()}
    return Change(
        "person", action.person_id, {"alone": True}, after, result={"person_id": str(action.person_id)}
    )


def write_code(tx: WriteSession, token_hash: str, approver_id: UUID) -> None:
    """Make the code that opens an approved link beside its token: 60 random bits, for the approver's eyes."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(size)) for size in _GROUPS)
    tx.execute(
        "INSERT INTO remit.link_codes (token_hash, approver_id, code, created_at) VALUES (:hash, :by, :code, :now)",
        {"hash": bytes.fromhex(token_hash), "by": approver_id, "code": code, "now": tx.now},
    )


def find_code(scope: Scope, token_hash: str) -> str | None:
    """The code of a link that this person approved; None for anybody else."""
    with read(scope) as s:
        query = "SELECT code FROM remit.link_codes WHERE token_hash = :hash AND approver_id = :me"
        found: str | None = s.scalar(query, {"hash": bytes.fromhex(token_hash), "me": scope.person_id})
    return found


def check_code(tx: WriteSession, token_hash: str, given: str) -> None:
    """Raise Refused unless the link needs no code, or this is it."""
    wanted = tx.scalar(
        "SELECT code FROM remit.link_codes WHERE token_hash = :hash", {"hash": bytes.fromhex(token_hash)}
    )
    if wanted is None:
        return
    typed = "".join(letter for letter in given.upper() if letter.isalnum())
    if not hmac.compare_digest(typed.encode(), wanted.replace("-", "").encode()):
        raise Refused(
            "This link opens with a code as well. Whoever approved the link was shown it: ask them in person.",
            code="link_code_wrong",
        )

"""Who is signed in where, and ending it: by the person, by whoever administers or oversees, or by the identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import giving, sign_on
from remit.kit import clock
from remit.scope import Scope

EMERGENCIES_SHOWN: Final = timedelta(days=30)
_LIVE: Final = """
SELECT s.id, s.sign_in_by, s.user_agent, s.created_at, s.expires_at FROM remit.web_sessions s
WHERE s.person_id = :id AND s.revoked_at IS NULL AND s.expires_at > :now ORDER BY s.created_at DESC LIMIT 50
"""
_END_AT_PROVIDER: Final = """
UPDATE remit.web_sessions w SET revoked_at = :now FROM remit.sign_on_sessions s
WHERE s.session_id = w.id AND w.person_id = :id AND w.revoked_at IS NULL AND w.expires_at > :now
  AND s.issuer = :issuer AND (:sid = '' OR s.sid = :sid)
"""
_BY_SID: Final = """
SELECT w.person_id FROM remit.sign_on_sessions s JOIN remit.web_sessions w ON w.id = s.session_id
WHERE s.issuer = :issuer AND s.sid = :sid AND (:subject = '' OR s.subject = :subject) LIMIT 1
"""


class EndSessions(Action):
    """End somebody's sessions. `issuer` and `sid`: those that this provider opened, or the one it names.

    `token_hash`: of the provider's logout token, which serves once.
    """

    event: ClassVar[str] = "person:sessions:end"
    person_id: UUID
    reason: Annotated[str, Field(max_length=500)] = ""
    issuer: Annotated[str, Field(max_length=500)] = ""
    sid: Annotated[str, Field(max_length=255)] = ""
    token_hash: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that has not ended. `by`: how it was opened."""

    id: UUID
    by: str
    user_agent: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EmergencySignIn:
    """An admin who came in by password while people sign in by the provider alone."""

    name: str
    created_at: datetime
    user_agent: str


def list_live(scope: Scope, person_id: UUID) -> list[LiveSession]:
    """Sessions of this person that have not ended, newest first."""
    with read(scope) as s:
        rows = s.rows(_LIVE, {"id": person_id, "now": clock.now()})
    return [LiveSession(r.id, r.sign_in_by, r.user_agent, r.created_at, r.expires_at) for r in rows]


def list_break_glass(scope: Scope) -> list[EmergencySignIn]:
    """Sign-ins past the identity provider within thirty days, newest first."""
    with read(scope) as s:
        rows = s.rows(
            "SELECT p.name, w.created_at, w.user_agent FROM remit.web_sessions w JOIN remit.people p ON p.id = w.person_id"
            " WHERE w.sign_in_by = 'break-glass' AND w.created_at > :since ORDER BY w.created_at DESC LIMIT 100",
            {"since": clock.now() - EMERGENCIES_SHOWN},
        )
    return [EmergencySignIn(row.name, row.created_at, row.user_agent) for row in rows]


def find_signed_on(scope: Scope, issuer: str, *, subject: str, sid: str) -> UUID | None:
    """Whose session the provider means by subject, session id or both; None when it is nobody's here."""
    with read(scope) as s:
        if sid:
            found = s.scalar(_BY_SID, {"issuer": issuer, "sid": sid, "subject": subject})
        else:
            found = s.scalar(
                "SELECT person_id FROM remit.sign_on_subjects WHERE issuer = :issuer AND subject = :subject",
                {"issuer": issuer, "subject": subject},
            )
    return None if found is None else UUID(str(found))


@dataclass(frozen=True, slots=True)
class SignedOnBy:
    """The provider that opened a session, and what it wants to see again when that ends (sealed)."""

    issuer: str
    hint: bytes


def find_signed_on_by(scope: Scope, session_id: UUID) -> SignedOnBy | None:
    """Which provider opened one's own session; None for one that none opened, and for any other session."""
    with read(scope) as s:
        row: Row[Any] | None = s.row(
            "SELECT s.issuer, s.hint FROM remit.sign_on_sessions s JOIN remit.web_sessions w ON w.id = s.session_id"
            " WHERE s.session_id = :id AND w.person_id = :me",
            {"id": session_id, "me": scope.person_id},
        )
    return None if row is None else SignedOnBy(row.issuer, bytes(row.hint or b""))


def _person(session: ReadSession, action: EndSessions) -> Target:
    row = session.row(
        "SELECT id, name FROM remit.people WHERE id = :id AND kind = 'person'", {"id": action.person_id}
    )
    if row is None:
        raise NotFound("person")
    # not `subjects`: nobody gains by it
    return Target("person", row.id, title=f"Sign {row.name} out", attributes={"owner": str(row.id)})


@handler(EndSessions, target=_person)
def end_sessions(tx: WriteSession, action: EndSessions, target: Target) -> Change:
    """Revoke them in this transaction: the next request of any of those browsers is that of a stranger."""
    if action.token_hash and not sign_on.use_once(tx, action.token_hash):
        raise Refused("This logout token was used before.", code="token_replayed")
    if action.issuer:
        values = {"now": tx.now, "id": action.person_id, "issuer": action.issuer, "sid": action.sid}
        count = tx.execute(_END_AT_PROVIDER, values).rowcount
    else:
        count = giving.end_sessions(tx, action.person_id)
    after = {"sessions_ended": count, "reason": action.reason.strip()}
    return Change("person", target.id, {}, after, result={"sessions_ended": count})

"""Signing in and out, through the door: every attempt, good or bad, is on the record.

Secrets travel with the action but are no part of its payload, so they are neither stored nor hashed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, SecretStr
from sqlalchemy import Row

from remit import settings
from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import passwords, rules, saml, sign_on
from remit.kit.ids import new_id
from remit.kit.text import in_words
from remit.scope import Scope

Secret = Annotated[SecretStr, Field(exclude=True, repr=False)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
NO_SECRET: Final = SecretStr("")

_PERSON: Final = """
SELECT p.id, p.name, p.active, p.demo, c.password_hash,
       EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = 'admin') AS is_admin, coalesce(c.failed_count, 0) AS failed_count, c.locked_until
FROM remit.people p LEFT JOIN remit.credentials c ON c.person_id = p.id
WHERE p.id = :id AND p.kind = 'person' FOR UPDATE OF p
"""
_SESSION: Final = """
INSERT INTO remit.web_sessions (id, token_hash, person_id, csrf_secret, user_agent, sign_in_by, created_at, last_seen_at, expires_at)
VALUES (:id, :token_hash, :person, :csrf, :agent, :by, :now, :now, :expires)
"""


class SignIn(Action):
    """One attempt to sign in. The result says whether it succeeded: a failed attempt is an act too, and is kept.

    `person_id` is None for an address that nobody has. `token_hash`: SHA-256 of the new session's token.
    `proof` and `hint` belong to methods oidc and saml: what the provider's answer proved, and what it wants to see at sign-out, sealed.
    """

    event: ClassVar[str] = "person:sign-in"
    by_api: ClassVar[bool] = False
    person_id: UUID | None
    method: Literal["password", "demo", "invitation", "oidc", "saml"]
    token_hash: Digest
    user_agent: Annotated[str, Field(max_length=300)] = ""
    address: Annotated[str, Field(max_length=100)] = ""
    password: Secret = NO_SECRET
    csrf_secret: Secret = NO_SECRET
    proof: sign_on.SignOnProof | None = None
    hint: Annotated[bytes, Field(exclude=True, repr=False)] = b""


class SignOut(Action):
    """End one session, or all sessions of the person who asks."""

    event: ClassVar[str] = "person:sign-out"
    session_id: UUID
    everywhere: bool = False


def person_target(_session: ReadSession, action: SignIn) -> Target:
    """The person whom somebody claims to be; it may be nobody."""
    return Target("person", action.person_id, title="Sign in")


@handler(SignIn, target=person_target)
def sign_in(tx: WriteSession, action: SignIn, _target: Target) -> Change:
    """Check the claim, count failures, open the session. Never raises for a wrong password: the attempt commits."""
    person = tx.row(_PERSON, {"id": action.person_id}) if action.person_id else None
    # wrong passwords lock the password, not another way in: else a stranger could keep anybody out
    if action.method in ("oidc", "saml"):
        return _by_provider(tx, action, person)
    only_provider = by_provider_only(tx)
    locked = person is not None and person.locked_until is not None and person.locked_until > tx.now
    if action.method == "demo":
        proved = person is not None and person.demo and person.password_hash is None
    else:
        stored = person.password_hash if person is not None and not locked else None
        proved = passwords.matches(stored, action.password.get_secret_value())
        proved = proved and person is not None and (person.is_admin or not only_provider)
    if person is None or not person.active or locked or not proved:
        until = _count_failure(tx, action) if person is not None and not locked else None
        return _refused(tx, action, "locked" if locked else "wrong", until)
    by = "break-glass" if action.method == "password" and only_provider else action.method
    return _opened(tx, action, person.id, person.name, by)


def by_provider_only(session: ReadSession) -> bool:
    """Whether people sign in by an identity provider alone, and passwords are for admins in an emergency."""
    chosen = settings.load()
    return chosen.password_sign_in == "admins" and (bool(chosen.oidc_issuer) or saml.is_set(session))


def only_by_provider(scope: Scope) -> bool:
    """The same, for a page."""
    with read(scope) as session:
        return by_provider_only(session)


def _by_provider(tx: WriteSession, action: SignIn, person: Row[Any] | None) -> Change:
    if action.proof is None:
        raise Refused("A sign-on needs its proof.", code="proof_missing")
    trouble = sign_on.holds(tx, action.person_id, action.proof)
    if trouble or person is None or not person.active or person.demo:
        return _refused(tx, action, trouble or "not_active", None)
    done = _opened(tx, action, person.id, person.name, action.method)
    tx.execute(  # an ID token is kept to sign out with, and no longer
        "UPDATE remit.sign_on_sessions SET hint = NULL WHERE session_id IN (SELECT s.session_id FROM remit.sign_on_sessions s"
        " JOIN remit.web_sessions w ON w.id = s.session_id WHERE s.hint IS NOT NULL AND w.expires_at < :now"
        " LIMIT 100 FOR UPDATE OF s SKIP LOCKED)",
        {"now": tx.now},
    )
    tx.execute(
        "INSERT INTO remit.sign_on_sessions (session_id, issuer, subject, sid, hint) VALUES (:id, :issuer, :subject, :sid, :hint)",
        {
            "id": done.result["session_id"],
            **action.proof.model_dump(include={"issuer", "subject", "sid"}),
            "hint": action.hint or None,
        },
    )
    return done


def _opened(tx: WriteSession, action: SignIn, person_id: UUID, name: str, by: str) -> Change:
    session_id, expires = new_id(), tx.now + rules.ABSOLUTE
    tx.execute(
        _SESSION,
        {
            "id": session_id,
            "token_hash": bytes.fromhex(action.token_hash),
            "person": person_id,
            "csrf": action.csrf_secret.get_secret_value(),
            "agent": action.user_agent,
            "by": by,
            "now": tx.now,
            "expires": expires,
        },
    )
    tx.execute(
        "UPDATE remit.credentials SET failed_count = 0, locked_until = NULL WHERE person_id = :id AND failed_count > 0",
        {"id": person_id},
    )
    if by == "break-glass":
        told = f"{name} signed in with the password that is kept for when the identity provider is away"
        _record(tx, "person:sign-in:break-glass", person_id, told, action.address)
    else:
        _record(tx, "person:sign-in:done", person_id, f"{name} signed in by {by}", action.address)
    after = {"session_id": str(session_id), "by": by}
    return Change("person", person_id, {}, after, result={"signed_in": True, "session_id": str(session_id)})


def _count_failure(tx: WriteSession, action: SignIn) -> datetime | None:
    failed = tx.scalar(
        "UPDATE remit.credentials SET failed_count = failed_count + 1 WHERE person_id = :id RETURNING failed_count",
        {"id": action.person_id},
    )
    wait = rules.lock_after(failed or 0)
    if wait is None:
        return None
    tx.execute(
        "UPDATE remit.credentials SET locked_until = :until WHERE person_id = :id",
        {"until": tx.now + wait, "id": action.person_id},
    )
    return tx.now + wait


def _refused(tx: WriteSession, action: SignIn, why: str, until: datetime | None) -> Change:
    told = {"wrong": "a sign-in failed", "locked": "a sign-in was refused while the account is locked"}.get(
        why, f"a single sign-on was refused ({in_words(why)})"
    )
    if until is not None:
        told += "; the account is locked for a while"
    _record(tx, "person:sign-in:failed", action.person_id, told, action.address)
    return Change(
        "person", action.person_id, {}, {"signed_in": False, "why": why}, result={"signed_in": False}
    )


def _record(tx: WriteSession, event: str, person_id: UUID | None, sentence: str, address: str) -> None:
    """The person's own line on the record (the act's line names the sign-in desk as its actor)."""
    done = not event.endswith(":failed")
    line = Record(
        kind="sign_in",
        event=event,
        actor_id=person_id if done else tx.scope.actor.id,
        actor_kind="person" if done else tx.scope.actor.kind,
        action_id=tx.action_id,
        object_type="person",
        object_id=person_id,
        request_id=tx.scope.request_id,
        sentence=sentence,
        body={"address": address},
    )
    log.append(tx.connection, [line], at=tx.now)


def session_target(session: ReadSession, action: SignOut) -> Target:
    """One's own session; somebody else's does not exist for us."""
    row = session.row(
        "SELECT person_id FROM remit.web_sessions WHERE id = :id AND person_id = :me",
        {"id": action.session_id, "me": session.scope.actor.id},
    )
    if row is None:
        raise NotFound("session")
    return Target("person", row.person_id, title="Sign out")


@handler(SignOut, target=session_target)
def sign_out(tx: WriteSession, action: SignOut, target: Target) -> Change:
    """Revoke the session (or all of the person's) at once."""
    where = "person_id = :id" if action.everywhere else "id = :id"
    done = tx.execute(  # sql-parts: one of the two conditions above
        f"UPDATE remit.web_sessions SET revoked_at = :now WHERE {where} AND revoked_at IS NULL",
        {"now": tx.now, "id": target.id if action.everywhere else action.session_id},
    )
    if done.rowcount == 0:
        raise Refused("This session had ended already.", code="already_ended")
    return Change("person", target.id, {}, {"sessions_ended": done.rowcount})

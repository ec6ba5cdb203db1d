"""Tokens of the API: a part of what their person may, until a day. Shown once, kept as a hash, revoked at once.

A token approves nothing, and reaches only what may be done without a person at all: whoever finds one has not found its person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import Action, Change, NotFound, Refused, Target, handler, registry
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import oversight
from remit.domains.people.sign_in import Digest
from remit.identity import PROVISIONING_ID
from remit.kit import clock
from remit.kit.ids import new_id
from remit.policy import schema
from remit.scope import Scope

PREFIX: Final = "remit_"
LONGEST_DAYS: Final = 365
NOTED_EVERY: Final = timedelta(hours=1)
"""Its last use is noted at most so often: one record an hour, not one a request."""
STOPS: Final = frozenset({"AddDoNotContact", "Halt", "RecallEffect", "RecordConsent", "RevokeRemit"})
"""What only stops things: a program that watches may do it, too."""

_ROW: Final = """
SELECT t.id, t.person_id, t.name, t.reads, t.kinds, t.created_at, t.expires_at, t.revoked_at, t.last_used_at,
       p.name AS person, p.kind AS person_kind, p.active
FROM remit.api_tokens t JOIN remit.people p ON p.id = t.person_id
"""


class IssueApiToken(Action):
    """A new token: of one's own, or for the system that provisions people (a second person has to agree to that one)."""

    event: ClassVar[str] = "token:issue"
    by_api: ClassVar[bool] = False
    token_hash: Digest
    name: Annotated[str, Field(min_length=1, max_length=120)]
    purpose: Literal["own", "provisioning"] = "own"
    reads: bool = True
    kinds: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90


class RevokeApiToken(Action):
    """From now on this token opens nothing."""

    event: ClassVar[str] = "token:revoke"
    token_id: UUID


class NoteTokenUse(Action):
    """A token was used within this hour."""

    event: ClassVar[str] = "token:use"
    by_api: ClassVar[bool] = False
    token_id: UUID


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its person and whoever oversees see it; never the token itself."""

    id: UUID
    person_id: UUID
    person: str
    name: str
    reads: bool
    kinds: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    provisions: bool
    active: bool


def grantable() -> list[str]:
    """Action kinds that a token may reach, by name: what a remit may ever open to an agent, and what only stops things.

    A new kind is not among them until the policies say that it may be done without a person.
    """
    known = schema.current().action_groups
    return sorted(kind for kind in registry.verbs() if kind in STOPS or "Autonomous" in known.get(kind, ()))


def find_token(scope: Scope, token_hash: bytes) -> TokenRow | None:
    """The token with this hash while it holds: known, not revoked, not past its day."""
    with read(scope) as s:
        row = s.row(f"{_ROW} WHERE t.token_hash = :hash", {"hash": token_hash})
    if row is None or row.revoked_at is not None or row.expires_at <= clock.now():
        return None
    return _token(row)


def list_tokens(scope: Scope, *, everybodys: bool = False) -> list[TokenRow]:
    """One's own tokens, newest first; everybody's for whoever administers or oversees."""
    roles = {"admin", *oversight.OVERSIGHT}
    all_of_them = everybodys and not roles.isdisjoint(scope.roles)
    with read(scope) as s:
        rows = s.rows(
            f"{_ROW} WHERE :all OR t.person_id = :me ORDER BY t.created_at DESC, t.id LIMIT 500",
            {"all": all_of_them, "me": scope.person_id},
        )
    return [_token(row) for row in rows]


def _token(row: Row[Any]) -> TokenRow:
    values = {**row._mapping, "kinds": tuple(row.kinds), "provisions": row.person_kind == "connector"}
    values.pop("person_kind")
    return TokenRow(**values)


def _to_issue(session: ReadSession, action: IssueApiToken) -> Target:
    if action.purpose == "own":
        title = f"Token “{action.name}” of one's own"
        return Target("token", title=title, context={"oversight": "none"})
    title = (
        f"Token “{action.name}” with which a system adds people and switches them off, for {action.days} days"
    )
    return Target("token", title=title, context={"oversight": oversight.when_second_person(session)})


@handler(IssueApiToken, target=_to_issue)
def issue_api_token(tx: WriteSession, action: IssueApiToken, _target: Target) -> Change:
    """Write the token's hash. Raises Refused for what no token reaches."""
    if beyond := sorted(set(action.kinds) - set(grantable())):
        raise Refused(f"No token reaches {', '.join(beyond)}.", code="token_too_wide")
    provisions = action.purpose == "provisioning"
    if not provisions and not (action.reads or action.kinds):
        raise Refused(
            "Say what the token is for: reading, or some kinds of action.", code="token_for_nothing"
        )
    if provisions and action.kinds:
        raise Refused("A token that provisions people does nothing else.", code="token_too_wide")
    until = tx.now + timedelta(days=action.days)
    token_id, owner = new_id(), PROVISIONING_ID if provisions else tx.maker_id
    values = {
        "id": token_id, "person": owner, "name": action.name.strip(), "hash": bytes.fromhex(action.token_hash),
        "reads": action.reads and not provisions, "kinds": sorted(set(action.kinds)), "by": tx.maker_id, "now": tx.now,
        "expires": until,
    }  # fmt: skip
    tx.execute(
        "INSERT INTO remit.api_tokens (id, person_id, name, token_hash, reads, kinds, created_by, created_at, expires_at)"
        " VALUES (:id, :person, :name, :hash, :reads, :kinds, :by, :now, :expires)",
        values,
    )
    after = {
        "name": action.name.strip(),
        "purpose": action.purpose,
        "reads": action.reads,
        "kinds": list(action.kinds),
        "until": until.isoformat(),
    }
    return Change("token", token_id, {}, after, result={"token_id": str(token_id)})


def _existing(session: ReadSession, action: RevokeApiToken | NoteTokenUse) -> Target:
    row = session.row(f"{_ROW} WHERE t.id = :id", {"id": action.token_id})
    if row is None or row.revoked_at is not None:
        raise NotFound("token")
    return Target(
        "token", row.id, title=f"Token “{row.name}” of {row.person}", attributes={"owner": str(row.person_id)}
    )


@handler(RevokeApiToken, target=_existing)
def revoke_api_token(tx: WriteSession, action: RevokeApiToken, target: Target) -> Change:
    """Revoke it; the next request with it is that of a stranger."""
    tx.execute(
        "UPDATE remit.api_tokens SET revoked_at = :now WHERE id = :id", {"now": tx.now, "id": action.token_id}
    )
    return Change("token", target.id, {}, {"revoked": True})


@handler(NoteTokenUse, target=_existing)
def note_token_use(tx: WriteSession, action: NoteTokenUse, target: Target) -> Change:
    """Note the hour. Two requests at once note it twice; that harms nobody."""
    tx.execute(
        "UPDATE remit.api_tokens SET last_used_at = :now WHERE id = :id",
        {"now": tx.now, "id": action.token_id},
    )
    return Change("token", target.id, {}, {"used": True})

"""The first people of an installation, and how further people choose their password: by one-time links.

A link's token is shown once, to the person who asked for it; the database keeps its hash. Where a second person has to
approve the link, the hash waits with the suggestion and opens nothing before; then it opens with the code that the
approver alone is shown: whoever asked for the link cannot use it. Passwords travel with the action
but are no part of its payload.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import Row

from remit.actions import Action, Change, NotFound, Refused, Target, Waiting, handler, perform
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.people import overseers, oversight, passwords, queries, rules
from remit.domains.people.sign_in import NO_SECRET, Digest, Secret
from remit.kit.ids import new_id
from remit.policy.model import role_name
from remit.scope import Scope

_LINK: Final = """
SELECT purpose, person_id FROM remit.setup_links
WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :now FOR UPDATE
"""
_INVITED: Final = """
SELECT p.id, p.name, p.reach, array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY role) AS roles
FROM remit.people p WHERE p.id = :id AND p.kind = 'person' AND p.active AND NOT p.demo
"""
_PERSON: Final = """
INSERT INTO remit.people (id, kind, name, email, title, reach, time_zone)
VALUES (:id, 'person', :name, :email, :title, :reach, :zone)
"""


class FirstPerson(BaseModel):
    """One of the people that a new installation begins with."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=120)]
    email: str
    roles: tuple[Literal["admin", "governance", "compliance", "vp"], ...]
    invitation_hash: Digest | None = None

    @field_validator("email")
    @classmethod
    def _address(cls, address: str) -> str:
        return rules.check_email(address)


class IssueInvitation(Action):
    """A one-time link: to set up a new installation (`set-up`), or for a person to choose a password (`invitation`)."""

    event: ClassVar[str] = "person:invite"
    by_api: ClassVar[bool] = False
    token_hash: Digest
    purpose: Literal["set-up", "invitation"]
    person_id: UUID | None = None


class AcceptInvitation(Action):
    """The person behind a link chooses a password."""

    event: ClassVar[str] = "person:invitation:accept"
    by_api: ClassVar[bool] = False
    token_hash: Digest
    code: Secret = NO_SECRET
    """What whoever approved the link was shown; asked for only where somebody had to approve it."""
    password: Secret = NO_SECRET


class SetUpFirm(Action):
    """The first admin, with a password, and those who will govern: they get invitations of their own.

    Whoever administers does not govern: the admin cannot also be compliance or on the board.
    """

    event: ClassVar[str] = "installation:set-up"
    by_api: ClassVar[bool] = False
    token_hash: Digest
    people: Annotated[tuple[FirstPerson, ...], Field(min_length=1, max_length=10)]
    time_zone: str = "UTC"
    password: Secret = NO_SECRET

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        return rules.check_time_zone(zone)

    @field_validator("people")
    @classmethod
    def _apart(cls, people: tuple[FirstPerson, ...]) -> tuple[FirstPerson, ...]:
        if people[0].roles != ("admin",) or any("admin" in one.roles for one in people[1:]):
            raise ValueError("the first person is the admin, and nobody else is")
        if len({one.email for one in people}) != len(people):
            raise ValueError("each person has an e-mail address of their own")
        return people


def new_token() -> str:
    """A token for a link: 256 random bits."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Issued:
    """A link's token, stored nowhere. `waiting`: it opens nothing until a second person has approved it."""

    token: str
    waiting: Waiting | None = None


def issue(scope: Scope, purpose: Literal["set-up", "invitation"], person_id: UUID | None = None) -> Issued:
    """Make a link. Raises Refused."""
    token = new_token()
    act = IssueInvitation(token_hash=rules.token_hash(token).hex(), purpose=purpose, person_id=person_id)
    answer = perform(scope, act)
    return Issued(token, answer if isinstance(answer, Waiting) else None)


def first_link(scope: Scope) -> str | None:
    """The path of a new set-up link while nobody can sign in; None once the firm is set up."""
    return None if queries.is_installed(scope) else f"/set-up/{issue(scope, 'set-up').token}"


def _invited(session: ReadSession, action: IssueInvitation) -> Target:
    if action.purpose == "set-up":
        return Target("installation", title="Set-up link", context={"oversight": "none"})
    row = session.row(_INVITED, {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    context = {"oversight": oversight.concern_of_sign_in(session, row.roles, row.reach)}
    title = f"Let {row.name} ({', '.join(map(role_name, row.roles)) or 'no role'}) choose a new password by a link"
    return Target("person", row.id, title=title, subjects=(row.id,), context=context)


def _installation(_session: ReadSession, _action: Action) -> Target:
    return Target("installation", title="Set-up")


@handler(IssueInvitation, target=_invited)
def issue_invitation(tx: WriteSession, action: IssueInvitation, target: Target) -> Change:
    """Write the link; earlier unused ones for the same purpose and person end."""
    if action.purpose == "set-up" and tx.scalar("SELECT EXISTS (SELECT FROM remit.person_roles)"):
        raise Refused("This firm is set up already; an admin can invite people.", code="already_set_up")
    person_id = target.id
    tx.execute(
        "UPDATE remit.setup_links SET expires_at = :now WHERE purpose = :purpose AND used_at IS NULL"
        " AND person_id IS NOT DISTINCT FROM CAST(:person AS uuid) AND expires_at > :now",
        {"now": tx.now, "purpose": action.purpose, "person": person_id},
    )
    _write_link(tx, action.token_hash, action.purpose, person_id)
    if tx.approver_id is not None:
        overseers.write_code(tx, action.token_hash, tx.approver_id)
    if target.context.get("oversight") == "first" and person_id is not None:
        overseers.mark_alone(tx, person_id)
    return Change("person", person_id, {}, {"invited": True, "purpose": action.purpose})


def _write_link(tx: WriteSession, token_hash: str, purpose: str, person_id: UUID | None) -> None:
    tx.execute(
        "INSERT INTO remit.setup_links (token_hash, purpose, person_id, created_at, expires_at)"
        " VALUES (:token_hash, :purpose, :person, :now, :expires)",
        {
            "token_hash": bytes.fromhex(token_hash),
            "purpose": purpose,
            "person": person_id,
            "now": tx.now,
            "expires": tx.now + rules.SETUP_VALID,
        },
    )


def _use_link(tx: WriteSession, token_hash: str, purpose: str) -> Row[Any]:
    link = tx.row(_LINK, {"token_hash": bytes.fromhex(token_hash), "now": tx.now})
    if link is None or link.purpose != purpose:
        raise Refused("This link was used already or has expired. Ask for a new one.", code="link_not_valid")
    tx.execute(
        "UPDATE remit.setup_links SET used_at = :now WHERE token_hash = :token_hash",
        {"now": tx.now, "token_hash": bytes.fromhex(token_hash)},
    )
    return link


@handler(AcceptInvitation, target=_installation)
def accept_invitation(tx: WriteSession, action: AcceptInvitation, _target: Target) -> Change:
    """Set the password of the link's person; sessions opened with an earlier one end."""
    link = _use_link(tx, action.token_hash, "invitation")
    overseers.check_code(tx, action.token_hash, action.code.get_secret_value())
    row = tx.row("SELECT id, name, email FROM remit.people WHERE id = :id AND active", {"id": link.person_id})
    if row is None:
        raise Refused("This link was used already or has expired. Ask for a new one.", code="link_not_valid")
    _set_password(tx, row.id, row.name, row.email or "", action.password.get_secret_value())
    tx.execute(
        "UPDATE remit.web_sessions SET revoked_at = :now WHERE person_id = :id AND revoked_at IS NULL",
        {"now": tx.now, "id": row.id},
    )
    return Change("person", row.id, {}, {"password": "chosen"}, result={"person_id": str(row.id)})


@handler(SetUpFirm, target=_installation)
def set_up_firm(tx: WriteSession, action: SetUpFirm, _target: Target) -> Change:
    """Write the first people; only the admin has a password yet."""
    _use_link(tx, action.token_hash, "set-up")
    if tx.scalar("SELECT EXISTS (SELECT FROM remit.person_roles)"):
        raise Refused("This firm is set up already; an admin can invite people.", code="already_set_up")
    ids = []
    for person in action.people:
        ids.append(_write_person(tx, person, action.time_zone))
        if person.invitation_hash is not None:
            _write_link(tx, person.invitation_hash, "invitation", ids[-1])
        overseers.mark_alone(tx, ids[-1])
    admin = action.people[0]
    _set_password(tx, ids[0], admin.name, admin.email, action.password.get_secret_value())
    after = {
        "people": [{"id": str(i), "roles": list(p.roles)} for i, p in zip(ids, action.people, strict=True)]
    }
    return Change("installation", None, {}, after, result={"admin_id": str(ids[0])})


def _write_person(tx: WriteSession, person: FirstPerson, zone: str) -> UUID:
    person_id = new_id()
    tx.execute(
        _PERSON,
        {
            "id": person_id,
            "name": person.name.strip(),
            "email": person.email,
            "title": "",
            "reach": "none" if person.roles == ("admin",) else "all",
            "zone": zone,
        },
    )
    for role in person.roles:
        tx.execute(
            "INSERT INTO remit.person_roles (person_id, role) VALUES (:id, :role)",
            {"id": person_id, "role": role},
        )
    return person_id


def _set_password(tx: WriteSession, person_id: UUID, name: str, email: str, password: str) -> None:
    try:
        rules.check_password(password, name=name, email=email)
    except rules.PasswordRefused as refused:
        raise Refused(refused.message, code="password_refused") from refused
    tx.execute(
        "INSERT INTO remit.credentials (person_id, password_hash, changed_at) VALUES (:id, :hash, :now)"
        " ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, failed_count = 0,"
        " locked_until = NULL, changed_at = excluded.changed_at",
        {"id": person_id, "hash": passwords.hash_password(password), "now": tx.now},
    )

"""Single sign-on at the door: who a provider's subject is here, what their groups give, and that each answer serves once.

What the provider says was checked before (`connectors/oidc`). These acts are done by the identity “Single sign-on”, whose
scope reaches nothing else; a session is opened by `SignIn` as for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import giving, oversight, rules
from remit.kit.ids import new_id
from remit.policy.model import ROLES, role_name
from remit.scope import Scope

Issuer = Annotated[str, Field(min_length=1, max_length=500)]
Subject = Annotated[str, Field(min_length=1, max_length=255)]
Groups = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=500)]
USED_KEPT: Final = timedelta(days=1)

_PERSON: Final = """
SELECT p.id, p.name, p.reach, p.active, p.demo,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY role) AS roles
FROM remit.people p WHERE p.id = :id AND p.kind = 'person'
"""
_SUBJECT: Final = """
SELECT s.person_id, s.groups, p.name, p.active,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id) AS roles
FROM remit.sign_on_subjects s JOIN remit.people p ON p.id = s.person_id
WHERE s.issuer = :issuer AND s.subject = :subject
"""
_LINK_OF: Final = "SELECT subject FROM remit.sign_on_subjects WHERE person_id = :id AND issuer = :issuer"
_LINK: Final = """
INSERT INTO remit.sign_on_subjects (issuer, subject, person_id, linked_at) VALUES (:issuer, :subject, :person, :now)
ON CONFLICT DO NOTHING
"""


class SignOnProof(BaseModel):
    """What stands behind a sign-on. `state_hash`: of the question that was answered. `trouble`: why it does not hold, "" when it does."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: Issuer
    subject: Annotated[str, Field(max_length=255)] = ""
    sid: Annotated[str, Field(max_length=255)] = ""
    state_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    trouble: Annotated[str, Field(max_length=60, pattern="^[a-z_]*$")] = ""


class LinkSignOn(Action):
    """From now on this subject of the provider is that person, who was here before and has the address it vouches for.

    Whoever holds power, or sees everything, is linked with a second person's agreement: an address is easily taken.
    """

    event: ClassVar[str] = "person:sign-on:link"
    by_api: ClassVar[bool] = False
    person_id: UUID
    issuer: Issuer
    subject: Subject


class UnlinkSignOn(Action):
    """This person no longer signs on by that provider: what its groups gave is taken back, what it opened is ended."""

    event: ClassVar[str] = "person:sign-on:unlink"
    person_id: UUID
    issuer: Issuer
    reason: Annotated[str, Field(max_length=500)] = ""


class AdmitPerson(Action):
    """Somebody new comes with groups that give them a role: they are added, with what the groups give and no more."""

    event: ClassVar[str] = "person:sign-on:admit"
    by_api: ClassVar[bool] = False
    issuer: Issuer
    subject: Subject
    email: str
    name: Annotated[str, Field(min_length=1, max_length=120)]
    groups: Groups

    @field_validator("email")
    @classmethod
    def _address(cls, address: str) -> str:
        return rules.check_email(address)


class ApplyGroups(Action):
    """The groups that somebody came with, which differ from those of their last sign-on."""

    event: ClassVar[str] = "person:sign-on:groups"
    by_api: ClassVar[bool] = False
    issuer: Issuer
    subject: Subject
    groups: Groups


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """Who a subject is here. `has_role`: at least one role that a policy knows."""

    person_id: UUID
    name: str
    active: bool
    groups: tuple[str, ...]
    has_role: bool


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """One person who signs on by a provider: since when, and the groups they last came with."""

    person_id: UUID
    name: str
    issuer: str
    groups: tuple[str, ...]
    linked_at: datetime
    active: bool


def find_subject(scope: Scope, issuer: str, subject: str) -> SubjectRow | None:
    """The person behind a subject, active or not; None when it is nobody here yet."""
    with read(scope) as s:
        row = s.row(_SUBJECT, {"issuer": issuer, "subject": subject})
    if row is None:
        return None
    known = bool(set(row.roles) & set(ROLES))
    return SubjectRow(row.person_id, row.name, row.active, tuple(row.groups), known)


def list_linked(scope: Scope, person_id: UUID | None = None) -> list[LinkedRow]:
    """People who sign on by a provider, by name; of one person, when asked."""
    with read(scope) as s:
        rows = s.rows(
            """SELECT s.person_id, p.name, s.issuer, s.groups, s.linked_at, p.active FROM remit.sign_on_subjects s
            JOIN remit.people p ON p.id = s.person_id WHERE p.id = coalesce(CAST(:id AS uuid), p.id)
            ORDER BY p.name, p.id LIMIT 500""",
            {"id": person_id},
        )
    return [LinkedRow(r.person_id, r.name, r.issuer, tuple(r.groups), r.linked_at, r.active) for r in rows]


def use_once(tx: WriteSession, token_hash: str) -> bool:
    """Whether this state or token serves for the first time. What is too old to be accepted anyway is forgotten."""
    tx.execute(
        "DELETE FROM remit.sign_on_used WHERE token_hash IN (SELECT token_hash FROM remit.sign_on_used"
        " WHERE used_at < :old LIMIT 100 FOR UPDATE SKIP LOCKED)",
        {"old": tx.now - USED_KEPT},
    )
    done = tx.execute(
        "INSERT INTO remit.sign_on_used (token_hash, used_at) VALUES (:hash, :now) ON CONFLICT DO NOTHING",
        {"hash": bytes.fromhex(token_hash), "now": tx.now},
    )
    return done.rowcount == 1


def holds(tx: WriteSession, person_id: UUID | None, proof: SignOnProof) -> str:
    """Why this proof does not let that person in; "" when it does. The state it answers is used up either way."""
    fresh = use_once(tx, proof.state_hash)
    if proof.trouble:
        return proof.trouble
    if not fresh:
        return "answer_replayed"
    row = tx.row(_SUBJECT, {"issuer": proof.issuer, "subject": proof.subject})
    if row is None or row.person_id != person_id:
        return "subject_unknown"
    return "" if set(row.roles) & set(ROLES) else "no_role"


def _to_link(session: ReadSession, action: LinkSignOn) -> Target:
    row = session.row(_PERSON, {"id": action.person_id})
    if row is None or not row.active or row.demo:
        raise NotFound("person")
    roles = ", ".join(map(role_name, row.roles)) or "no role"
    return Target(
        "person",
        row.id,
        title=f"Let {row.name} ({roles}) sign on as {action.subject[:80]} of {action.issuer}",
        subjects=(row.id,),
        context={"oversight": oversight.concern_of_sign_in(session, row.roles, row.reach)},
    )


@handler(LinkSignOn, target=_to_link)
def link_sign_on(tx: WriteSession, action: LinkSignOn, target: Target) -> Change:
    """Write the link. A person has one subject of a provider, and a subject is one person."""
    _link(tx, action.issuer, action.subject, action.person_id)
    return Change("person", target.id, {}, {"issuer": action.issuer, "subject": action.subject})


def _link(tx: WriteSession, issuer: str, subject: str, person_id: UUID) -> None:
    values = {"issuer": issuer, "subject": subject, "person": person_id, "now": tx.now}
    if tx.execute(_LINK, values).rowcount == 0:
        raise Refused(
            "This person signs on as somebody else of the same provider already. An admin has to look at it.",
            code="linked_already",
        )


def _linked(session: ReadSession, action: UnlinkSignOn) -> Target:
    row = session.row(_PERSON, {"id": action.person_id})
    link = session.row(_LINK_OF, {"id": action.person_id, "issuer": action.issuer})
    if row is None or link is None:
        raise NotFound("sign-on of this person")
    return Target(
        "person",
        row.id,
        title=f"{row.name} no longer signs on as {link.subject[:80]} of {action.issuer}",
        subjects=(row.id,),
        context={"oversight": oversight.concern_of_sign_in(session, row.roles, row.reach)},
    )


@handler(UnlinkSignOn, target=_linked)
def unlink_sign_on(tx: WriteSession, action: UnlinkSignOn, target: Target) -> Change:
    """Take the link away. The person stays, with what they were given by hand."""
    oversight.one_at_a_time(tx)
    link = tx.row(_LINK_OF, {"id": action.person_id, "issuer": action.issuer})
    if link is None:
        raise NotFound("sign-on of this person")
    given = _given(tx, action.issuer, link.subject, (), action.person_id)
    tx.execute(
        "DELETE FROM remit.sign_on_subjects WHERE issuer = :issuer AND subject = :subject",
        {"issuer": action.issuer, "subject": link.subject},
    )
    ended = giving.end_sessions(tx, action.person_id)
    before = {"issuer": action.issuer, "subject": link.subject, **given.before}
    return Change(
        "person", target.id, before, {**given.after, "sessions_ended": ended, "reason": action.reason}
    )


def _newcomer(_session: ReadSession, action: AdmitPerson) -> Target:
    return Target("person", title=f"Admit {action.name}, {action.email}, by their groups")


@handler(AdmitPerson, target=_newcomer)
def admit_person(tx: WriteSession, action: AdmitPerson, _target: Target) -> Change:
    """Add the person, link them, give what their groups give. Without a role nobody is added."""
    oversight.one_at_a_time(tx)
    taken = tx.scalar("SELECT true FROM remit.people WHERE lower(email) = :email", {"email": action.email})
    if taken:
        raise Refused("Somebody has this e-mail address already.", code="email_taken")
    person_id = new_id()
    tx.execute(
        "INSERT INTO remit.people (id, kind, name, email, reach) VALUES (:id, 'person', :name, :email, 'own')",
        {"id": person_id, "name": action.name, "email": action.email},
    )
    _link(tx, action.issuer, action.subject, person_id)
    given = _given(tx, action.issuer, action.subject, action.groups, person_id)
    if not given.after["roles"]:
        raise Refused(
            "None of your groups has a role in Remit yet. Ask an admin to say what your group may do.",
            code="no_role",
        )
    after = {"name": action.name, "email": action.email, "groups": list(action.groups), **given.after}
    return Change("person", person_id, {}, after, result={"person_id": str(person_id)})


def _subject(session: ReadSession, action: ApplyGroups) -> Target:
    row = session.row(_SUBJECT, {"issuer": action.issuer, "subject": action.subject})
    if row is None:
        raise NotFound("person")
    return Target("person", row.person_id, title=f"Groups of {row.name}")


@handler(ApplyGroups, target=_subject)
def apply_groups(tx: WriteSession, action: ApplyGroups, target: Target) -> Change:
    """Give and take back what the groups say by now. Who is left without a role is signed out."""
    oversight.one_at_a_time(tx)
    assert target.id is not None
    given = _given(tx, action.issuer, action.subject, action.groups, target.id)
    return Change("person", target.id, given.before, {**given.after, "groups": list(action.groups)})


def _given(
    tx: WriteSession, issuer: str, subject: str, groups: tuple[str, ...], person_id: UUID
) -> giving.Given:
    tx.execute(
        "UPDATE remit.sign_on_subjects SET groups = :groups WHERE issuer = :issuer AND subject = :subject",
        {"groups": sorted(set(groups)), "issuer": issuer, "subject": subject},
    )
    return giving.apply(tx, person_id)

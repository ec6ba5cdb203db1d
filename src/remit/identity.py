"""Where scopes come from: a person who signed in, an agent working for its person, a service of Remit itself.

Entry points only (web sign-in, CLI, worker, webhooks). Reads the table `people`, which holds no client data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import Row, text

from remit.db import engines
from remit.db.location import Role
from remit.kit.ids import new_id
from remit.scope import Actor, ActorKind, Scope, _mint

DELIVERY_ID: Final = UUID("00000000-0000-7000-8000-000000000001")
SYSTEM_ID: Final = UUID("00000000-0000-7000-8000-000000000002")
MAIL_ID: Final = UUID("00000000-0000-7000-8000-000000000003")
PROVISIONING_ID: Final = UUID("00000000-0000-7000-8000-000000000005")
SIGN_ON_ID: Final = UUID("00000000-0000-7000-8000-000000000004")

Job = Literal[
    "delivery",
    "clearance",
    "mail",
    "upkeep",
    "hand-back",
    "sign-in",
    "sign-on",
    "provisioning",
    "console",
    "first-start",
    "gathering",
    "syncing",
    "hastening",
    "sequencing",
    "supervising",
]
JOBS: Final[Mapping[Job, tuple[UUID, frozenset[str]]]] = {
    "delivery": (DELIVERY_ID, frozenset()),
    "clearance": (SYSTEM_ID, frozenset()),  # reads every name that may not leave
    "mail": (MAIL_ID, frozenset({"RecordReply", "RecordBounce", "Unsubscribe"})),
    "upkeep": (
        SYSTEM_ID,
        frozenset(
            {
                "EraseExpired",
                "ExpireDueTemplates",
                "ExpireSuggestion",
                "ForgetModelContent",
                "KeepShapes",
                "RefreshQuality",
                "RevokeRemit",
                "TakeReading",
            }
        ),
    ),
    "gathering": (SYSTEM_ID, frozenset({"AddDocument", "NoteSourceRead"})),
    "syncing": (SYSTEM_ID, frozenset({"TakeCrmPage", "NoteCrmSync"})),
    "hastening": (SYSTEM_ID, frozenset({"HastenCrm"})),  # a verified message of the CRM
    "sequencing": (SYSTEM_ID, frozenset({"SweepEnrolments", "AdvanceEnrolments", "NoteStep"})),
    "hand-back": (SYSTEM_ID, frozenset({"SendRecalled"})),
    "supervising": (SYSTEM_ID, frozenset({"DrawSamples", "NoteSeededAnswer", "SeedDrafts"})),
    "sign-in": (SYSTEM_ID, frozenset({"SignIn", "SetUpFirm", "AcceptInvitation", "NoteTokenUse"})),
    "provisioning": (
        PROVISIONING_ID,
        frozenset({"DeprovisionPerson", "KeepDirectoryGroup", "LeaveDirectoryGroup", "ProvisionPerson"}),
    ),
    "sign-on": (SIGN_ON_ID, frozenset({"AdmitPerson", "ApplyGroups", "EndSessions", "LinkSignOn"})),
    "console": (
        SYSTEM_ID,
        frozenset(
            {
                "Backup",
                "ImportCrm",
                "IssueInvitation",
                "NoteRestore",
                "RefreshQuality",
                "RevokeRemit",
                "TakeReading",
            }
        ),
    ),
    "first-start": (SYSTEM_ID, frozenset({"IssueInvitation", "LoadDemo"})),
}
"""Each job of Remit's own: the service that does it, and the only action kinds its scope reaches."""

_FIND: Final = """
SELECT p.id, p.kind, p.name, p.email, p.active, p.owner_id, p.demo, p.reach, p.title,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = coalesce(p.owner_id, p.id)) AS roles,
       coalesce((SELECT o.active FROM remit.people o WHERE o.id = p.owner_id), true) AS owner_active
FROM remit.people p WHERE {where}
"""


class NotPermitted(Exception):
    """Nobody by that name may act here: unknown, disabled, or an agent whose person was disabled. One answer for all."""

    code = "not_permitted"


@dataclass(frozen=True, slots=True)
class Person:
    """A row of `people` as an entry point needs it."""

    id: UUID
    kind: ActorKind
    name: str
    email: str | None
    title: str
    active: bool
    demo: bool
    roles: frozenset[str]


def for_person(
    person_id: UUID, *, via: str, request_id: str | None = None, only: frozenset[str] | None = None
) -> Scope:
    """The scope of a person who has proved who they are; `only`: the action kinds that their token reaches. Raises NotPermitted."""
    row = _row("p.id = :id AND p.kind = 'person'", id=person_id)
    if row is None or not row.active:
        raise NotPermitted("no such person, or not active")
    return _mint(
        _actor(row), frozenset(row.roles), request_id=request_id or str(new_id()), via=via, only=only
    )


def for_agent(agent_id: UUID, *, via: str, request_id: str | None = None) -> Scope:
    """The scope of an agent: its person's view and roles, acting for that person. Raises NotPermitted."""
    row = _row("p.id = :id AND p.kind = 'agent'", id=agent_id)
    if row is None or not (row.active and row.owner_active):
        raise NotPermitted("no such agent, or it or its person is not active")
    return for_person(row.owner_id, via=via, request_id=request_id).for_agent(_actor(row))


def for_service(job: Job, *, via: str, request_id: str | None = None) -> Scope:
    """The scope of one of Remit's own jobs, started by a worker, a schedule or the installer. It reaches no other job's acts."""
    service, only = JOBS[job]
    row = _row("p.id = :id AND p.active", id=service)
    if row is None:
        raise NotPermitted(f"the service that does {job} is switched off")
    return _mint(_actor(row), frozenset(), request_id=request_id or str(new_id()), via=via, only=only)


def job_of(service: UUID, action_kind: str) -> Job | None:
    """The job in which that service does this; None when it is none of its jobs."""
    fitting = (job for job, (who, only) in JOBS.items() if who == service and action_kind in only)
    return next(fitting, None)


def find_person(who: str) -> Person | None:
    """A person, agent or service by id, e-mail address or full name (as `--as` takes it).

    None when there is none, and when a name is that of several: nobody acts as somebody by taking their name.
    """
    try:
        where, value = "p.id = CAST(:who AS uuid)", str(UUID(who))
    except ValueError:
        where = "lower(p.email) = lower(:who) OR lower(p.name) = lower(:who)"
        value = who.replace("\x00", "")
    found = _rows(where, who=value)
    if len(found) != 1:
        return None
    [row] = found
    return Person(
        row.id, row.kind, row.name, row.email, row.title, row.active, row.demo, frozenset(row.roles)
    )


def _row(where: str, **parameters: object) -> Row[tuple[object, ...]] | None:
    return next(iter(_rows(where, **parameters)), None)


def _rows(where: str, **parameters: object) -> Sequence[Row[tuple[object, ...]]]:
    with engines.engine(Role.READER).connect() as connection:
        return connection.execute(text(_FIND.format(where=where)), parameters).all()


def _actor(row: Row[tuple[object, ...]]) -> Actor:
    return Actor(row.id, row.kind, row.name)

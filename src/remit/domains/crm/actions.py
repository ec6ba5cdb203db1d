"""Verbs of a connection: connect, stop, map fields, look sooner, note what a look found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from remit.actions import Action, Change, Check, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.crm.model import TITLES, Vendor, connection_id_of
from remit.domains.crm.targets import connection_target
from remit.domains.imports.entities import ENTITIES

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,119}$")]
Sentence = Annotated[str, StringConstraints(max_length=500)]


class ConnectCrm(Action):
    """Take the records of this CRM from now on. `sealed` (its token, encrypted) travels beside the payload, not in it."""

    event: ClassVar[str] = "crm:connect"
    by_api: ClassVar[bool] = False
    vendor: Vendor
    address: str = Field(max_length=300)
    sealed_sha256: str = Field("", max_length=64)
    sealed: bytes = Field(default=b"", exclude=True, repr=False)


class StopCrm(Action):
    """Take nothing more from it and forget its token; what was taken stays."""

    event: ClassVar[str] = "crm:stop"
    connection_id: UUID
    expected_version: int


class MapCrmFields(Action):
    """Which field of the CRM fills which of ours, for one stream; the stream is then read from its beginning."""

    event: ClassVar[str] = "crm:map"
    connection_id: UUID
    stream: Name
    entity: Name
    mapping: dict[Name, Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_]{0,119})?$")]]
    """Our field → theirs; "" leaves ours empty. Fields that are not named stay as they come."""


class HastenCrm(Action):
    """The CRM says that something changed: look at once. What it says changed is not taken from the message."""

    event: ClassVar[str] = "crm:hasten"
    by_api: ClassVar[bool] = False
    connection_id: UUID


class StreamNote(BaseModel):
    """What a look found at one stream. `checked_at`: as of when we are equal to it; None when it could not be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    stream: Name
    fields: dict[str, str] = Field({}, max_length=2_000)
    drift: tuple[Sentence, ...] = Field((), max_length=200)
    problem: Sentence = ""
    checked_at: datetime | None = None


class NoteCrmSync(Action):
    """How a look at the CRM ended."""

    event: ClassVar[str] = "crm:note"
    by_api: ClassVar[bool] = False
    connection_id: UUID
    problem: Sentence = ""
    requests_count: int = Field(0, ge=0)
    due_at: datetime | None = None
    streams: tuple[StreamNote, ...] = Field((), max_length=50)


def _vendor(_s: ReadSession, action: ConnectCrm) -> Target:
    return Target("crm_connection", connection_id_of(action.vendor), title=TITLES[action.vendor])


def _connection(s: ReadSession, action: StopCrm | MapCrmFields | HastenCrm | NoteCrmSync) -> Target:
    return connection_target(s, action.connection_id)


def _fields_known(_s: ReadSession, action: MapCrmFields, _target: Target) -> Sequence[Check]:
    entity = ENTITIES.get(action.entity)
    unknown = [name for name in action.mapping if entity is None or entity.field(name) is None]
    has = ", ".join(field.name for field in entity.fields) if entity else ""
    return [
        Check.that(
            "crm-fields-known",
            entity is not None and not unknown,
            f"{action.entity} have no field {', '.join(unknown)}; they have {has}." if entity else "There is no such kind of record.",
            "Every field named is one of ours.",
        )
    ]  # fmt: skip


@handler(ConnectCrm, target=_vendor)
def connect_crm(tx: WriteSession, action: ConnectCrm, _target: Target) -> Change:
    """Keep the connection; connecting again takes a new token and goes on where it was."""
    connection_id = connection_id_of(action.vendor)
    # another org: the places we were at mean nothing there
    tx.execute(
        """UPDATE remit.crm_streams SET cursor = '{}', whole_at = NULL, checked_at = NULL, fields = '{}', drift = '[]', problem = ''
        WHERE connection_id = (SELECT id FROM remit.crm_connections WHERE id = :id AND address <> :address)""",
        {"id": connection_id, "address": action.address},
    )
    tx.execute(
        """INSERT INTO remit.crm_connections (id, vendor, state, address, sealed, connected_by, connected_at)
        VALUES (:id, :vendor, 'connected', :address, :sealed, :by, :now)
        ON CONFLICT (vendor) DO UPDATE SET state = 'connected', address = EXCLUDED.address, sealed = EXCLUDED.sealed, problem = '',
            due_at = NULL, connected_by = EXCLUDED.connected_by, connected_at = EXCLUDED.connected_at, updated_at = :now,
            version = remit.crm_connections.version + 1""",
        {
            "id": connection_id, "vendor": action.vendor, "address": action.address, "sealed": action.sealed or None,
            "by": tx.maker_id, "now": tx.now,
        },
    )  # fmt: skip
    after = {"vendor": action.vendor, "address": action.address, "state": "connected"}
    return Change("crm_connection", connection_id, after=after, result={"connection_id": str(connection_id)})


@handler(StopCrm, target=_connection)
def stop_crm(tx: WriteSession, action: StopCrm, _target: Target) -> Change:
    """Close it. The token goes."""
    values = {"state": "stopped"}
    before = change_row(
        tx, "crm_connections", action.connection_id, action.expected_version, values, what="connection"
    )
    if before["state"] == "stopped":
        raise Refused("This connection is stopped already.", code="nothing_to_change")
    tx.execute("UPDATE remit.crm_connections SET sealed = NULL WHERE id = :id", {"id": action.connection_id})
    return Change("crm_connection", action.connection_id, before, values)


@handler(MapCrmFields, target=_connection, checks=[_fields_known])
def map_crm_fields(tx: WriteSession, action: MapCrmFields, _target: Target) -> Change:
    """Keep the mapping; everything of the stream is read again, so that old records get the field too."""
    tx.execute(
        """INSERT INTO remit.crm_streams (connection_id, stream, mapping) VALUES (:id, :stream, CAST(:mapping AS jsonb))
        ON CONFLICT (connection_id, stream) DO UPDATE SET mapping = EXCLUDED.mapping, cursor = '{}', whole_at = NULL, drift = '[]',
            fields = '{}', version = remit.crm_streams.version + 1""",
        {"id": action.connection_id, "stream": action.stream, "mapping": json.dumps(action.mapping)},
    )
    tx.execute("UPDATE remit.crm_connections SET due_at = NULL WHERE id = :id", {"id": action.connection_id})
    return Change(
        "crm_connection", action.connection_id, after={"stream": action.stream, "mapping": action.mapping}
    )


@handler(HastenCrm, target=_connection)
def hasten_crm(tx: WriteSession, action: HastenCrm, _target: Target) -> Change:
    """Due now, unless the CRM asked us to rest."""
    tx.execute(
        "UPDATE remit.crm_connections SET due_at = :now WHERE id = :id AND state = 'connected' AND problem = ''",
        {"id": action.connection_id, "now": tx.now},
    )
    return Change("crm_connection", action.connection_id, after={"due": "now"})


@handler(NoteCrmSync, target=_connection)
def note_crm_sync(tx: WriteSession, action: NoteCrmSync, _target: Target) -> Change:
    """Keep when it was looked at, what stands in the way, and what changed at its fields."""
    tx.execute(
        """UPDATE remit.crm_connections SET checked_at = :now, problem = :problem, due_at = :due,
            requests_count = requests_count + :requests WHERE id = :id""",
        {
            "id": action.connection_id, "now": tx.now, "problem": action.problem, "due": action.due_at,
            "requests": action.requests_count,
        },
    )  # fmt: skip
    for note in action.streams:
        tx.execute(
            """INSERT INTO remit.crm_streams (connection_id, stream, fields, drift, problem, checked_at)
            VALUES (:id, :stream, CAST(:fields AS jsonb), CAST(:drift AS jsonb), :problem, :checked)
            ON CONFLICT (connection_id, stream) DO UPDATE SET problem = EXCLUDED.problem, drift = EXCLUDED.drift,
                fields = CASE WHEN EXCLUDED.fields = '{}' THEN remit.crm_streams.fields ELSE EXCLUDED.fields END,
                checked_at = coalesce(EXCLUDED.checked_at, remit.crm_streams.checked_at)""",
            {
                "id": action.connection_id, "stream": note.stream, "fields": json.dumps(note.fields),
                "drift": json.dumps(note.drift), "problem": note.problem, "checked": note.checked_at,
            },
        )  # fmt: skip
    after: dict[str, Any] = {"problem": action.problem, "requests_count": action.requests_count}
    after |= {
        note.stream: note.problem or list(note.drift) for note in action.streams if note.problem or note.drift
    }
    return Change("crm_connection", action.connection_id, after=after)

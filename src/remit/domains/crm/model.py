"""What a connected CRM is here: its connection, and one stream for each kind of record that is taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from remit.kit.ids import imported_id

Vendor = Literal["salesforce", "hubspot"]
LEAD_PREFIX: Final = "contact-"
"""HubSpot knows contacts without a company: such a one is a lead here, under its id with this before it, until it has one."""

TITLES: Final[dict[str, str]] = {"salesforce": "Salesforce", "hubspot": "HubSpot"}
MOST_GONE: Final = 10_000


class Taken(BaseModel):
    """How far one page reads campaigns whose members are only listed.

    `complete`: campaigns of which this page has the last members; who is neither in it nor in the pages before is gone.
    `continued`: the campaign, "" for none, whose first members came with the pages before; `unfinished`: the one whose next come after.
    """

    model_config = ConfigDict(frozen=True)

    complete: tuple[str, ...] = Field((), max_length=MOST_GONE)
    continued: str = Field("", max_length=200)
    unfinished: str = Field("", max_length=200)


NOTHING_TAKEN: Final = Taken()


@dataclass(frozen=True, slots=True)
class Connection:
    """One connected CRM. `due_at`: not before then; `problem`: why the last look failed, in words, "" when it did not.

    `requests_count`: requests sent to it so far.
    """

    id: UUID
    vendor: Vendor
    state: Literal["connected", "stopped"]
    address: str
    connected_by: str
    connected_at: datetime
    due_at: datetime | None
    checked_at: datetime | None
    problem: str
    requests_count: int
    version: int


@dataclass(frozen=True, slots=True)
class Stream:
    """How far one kind of record was taken. `cursor` is the CRM's own place, opaque here.

    `newest_at`: the newest change there that we have; `whole_at`: when all of it had been taken once; `checked_at`: as of when
    it is equal to the CRM. `fields`: the CRM's fields and their types when we looked last; `mapping`: our field → theirs, where
    somebody chose another than the usual; `drift`: what changed there that concerns us, a sentence each.
    """

    connection_id: UUID
    stream: str
    cursor: dict[str, Any]
    newest_at: datetime | None
    whole_at: datetime | None
    taken_at: datetime | None
    checked_at: datetime | None
    rows_count: int
    created_count: int
    updated_count: int
    gone_count: int
    rejected_count: int
    last_import_id: UUID | None
    fields: dict[str, str]
    mapping: dict[str, str]
    drift: tuple[str, ...]
    problem: str
    version: int

    @property
    def state(self) -> str:
        """loading (not yet whole) or following."""
        return "following" if self.whole_at else "loading"

    def lag(self, now: datetime) -> timedelta | None:
        """How old our picture is: since when nobody has looked for changes. None while the first load is not done."""
        return now - self.checked_at if self.checked_at and self.whole_at else None


def connection_id_of(vendor: Vendor) -> UUID:
    """One connection a vendor: its id follows from the name, so that a sealed token is bound to it before it is there."""
    return imported_id("crm_connections", "remit", vendor)

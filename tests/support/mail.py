"""Contacts, queued messages and a worker for tests of delivery."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from remit.actions.record import digest
from remit.audit import log
from remit.audit.record import Record
from remit.connectors.email import deliver
from remit.connectors.email.config import MailConfig, read
from remit.db.location import Location
from remit.kit.ids import new_id
from remit.settings import Settings
from remit.worker.run import Worker
from tests.support.cast import Cast, as_owner


def add_contact(cast: Cast, account: str, email: str, name: str = "Dana") -> UUID:
    """A contact of one of the cast's accounts."""
    made = new_id()
    cast.sql(
        "INSERT INTO remit.contacts (id, account_id, access_id, first_name, email) VALUES (:id, :a, :g, :n, :e)",
        id=made, a=cast.accounts[account], g=cast.access[account], n=name, e=email,
    )  # fmt: skip
    return made


@dataclass(frozen=True)
class Queued:
    """An effect waiting for a worker."""

    id: UUID
    key: str
    contact: UUID


def queue_email(
    cast: Cast,
    contact: UUID,
    to: str,
    *,
    account: str = "pine",
    by: str = "alice",
    agent: str | None = None,
    **payload: Any,
) -> Queued:
    """One queued `email.send` effect, written as the door writes it, with its notification."""
    made, act, key = new_id(), new_id(), f"send:{new_id()}:1"
    body = {
        "to": to, "to_name": "Dana Field", "from_person": str(cast.people[by]), "subject": "Execution costs in Q3",
        "body": "Dear Dana,\n\none question about your venue mix.\n.\n..and a dot.", "contact_id": str(contact), **payload,
    }  # fmt: skip
    cast.sql(
        "INSERT INTO remit.effect_keys (idempotency_key, effect_id, created_at) VALUES (:k, :id, clock_timestamp())",
        k=key, id=made,
    )  # fmt: skip
    on_record(cast, act, made, body)  # first: a worker may take the effect the moment it is there
    cast.sql(
        "INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload,"
        " account_id, access_id, actor_id, agent_id, next_at) VALUES (:id, clock_timestamp(), :action, 'SendEmail', 'email.send',"
        " 'email', :k, CAST(:payload AS jsonb), :account, :access, :actor, :agent, clock_timestamp())",
        id=made, action=act, k=key, payload=json.dumps(body), account=cast.accounts[account],
        access=cast.access[account], actor=cast.people[by], agent=cast.people[agent] if agent else None,
    )  # fmt: skip
    cast.sql("SELECT pg_notify('remit_effects', :id)", id=str(made))
    return Queued(made, key, contact)


def on_record(cast: Cast, act: UUID, effect: UUID, payload: dict[str, Any]) -> None:
    """The record of the act that queued `effect`, without which nothing leaves."""
    body = {"effect_id": effect, "effect_hash": digest(payload)}
    record = Record(kind="effect", event="email:send:effect:queued", action_id=act, body=body)
    with as_owner(cast.location).begin() as connection:
        log.append(connection, [record])


def state(cast: Cast, effect: UUID) -> tuple[str, str, str]:
    """(state, phase, known) of an effect."""
    [row] = cast.sql("SELECT state, phase, known FROM remit.effects WHERE id = :id", id=effect)
    return row  # type: ignore[return-value]


def until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Wait for something to become true; fails the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        threading.Event().wait(0.02)
    raise AssertionError(f"did not happen within {seconds} s")


@contextmanager
def working(
    location: Location, home: Path, config: MailConfig | None = None, **settings: Any
) -> Iterator[Worker]:
    """A worker in a thread of this process, at work while the block lasts."""
    made = Settings(home=home, **settings)
    deliver.use(config or read(made))
    stop, ready = threading.Event(), threading.Event()
    worker = Worker(made, location, ready=ready.set)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            worker.run(stop)
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            failures.append(error)
            ready.set()

    thread = threading.Thread(target=run, name="test worker")
    thread.start()
    try:
        assert ready.wait(30), "the worker did not start"
        if not failures:
            yield worker
    finally:
        stop.set()
        thread.join(30)
    if failures:
        raise failures[0]

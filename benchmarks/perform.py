"""The door against plain SQLAlchemy: the same rows, one durable transaction each, interleaved in one run.

Ours: `perform` with identity, remit, policy, checks, handler, three audit records and an effect. Other: the ORM adds
the same rows (account update, action, three audit rows, three waiting leaves, effect and its key) and commits.
Then two clients against one, each in a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable
from statistics import median
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, Engine, MetaData, Table, create_engine, text
from sqlalchemy.orm import Session, registry
from tests.support.cast import Cast, make_cast

from benchmarks.support import Row, durable_server, row
from remit.actions import Action, Change, Effect, NotFound, Target, handler, perform
from remit.audit.record import Record, leaf_hash, serialise
from remit.db import engines
from remit.db.location import Location, Role
from remit.db.sessions import ReadSession, WriteSession
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

ROUNDS, SECONDS = 400, 6.0


class UpdateAccount(Action):
    """A simple change with one effect."""

    event: ClassVar[str] = "account:update"
    account_id: UUID
    website: str


def _target(s: ReadSession, action: UpdateAccount) -> Target:
    found = s.row(
        "SELECT id, access_id, segment, key_account, owner_id, version FROM remit.accounts WHERE id = :id",
        {"id": action.account_id},
    )
    if found is None:
        raise NotFound("account")
    attributes = {"owner": str(found.owner_id), "key_account": found.key_account, "segment": found.segment}
    context = {"ends_key_account": False}  # as the verb of the slice says it for a change of the web site
    where = (found.id, found.id, found.access_id, found.segment)
    return Target("account", *where, attributes=attributes, context=context)


def _handle(tx: WriteSession, action: UpdateAccount, _target: Target) -> Change:
    tx.execute(
        "UPDATE remit.accounts SET website = :website, version = version + 1 WHERE id = :id",
        {"website": action.website, "id": action.account_id},
    )
    effect = Effect("bench.note", "none", f"bench:{tx.action_id}", {"website": action.website})
    return Change("account", action.account_id, after={"website": action.website}, effects=[effect])


def _by_door(scope: Scope, account: UUID) -> None:
    perform(scope, UpdateAccount(account_id=account, website=f"https://{new_id()}.example"))


def _tables(engine: Engine) -> SimpleNamespace:
    """Classes mapped on the tables as they are, without relationships."""
    metadata, mappers = MetaData(schema="remit"), registry()
    classes = {}
    for name in ("accounts", "actions", "audit", "audit_pending", "effects", "effect_keys"):
        found = Table(name, MetaData(schema="remit"), autoload_with=engine, resolve_fks=False)
        # the columns alone: a mapper needs no foreign keys to write rows
        columns = [
            Column(c.name, c.type, primary_key=c.primary_key, server_default=c.server_default)
            for c in found.columns
        ]
        table = Table(name, metadata, *columns)
        classes[name] = type(name, (), {"__init__": _fill})
        mappers.map_imperatively(classes[name], table)
    return SimpleNamespace(**classes)


def _fill(self: object, **values: object) -> None:
    for name, value in values.items():
        setattr(self, name, value)


def _by_orm(engine: Engine, table: SimpleNamespace, person: UUID, account: UUID) -> None:
    """The same rows as `_by_door` writes, by the ORM, with nothing decided."""
    now, action_id, effect_id = clock.now(), new_id(), new_id()
    with Session(engine) as session:
        session.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(person)})
        found = session.get_one(table.accounts, account)
        found.website, found.version = f"https://{new_id()}.example", found.version + 1
        common = {"account_id": account, "access_id": found.access_id}
        session.add(
            table.actions(
                id=action_id, kind="UpdateAccount", payload={"website": found.website}, payload_hash=b"0" * 32, actor_id=person,
                actor_kind="person", rule_ids=["a"], policy_hash="ab" * 32, sentence="Allowed.", stages=[], result={},
                object_type="account", object_id=account, request_id="bench", at=now, segment="macro", channel="*", **common,
            )
        )  # fmt: skip
        for kind in ("decision", "change", "effect"):
            record = Record(kind=kind, event="account:update", actor_id=person, action_id=action_id, **common)  # type: ignore[arg-type]
            audit_id = new_id()
            content = serialise(record, audit_id, now)
            hashed = leaf_hash(content)
            session.add(
                table.audit(
                    id=audit_id, at=now, record=content, leaf_hash=hashed, kind=kind, event="account:update",
                    actor_id=person, action_id=action_id, object_type="account", object_id=account, **common,
                )
            )  # fmt: skip
            session.add(table.audit_pending(audit_id=audit_id, at=now, leaf_hash=hashed))
        session.add(
            table.effect_keys(idempotency_key=f"orm:{effect_id}", effect_id=effect_id, created_at=now)
        )
        session.add(
            table.effects(
                id=effect_id, created_at=now, action_id=action_id, action_kind="UpdateAccount", kind="bench.note", channel="none",
                idempotency_key=f"orm:{effect_id}", payload={}, actor_id=person, next_at=now, **common,
            )
        )  # fmt: skip
        session.commit()


def _timed(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _client(location: Location, person: UUID, account: UUID, seconds: float, answers: Any) -> None:
    """One client process: performs until the time is over, and reports how many."""
    from remit import identity

    engines.use(location, program="remit bench client")
    handler(UpdateAccount, target=_target)(_handle)
    scope = identity.for_person(person, via="bench")
    _by_door(scope, account)
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        _by_door(scope, account)
        done += 1
    answers.put(done / (time.perf_counter() - started))


def _rate(location: Location, cast: Cast, clients: int) -> float:
    """Actions a second of `clients` processes together, each on an account of its own."""
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    accounts = [cast.accounts["pine"], cast.accounts["oak"]]
    processes = [
        spawn.Process(target=_client, args=(location, cast.people["alice"], accounts[n], SECONDS, answers))
        for n in range(clients)
    ]
    for process in processes:
        process.start()
    total = sum(answers.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    return total


def run() -> list[Row]:
    """Rows: latency of one act beside the ORM's; two clients beside one."""
    with durable_server() as (location, _home):
        cast = make_cast(location)
        handler(UpdateAccount, target=_target)(_handle)
        scope, account = cast.scope("alice"), cast.accounts["pine"]
        engine = create_engine(location.url(Role.WRITER), pool_size=2)
        base = _tables(engine)
        ours: list[float] = []
        other: list[float] = []
        for _ in range(ROUNDS):
            ours.append(_timed(lambda: _by_door(scope, account)))
            other.append(_timed(lambda: _by_orm(engine, base, scope.actor.id, account)))
        engine.dispose()
        ours, other = ours[20:], other[20:]
        one, two = _rate(location, cast, 1), _rate(location, cast, 2)
        return [
            row("perform", "one change with policy, audit and outbox, p50", median(ours), median(other),
                "SQLAlchemy ORM writing the same rows, one durable transaction", "ms", runs=1, n=len(ours)),
            row("perform_two_clients", "actions a second of two clients", two, one, "one client", "actions/s", runs=1, n=2),
        ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))

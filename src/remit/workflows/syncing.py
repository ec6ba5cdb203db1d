"""Take what changed in a connected CRM, through the door, a page at a time; used by the worker and by commands."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from remit.actions import Performed, Refused, perform
from remit.connectors.crm.drift import drift, readable, remembered
from remit.connectors.crm.opening import open_reader
from remit.connectors.crm.reading import (
    Batch,
    CrmRefused,
    CrmResting,
    CrmUnavailable,
    Reader,
    StreamSpec,
    chosen_fields,
)  # fmt: skip
from remit.connectors.crm.spool import spooled, sweep
from remit.domains.crm import queries
from remit.domains.crm.actions import NoteCrmSync, StreamNote
from remit.domains.crm.model import Connection, Stream
from remit.domains.crm.taking import TakeCrmPage
from remit.kit import clock
from remit.scope import Scope
from remit.settings import load

log = structlog.get_logger(__name__)
COUNTS = ("rows", "created", "updated", "rejected", "gone")


@dataclass
class Synced:
    """What came of a look: counts by stream, problems and drift in words, seconds."""

    vendor: str
    streams: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    drift: list[str] = field(default_factory=list)
    problem: str = ""
    requests_count: int = 0
    seconds: float = 0.0

    def total(self, name: str) -> int:
        """One of COUNTS over all streams."""
        return sum(counts[name] for counts in self.streams.values())


@dataclass
class _Run:
    scope: Scope
    connection: Connection
    reader: Reader
    found: Synced
    until: datetime | None = None
    """By the CRM's clock; the same for all streams, so that what a record names is never newer than what we have."""

    began: datetime | None = None
    """The same moment by ours."""
    notes: list[StreamNote] = field(default_factory=list)


def sync(
    scope: Scope,
    connection: Connection,
    *,
    only: Collection[str] = (),
    opened: Callable[[Scope, Connection], Reader] = open_reader,
) -> Synced:
    """Look at every stream (or those of `only`) once, and note how it ended. A stream that fails does not keep the others from being read."""
    began = clock.now()
    sweep(load().home)
    found = Synced(connection.vendor)
    due: datetime | None = None
    run: _Run | None = None
    try:
        reader = opened(scope, connection)
        run = _Run(scope, connection, reader, found)
        try:
            _streams(run, only)
        finally:
            found.requests_count = reader.requests_count
            reader.close()
    except CrmResting as resting:
        found.problem, due = resting.message, clock.now() + timedelta(seconds=resting.seconds)
    except CrmUnavailable as error:
        found.problem = error.message
    found.seconds = round((clock.now() - began).total_seconds(), 3)
    perform(
        scope,
        NoteCrmSync(
            connection_id=connection.id,
            problem=found.problem[:500],
            requests_count=found.requests_count,
            due_at=due or clock.now() + timedelta(seconds=load().crm_seconds),
            streams=tuple(run.notes) if run else (),
        ),
    )
    return found


def _streams(run: _Run, only: Collection[str]) -> None:
    for spec in run.reader.streams:
        if only and spec.name not in only:
            continue
        try:
            _stream(run, spec)
        except (CrmRefused, CrmResting):
            raise
        except CrmUnavailable as error:
            run.found.problems[spec.name] = error.message
            run.notes.append(StreamNote(stream=spec.name, problem=error.message[:500]))
        except Refused as refused:
            if refused.code == "crm_page_out_of_turn":
                log.info("another process takes this stream", stream=spec.name)
                continue
            run.found.problems[spec.name] = refused.message
            run.notes.append(StreamNote(stream=spec.name, problem=refused.message[:500]))


def _stream(run: _Run, spec: StreamSpec) -> None:
    before = queries.get_stream(run.scope, run.connection.id, spec.name)
    mapping, seen = (before.mapping, before.fields) if before else ({}, {})
    now = run.reader.fields(spec)
    if run.until is None:
        run.until, run.began = run.reader.now, clock.now()
    told = drift(spec, mapping, seen, now)
    run.found.drift += told
    known = readable(seen, now)
    counts = run.found.streams.setdefault(spec.name, dict.fromkeys(COUNTS, 0))
    place = before.cursor if before else {}
    for batch in run.reader.batches(spec, mapping, known, place, run.until):
        done = _take(run, spec, batch, place)
        place = batch.place
        for name in COUNTS:
            counts[name] += done[name]
    kept = remembered(seen, now)
    # what did not change is not written down again at every look
    note = StreamNote(stream=spec.name, fields={} if kept == seen else kept, drift=told, checked_at=run.began)
    run.notes.append(note)


def _take(run: _Run, spec: StreamSpec, batch: Batch, place: dict[str, object]) -> dict[str, int]:
    settings = load()
    with spooled(
        settings.home, run.connection.vendor, spec.name, batch.sheets, currency=settings.crm_currency,
        history_follows=any(each.entity == "stages" for each in run.reader.streams),
    ) as plan:  # fmt: skip
        action = TakeCrmPage(
            connection_id=run.connection.id,
            stream=spec.name,
            entity=spec.entity,
            source=run.connection.vendor,
            place=place,
            next_place=batch.place,
            newest_at=batch.newest_at,
            whole=batch.whole,
            plan=plan,
            gone=batch.gone,
            merged=batch.merged,
            groups=batch.groups,
        )
        done = perform(run.scope, action)
    if not isinstance(done, Performed):
        raise Refused(
            "What the CRM gives waits for a person, and nothing more is read before.", code="crm_waits"
        )
    log.debug("taken", vendor=run.connection.vendor, stream=spec.name, **done.result)
    return dict(done.result)


def chosen_of(spec: StreamSpec, stream: Stream | None, known: dict[str, str]) -> dict[str, str]:
    """Our field → theirs as it is read now."""
    return chosen_fields(spec, stream.mapping if stream else {}, known)

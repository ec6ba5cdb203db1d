"""The mapping of one stream, and a few records of the CRM as they would be taken: read there, written nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from remit.actions import NotFound, Refused
from remit.connectors.crm.opening import STREAMS, open_reader
from remit.connectors.crm.reading import Reader, StreamSpec, chosen_fields, derived_fields
from remit.connectors.crm.spool import plan_of
from remit.domains.crm import queries
from remit.domains.crm.model import Connection, Stream
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.plan import ColumnPlan
from remit.domains.imports.readers import NULL, CellRefused, reader
from remit.scope import Scope
from remit.settings import load

SHOWN = 5


@dataclass(frozen=True, slots=True)
class MappedField:
    """One of our fields. `source`: theirs that fills it ("" none); `usual`: theirs unless somebody chose another; `made_of`: several
    of theirs that it is made of, which cannot be chosen; `type`: what theirs is there; `missing`: it is not there (any more)."""

    name: str
    kind: str
    source: str
    usual: str
    made_of: tuple[str, ...]
    type: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it came and as it is read; `reason`: why it cannot be read."""

    came: str
    read: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Records as they would be taken: a row for each, a cell for each of `fields`."""

    entity: str
    fields: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def spec_of(vendor: str, name: str) -> StreamSpec:
    """The stream of that name. Raises NotFound."""
    found = next((each for each in STREAMS.get(vendor, ()) if each.name == name), None)
    if found is None:
        raise NotFound("stream")
    return found


def mapped(spec: StreamSpec, stream: Stream | None) -> list[MappedField]:
    """Every field of ours that this kind of record has, and what fills it."""
    mapping, known = (stream.mapping, stream.fields) if stream else ({}, {})
    derived = {name: made for name, made in spec.derived.items() if name not in mapping}
    found = []
    for field in ENTITIES[spec.entity].fields:
        if field.name in ("external_id", "owner_id_text", "account_id_text"):
            continue
        made = derived.get(field.name)
        source = "" if made else mapping.get(field.name, spec.fields.get(field.name, ""))
        found.append(
            MappedField(
                field.name, field.kind, source, spec.fields.get(field.name, ""), made.sources if made else (),
                known.get(source, ""), bool(source and known and source not in known),
            )
        )  # fmt: skip
    return found


def preview(
    scope: Scope,
    connection: Connection,
    spec: StreamSpec,
    mapping: dict[str, str] | None = None,
    opened: Callable[[Scope, Connection], Reader] = open_reader,
) -> tuple[Preview, ...]:
    """The records that changed last there, read by `mapping` (default: the one in force). Raises CrmUnavailable, Refused.

    What stands in the CRM may be of any territory: only who sees every territory may look at it here.
    """
    if not queries.sees_everything(scope):
        raise Refused(
            "A preview shows records of every territory: ask somebody who sees them all.",
            code="not_permitted",
        )
    stream = queries.get_stream(scope, connection.id, spec.name)
    chosen = mapping if mapping is not None else (stream.mapping if stream else {})
    source = opened(scope, connection)
    try:
        sheets = source.sample(spec, chosen, source.fields(spec), SHOWN)
    finally:
        source.close()
    currency = load().crm_currency
    found = []
    for sheet in sheets:
        columns = plan_of(connection.vendor, sheet, currency).columns
        rows = tuple(tuple(_read(columns, row)) for row in sheet.rows)
        found.append(Preview(sheet.entity, sheet.fields, rows))
    return tuple(found)


def _read(columns: Iterable[ColumnPlan], row: list[str]) -> Iterable[Cell]:
    for column, came in zip(columns, row, strict=True):
        if column.kind in ("id", "ref"):
            yield Cell(came, came)
            continue
        try:
            yield Cell(came, _words(column, reader(column)(came)))
        except CellRefused as refused:
            yield Cell(came, "", str(refused))


def _words(column: ColumnPlan, text: str) -> str:
    parts = text.split("\t")
    if column.kind == "money" and parts[0] != NULL:
        return f"{int(parts[0]) / 100:,.2f} {parts[1]}"
    if column.kind == "bool":
        return {"t": "yes", "f": "no"}.get(parts[0], "")
    shown = parts[:1] if column.kind in ("name", "stage") else parts
    return " ".join(part for part in shown if part != NULL)


def unread(spec: StreamSpec, stream: Stream | None) -> tuple[str, ...]:
    """Fields of theirs that fill none of ours, as we saw them last."""
    if stream is None:
        return ()
    used = set(chosen_fields(spec, stream.mapping, stream.fields).values())
    used |= {
        name for made in derived_fields(spec, stream.mapping, stream.fields).values() for name in made.sources
    }
    return tuple(sorted(set(stream.fields) - used))

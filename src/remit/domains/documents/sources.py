"""Where an account's documents are fetched from: a CIK at EDGAR, or a feed that the settings allow. A person names each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import Row

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.accounts.targets import account_target
from remit.kit.ids import new_id
from remit.policy.halt import UNHALTED
from remit.scope import Scope
from remit.settings import load

SourceKind = Literal["cik", "feed"]
_COLUMNS: Final = """d.id, d.account_id, a.name AS account, d.kind, d.address, d.state, d.etag, d.modified, d.read_at, d.outcome,
    p.name AS watched_by, d.version"""
_FROM: Final = """FROM remit.document_sources d JOIN remit.accounts a ON a.id = d.account_id
    JOIN remit.people p ON p.id = d.watched_by WHERE d.state = 'watched'"""
_INSERT: Final = """
INSERT INTO remit.document_sources (id, account_id, access_id, kind, address, watched_by, watched_at)
VALUES (:id, :account, :access, :kind, :address, :by, :now) ON CONFLICT DO NOTHING
"""
_ONE: Final = "SELECT account_id, kind, address, version FROM remit.document_sources WHERE id = :id AND state = 'watched'"


@dataclass(frozen=True, slots=True)
class Source:
    """One watched source. `address`: ten digits of a CIK, or a feed's address. `etag`, `modified`: what its server said last."""

    id: UUID
    account_id: UUID
    account: str
    kind: SourceKind
    address: str
    etag: str
    modified: str
    read_at: datetime | None
    outcome: str
    watched_by: str
    version: int


class WatchSource(Action):
    """Fetch what this source brings, as documents of this account."""

    event: ClassVar[str] = "document_source:watch"
    account_id: UUID
    source_kind: SourceKind
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class StopWatching(Action):
    """Fetch from it no more; what it brought stays."""

    event: ClassVar[str] = "document_source:stop"
    source_id: UUID
    expected_version: int


class NoteSourceRead(Action):
    """When a source was read, what came of it, and by which marks its server knows what we have."""

    event: ClassVar[str] = "document_source:read"
    by_api: ClassVar[bool] = False
    source_id: UUID
    outcome: str = Field(max_length=500)
    added_count: int = Field(0, ge=0)
    etag: str = Field("", max_length=500)
    modified: str = Field("", max_length=200)
    left_out: tuple[Annotated[str, StringConstraints(max_length=40)], ...] = Field((), max_length=100)
    """Filings that cannot be read: they are not fetched again, so that older ones get their turn."""


def allowed_feeds() -> tuple[str, ...]:
    """The addresses of feeds that the settings allow."""
    return tuple(load().feed_addresses.replace(",", " ").split())


def cik_of(text: str) -> str:
    """A CIK as ten digits; '' when `text` is none."""
    digits = text.strip().upper().removeprefix("CIK").strip()
    return digits.zfill(10) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else ""


def _account(s: ReadSession, action: WatchSource) -> Target:
    return account_target(s, action.account_id)


def _source(s: ReadSession, action: StopWatching | NoteSourceRead) -> Target:
    row = s.row(_ONE, {"id": action.source_id})
    if row is None:
        raise NotFound("source")
    return account_target(s, row.account_id, title=f"{row.kind} {row.address}"[:120])


def _fit(_s: ReadSession, action: WatchSource, _target: Target) -> Sequence[Check]:
    if action.source_kind == "cik":
        return [
            Check.that(
                "source-cik",
                bool(cik_of(action.address)),
                f"“{action.address[:40]}” is no CIK: give the number of up to ten digits that EDGAR uses.",
                "The CIK is a number of up to ten digits.",
            )
        ]
    return [
        Check.that(
            "source-allowed",
            action.address in allowed_feeds(),
            "This address is not among the feeds of the settings (feed_addresses); ask an admin to allow it.",
            "The settings allow this feed.",
        )
    ]


@handler(WatchSource, target=_account, checks=[_fit])
def watch_source(tx: WriteSession, action: WatchSource, target: Target) -> Change:
    """Watch it; watching it already is refused."""
    address = cik_of(action.address) if action.source_kind == "cik" else action.address
    source_id = new_id()
    done = tx.execute(
        _INSERT,
        {
            "id": source_id, "account": target.account_id, "access": target.access_id, "kind": action.source_kind,
            "address": address, "by": tx.maker_id, "now": tx.now,
        },
    )  # fmt: skip
    if not done.rowcount:
        raise Refused("This source is watched for the account already.", code="nothing_to_change")
    after = {"kind": action.source_kind, "address": address}
    return Change("document_source", source_id, after=after, result={"source_id": str(source_id)})


@handler(StopWatching, target=_source)
def stop_watching(tx: WriteSession, action: StopWatching, _target: Target) -> Change:
    """Close it."""
    values = {"state": "stopped"}
    before = change_row(
        tx, "document_sources", action.source_id, action.expected_version, values, what="source"
    )
    return Change("document_source", action.source_id, before, values)


@handler(NoteSourceRead, target=_source)
def note_source_read(tx: WriteSession, action: NoteSourceRead, _target: Target) -> Change:
    """Keep the moment and the marks; a source that somebody changes meanwhile keeps their change."""
    tx.execute(
        """UPDATE remit.document_sources SET read_at = :now, outcome = :outcome, etag = :etag, modified = :modified,
            left_out = (SELECT coalesce(array_agg(DISTINCT each), '{}') FROM unnest(left_out || CAST(:left_out AS text[])) AS each),
            updated_at = :now WHERE id = :id""",
        {
            "now": tx.now, "outcome": action.outcome, "etag": action.etag, "modified": action.modified, "id": action.source_id,
            "left_out": list(action.left_out),
        },
    )  # fmt: skip
    after = {"outcome": action.outcome, "added_count": action.added_count, "left_out": list(action.left_out)}
    return Change("document_source", action.source_id, after=after)


def _of(row: Row[Any]) -> Source:
    return Source(
        row.id, row.account_id, row.account, row.kind, row.address, row.etag, row.modified, row.read_at, row.outcome,
        row.watched_by, row.version,
    )  # fmt: skip


def load_sources(s: ReadSession, account_id: UUID) -> list[Source]:
    """The sources watched for an account, inside a session."""
    query = f"SELECT {_COLUMNS} {_FROM} AND d.account_id = :id ORDER BY d.kind, d.address LIMIT 100"
    return [_of(row) for row in s.rows(query, {"id": account_id})]


def list_sources(scope: Scope, kind: SourceKind | None = None, *, limit: int = 500) -> list[Source]:
    """Every source watched for accounts that the reader sees, the one read longest ago first."""
    query = f"""SELECT {_COLUMNS} {_FROM} AND (CAST(:kind AS text) IS NULL OR d.kind = :kind)
        ORDER BY d.read_at NULLS FIRST, d.id LIMIT :limit"""
    with read(scope) as s:
        return [_of(row) for row in s.rows(query, {"kind": kind, "limit": limit})]


def list_due(scope: Scope, read_before: datetime, *, limit: int) -> list[Source]:
    """Sources never read, or last read before that moment; the one read longest ago first.

    What is halted waits until the halt is lifted, and is the first then: nothing of it could be kept or noted.
    """
    query = f"""SELECT {_COLUMNS} {_FROM} AND (d.read_at IS NULL OR d.read_at < :before)
        AND {UNHALTED.format(account="d.account_id")} ORDER BY d.read_at NULLS FIRST, d.id LIMIT :limit"""
    given = {"before": read_before, "limit": limit, "halted_kinds": ["AddDocument", "NoteSourceRead"]}
    with read(scope) as s:
        return [_of(row) for row in s.rows(query, given)]


def accessions(scope: Scope, account_id: UUID) -> frozenset[str]:
    """Accession numbers of the account's documents on record, removed ones too: what was removed is not fetched again."""
    query = """SELECT DISTINCT accession_number FROM remit.documents WHERE account_id = :id AND accession_number IS NOT NULL"""
    with read(scope) as s:
        return frozenset(row.accession_number for row in s.rows(query, {"id": account_id}))


def left_out(scope: Scope, account_id: UUID, cik: str) -> frozenset[str]:
    """Accession numbers of filings that could not be read since the account's CIK is watched; watching it anew forgets them."""
    query = """SELECT unnest(left_out) AS accession_number FROM remit.document_sources
        WHERE account_id = :id AND kind = 'cik' AND address = :cik AND state = 'watched'"""
    with read(scope) as s:
        return frozenset(
            row.accession_number for row in s.rows(query, {"id": account_id, "cik": cik_of(cik)})
        )

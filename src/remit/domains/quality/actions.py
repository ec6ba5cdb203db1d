"""Verbs on data quality: look again, mark as mended, dismiss with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Action, Change, Conflict, NotFound, Target, handler
from remit.db.bulk import BulkLoader, Staging
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.quality.detectors import DETECTORS, QUIET_DAYS
from remit.domains.quality.rules import Firm, find_duplicates
from remit.evidence.facts import KINDS

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
_COLUMNS = {
    "kind": "text", "object_type": "text", "account_id": "uuid", "access_id": "int", "object_id": "uuid", "other_id": "uuid",
    "owner_id": "uuid", "field": "text", "detail": "text",
}  # fmt: skip


class RefreshQuality(Action):
    """Look through all records for duplicates and missing, stale or contradictory fields."""

    event: ClassVar[str] = "quality:issues:refresh"


class FixQualityIssue(Action):
    """Say that an issue has been mended (the record itself is changed by its own verbs)."""

    event: ClassVar[str] = "quality:issue:fix"
    issue_id: UUID
    expected_version: int
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class DismissQualityIssue(Action):
    """Say that an issue is none, and why; it does not come back."""

    event: ClassVar[str] = "quality:issue:dismiss"
    issue_id: UUID
    expected_version: int
    reason: Reason


def _all(s: ReadSession, action: RefreshQuality) -> Target:
    return Target("quality", title="data quality")


def _issue(s: ReadSession, action: FixQualityIssue | DismissQualityIssue) -> Target:
    row = s.row(
        "SELECT id, account_id, access_id, version, detail, owner_id FROM remit.quality_issues WHERE id = :id",
        {"id": action.issue_id},
    )
    if row is None:
        raise NotFound("issue")
    attributes = {"owner": str(row.owner_id or "")}
    return Target(
        "quality_issue",
        row.id,
        row.account_id,
        row.access_id,
        version=row.version,
        title=row.detail,
        attributes=attributes,
    )


@handler(RefreshQuality, target=_all, as_system=True)
def refresh_quality(tx: WriteSession, action: RefreshQuality, target: Target) -> Change:
    """Find everything anew: new issues open, those gone are fixed, dismissed ones stay dismissed."""
    loader = BulkLoader(tx.connection)
    staging = loader.staging("quality", _COLUMNS)
    today = tx.now.date()
    single = [name for name, kind in KINDS.items() if kind.single]
    values = {"today": today, "quiet_on": today - timedelta(days=QUIET_DAYS), "single_kinds": single}
    for each in DETECTORS:
        found = (
            f"INSERT INTO {staging.name} (kind, object_type, account_id, access_id, object_id, other_id, owner_id, field, detail)"
            f" SELECT '{each.kind}', '{each.object_type}', x.* FROM ({each.sql}) x (a, b, c, d, e, f, g)"
        )
        tx.execute(found, {name: value for name, value in values.items() if f":{name}" in each.sql})
    # found before COPY begins: the connection can do one thing at a time
    duplicates = list(_duplicates(tx))
    loader.copy(staging, duplicates)
    opened, closed = _merge(tx, staging)
    after = {
        "opened": opened,
        "closed": closed,
        "open": tx.scalar("SELECT count(*) FROM remit.quality_issues WHERE state = 'open'"),
    }
    return Change("quality", None, after=after, result=after)


def _duplicates(tx: WriteSession) -> Iterator[tuple[Any, ...]]:
    rows = tx.rows(
        """SELECT a.id, a.access_id, g.barrier_id IS NOT NULL AS barred, a.name, a.website, a.owner_id
        FROM remit.accounts a JOIN remit.access_groups g ON g.id = a.access_id"""
    )
    for pair in find_duplicates(Firm(*tuple(row)) for row in rows):
        second = pair.second
        yield (
            "duplicate",
            "account",
            second.id,
            second.access_id,
            second.id,
            pair.first.id,
            second.owner_id,
            "name",
            pair.detail,
        )


def _merge(tx: WriteSession, staging: Staging) -> tuple[int, int]:
    same = """q.kind = s.kind AND q.object_type = s.object_type AND q.object_id = s.object_id AND q.field = s.field
        AND q.other_id IS NOT DISTINCT FROM s.other_id"""
    gone = f"""UPDATE remit.quality_issues q SET state = 'fixed', closed_at = :now, closed_reason = 'no longer found', version = version + 1
        WHERE q.state = 'open' AND NOT EXISTS (SELECT FROM {staging.name} s WHERE {same})"""
    found = f"""INSERT INTO remit.quality_issues AS q (id, account_id, access_id, kind, object_type, object_id, other_id, field, detail, owner_id, found_at)
        SELECT DISTINCT ON (s.kind, s.object_type, s.object_id, s.field, s.other_id)
            md5(concat_ws(':', s.kind, s.object_type, s.object_id, s.field, s.other_id))::uuid,
            s.account_id, s.access_id, s.kind, s.object_type, s.object_id, s.other_id, s.field, s.detail, s.owner_id, :now
        FROM {staging.name} s WHERE s.access_id IS NOT NULL
        ON CONFLICT (kind, object_type, object_id, field, other_id) DO UPDATE SET state = 'open', closed_at = NULL, closed_by = NULL,
            closed_reason = NULL, detail = EXCLUDED.detail, owner_id = EXCLUDED.owner_id, found_at = EXCLUDED.found_at,
            version = q.version + 1
        WHERE q.state = 'fixed' OR (q.state = 'open' AND (q.detail, q.owner_id) IS DISTINCT FROM (EXCLUDED.detail, EXCLUDED.owner_id))
        RETURNING q.version"""
    closed = tx.execute(gone, {"now": tx.now}).rowcount
    opened = tx.execute(found, {"now": tx.now}).rowcount
    return opened, closed


@handler(FixQualityIssue, target=_issue)
def fix_issue(tx: WriteSession, action: FixQualityIssue, target: Target) -> Change:
    """Close the issue as mended; the next refresh opens it again if it is still there."""
    return _close(tx, target, action.expected_version, "fixed", action.note)


@handler(DismissQualityIssue, target=_issue)
def dismiss_issue(tx: WriteSession, action: DismissQualityIssue, target: Target) -> Change:
    """Close the issue for good."""
    return _close(tx, target, action.expected_version, "dismissed", action.reason)


def _close(tx: WriteSession, target: Target, expected: int, state: str, reason: str) -> Change:
    done = tx.execute(
        """UPDATE remit.quality_issues SET state = :state, closed_by = :by, closed_at = :now, closed_reason = :reason,
            version = version + 1 WHERE id = :id AND version = :expected AND state = 'open'""",
        {
            "state": state,
            "by": tx.scope.actor.id,
            "now": tx.now,
            "reason": reason,
            "id": target.id,
            "expected": expected,
        },
    )
    if done.rowcount != 1:
        raise Conflict("issue", expected=expected, found=target.version or 0, yours={"state": state})
    return Change(
        "quality_issue", target.id, before={"state": "open"}, after={"state": state, "reason": reason}
    )

"""TakeCrmPage: records of a connected CRM go in, and the place we are at there moves on, in one transaction.

So a process that is killed at any moment goes on at the page it was at: either the page is in and the place after it, or
neither. The records take the same way as those of `import crm`: same fields, same readers, same rules.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

import psycopg
from pydantic import Field

from remit.actions import Action, Change, Refused, Target, handler
from remit.actions.suggestions import void_for_object
from remit.db.bulk import BulkLoader
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.crm import gone
from remit.domains.crm.actions import Name
from remit.domains.crm.leaving import hide_left
from remit.domains.crm.model import MOST_GONE, NOTHING_TAKEN, Taken
from remit.domains.crm.targets import connection_target
from remit.domains.crm.waiting import settle
from remit.domains.imports.load import load
from remit.domains.imports.plan import ImportPlan
from remit.domains.imports.report import ImportReport
from remit.domains.imports.staging import FileChanged

LEASE: Final = timedelta(minutes=10)


class TakeCrmPage(Action):
    """Take one page. `place` is where we were when it was asked for; a page that is not the next one is refused.

    `gone`: ids of records deleted there; `merged`: (id of the loser, id of the winner). `whole`: this was the last page of all.
    `groups`: how far campaigns are read whose members are only listed.
    """

    event: ClassVar[str] = "crm:page"
    by_api: ClassVar[bool] = False
    connection_id: UUID
    stream: Name
    entity: Name
    source: Name
    place: dict[str, Any]
    next_place: dict[str, Any]
    newest_at: datetime | None = None
    whole: bool = False
    plan: ImportPlan | None = None
    gone: tuple[str, ...] = Field((), max_length=MOST_GONE)
    merged: tuple[tuple[str, str], ...] = Field((), max_length=MOST_GONE)
    groups: Taken = NOTHING_TAKEN


def _connection(s: ReadSession, action: TakeCrmPage) -> Target:
    return connection_target(s, action.connection_id)


@handler(TakeCrmPage, target=_connection, as_system=True)
def take_crm_page(tx: WriteSession, action: TakeCrmPage, _target: Target) -> Change:
    """Load, hide what is gone, move the place."""
    row = tx.row(
        """SELECT s.cursor, c.state FROM remit.crm_connections c LEFT JOIN remit.crm_streams s
            ON s.connection_id = c.id AND s.stream = :stream WHERE c.id = :id FOR UPDATE OF c""",
        {"id": action.connection_id, "stream": action.stream},
    )
    if row is None or row.state != "connected":
        raise Refused("This connection was stopped; nothing more is taken from it.", code="crm_stopped")
    if (row.cursor or {}) != action.place:
        raise Refused("This page was taken already, by another process; it goes on from there.", code="crm_page_out_of_turn")  # fmt: skip
    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    tx.execute("SELECT set_config('remit.with_gone', 'yes', true)")
    report = _taken(tx, driver, action) if action.plan is not None else None
    hidden = gone.hide(driver, action.source, action.entity, action.gone, tx.now)
    if action.entity == "members":
        staged = action.plan is not None
        hidden += hide_left(driver, (action.source, action.stream), action.groups, staged, tx.now)
    merged, moved = gone.merge(driver, action.source, action.entity, action.merged, tx.now)
    hidden += merged
    for draft_id in moved:
        void_for_object(tx, "draft", draft_id, "its contact or account was merged in the CRM")
    counts = _counts(report, hidden)
    _moved(tx, action, counts)
    digests = {file.file: file.sha256 for file in action.plan.files} if action.plan else {}
    after = {"stream": action.stream, "place": action.next_place, "digests": digests, **counts}
    return Change("crm_connection", action.connection_id, after=after, result=counts)


def _taken(tx: WriteSession, driver: psycopg.Connection[Any], action: TakeCrmPage) -> ImportReport:
    assert action.plan is not None
    tx.execute(
        """INSERT INTO remit.imports (id, path, by_id, started_at, mapping) VALUES (:id, :path, :by, :now, CAST(:mapping AS jsonb))""",
        {
            "id": tx.action_id, "path": action.plan.path, "by": tx.maker_id, "now": tx.now,
            "mapping": json.dumps({file.file: file.mapping for file in action.plan.files}),
        },
    )  # fmt: skip
    try:
        report = load(
            BulkLoader(tx.connection), driver, action.plan, tx.action_id, tx.now, False,
            lambda stage: settle(stage, action.source),
        )  # fmt: skip
    except FileChanged as error:
        raise Refused(str(error), code=error.code) from error
    tx.execute(
        "UPDATE remit.imports SET finished_at = clock_timestamp(), report = CAST(:report AS jsonb) WHERE id = :id",
        {"id": tx.action_id, "report": json.dumps(asdict(report))},
    )
    return report


def _counts(report: ImportReport | None, hidden: int) -> dict[str, int]:
    files = report.files if report else []
    return {
        "rows": sum(file.rows for file in files),
        "created": sum(file.created for file in files),
        "updated": sum(file.updated for file in files),
        "rejected": sum(file.rejected_count for file in files),
        "gone": hidden,
    }


def _moved(tx: WriteSession, action: TakeCrmPage, counts: dict[str, int]) -> None:
    # whoever takes pages is at it: no other worker begins beside it, unless nothing comes for so long
    tx.execute(
        "UPDATE remit.crm_connections SET due_at = :until WHERE id = :id",
        {"id": action.connection_id, "until": tx.now + LEASE},
    )
    tx.execute(
        """INSERT INTO remit.crm_streams AS s (connection_id, stream, cursor, newest_at, whole_at, taken_at, rows_count, created_count,
            updated_count, gone_count, rejected_count, last_import_id)
        VALUES (:id, :stream, CAST(:cursor AS jsonb), :newest, :whole, :now, :rows, :created, :updated, :gone, :rejected, :import)
        ON CONFLICT (connection_id, stream) DO UPDATE SET cursor = EXCLUDED.cursor, taken_at = EXCLUDED.taken_at,
            newest_at = greatest(s.newest_at, EXCLUDED.newest_at), whole_at = coalesce(s.whole_at, EXCLUDED.whole_at),
            rows_count = s.rows_count + :rows, created_count = s.created_count + :created, updated_count = s.updated_count + :updated,
            gone_count = s.gone_count + :gone, rejected_count = s.rejected_count + :rejected,
            last_import_id = coalesce(EXCLUDED.last_import_id, s.last_import_id)""",
        {
            "id": action.connection_id, "stream": action.stream, "cursor": json.dumps(action.next_place),
            "newest": action.newest_at, "whole": tx.now if action.whole else None, "now": tx.now,
            "import": tx.action_id if action.plan else None, **counts,
        },
    )  # fmt: skip

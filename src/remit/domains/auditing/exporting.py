"""An export from start to end: asked for at the door, sealed up to now, written to a file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from remit import settings
from remit.actions import Refused, perform, performed
from remit.audit import export, keys, seal
from remit.audit.leaves import Period
from remit.audit.queries import AuditFilters, narrowed
from remit.db.sessions import read
from remit.domains.auditing.actions import ExportAudit
from remit.kit import clock
from remit.scope import Scope


def export_log(
    scope: Scope, path: Path, period: Period = Period(), only: AuditFilters = AuditFilters()
) -> export.Exported:
    """Write what `scope` may see of the log to `path`; the export's own record is in the tree it shows.

    `only` narrows it (its period is `period`).

    Raises Refused (not permitted, or the file exists), NothingSealed, OSError, AuditKeyUnusable. What the
    scope may not see stands in the file by its hash.
    """
    if path.exists():
        raise Refused(f"{path} exists already; name another file.", code="file_exists")
    action = ExportAudit(
        file_name=path.name,
        since=period.start,
        until=period.end,
        person_id=only.person_id,
        account_id=only.account_id,
        action_id=only.action_id,
        object_id=only.object_id,
        kind_of_record=only.kind or "",
        event_begins=only.event or "",
        act=only.act or "",
        rule=only.rule or "",
    )
    performed(perform(scope, action))
    home = settings.load().home
    # Where the key lives on another machine, its sealer works: what that has sealed can still be taken along.
    with suppress(keys.AuditKeyMissing):
        seal.seal_now(home)
    key = seal.find_key(home)
    with read(scope) as session:
        return export.write(
            session.connection,
            path,
            made_at=clock.now(),
            made_by=str(scope.actor.id),
            period=period,
            key=key,
            only=None if only == AuditFilters() else narrowed(only),
        )

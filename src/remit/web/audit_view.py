"""What the Audit page needs beyond a list: the newest sealed head, verification, an export as a download."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from remit import settings
from remit.audit import check, heads, keys, seal
from remit.audit.heads import Head
from remit.audit.leaves import Period
from remit.audit.queries import AuditFilters
from remit.db.sessions import read
from remit.domains.auditing.exporting import export_log
from remit.kit import clock
from remit.scope import Scope
from remit.web import sessions


def newest_head(scope: Scope) -> Head | None:
    """The last signed head; None before the first."""
    with read(scope) as session:
        return heads.find_last(session.connection)


def verify(_scope: Scope) -> dict[str, Any]:
    """Check the whole log. Reads as Remit's own service: somebody who sees less could not tell what is missing."""
    home = settings.load().home
    if seal.find_key(home):
        seal.seal_now(home)
    with read(sessions.system_scope()) as session:
        return check.verify_database(session.connection, trusted=keys.trusted(home))


def export(scope: Scope, filters: AuditFilters) -> Path:
    """Write an export of what the filters let through into the installation's own folder. Raises Refused; see `remove`."""
    folder = settings.load().home / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"remit-audit-{clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.jsonl.gz"
    export_log(scope, path, Period(filters.since, filters.until), replace(filters, since=None, until=None))
    return path


def remove(path: Path) -> None:
    """Delete an export once it was sent."""
    path.unlink(missing_ok=True)

"""Every connected CRM that is due is looked at; a load that a killed worker left goes on at its last page."""

from __future__ import annotations

import structlog
from dbos import DBOS

from remit import identity
from remit.actions import Refused
from remit.domains.crm.queries import list_connections
from remit.kit import clock
from remit.scope import Scope
from remit.workflows.syncing import sync

log = structlog.get_logger(__name__)


@DBOS.workflow(name="sync_crm")
def sync_crm() -> int:
    """The durable story: how many records came or changed."""
    return _sync()


@DBOS.step(name="sync_crm_step")
def _sync() -> int:
    return sync_due(identity.for_service("syncing", via="worker"))


def sync_due(scope: Scope) -> int:
    """Look at each connection that is due; gives how many records came or changed."""
    changed = 0
    now = clock.now()
    for connection in list_connections(scope):
        if connection.state != "connected" or (connection.due_at and connection.due_at > now):
            continue
        try:
            found = sync(scope, connection)
        except Refused as refused:  # halted, or stopped by somebody in between: the others go on
            log.warning("a CRM was not read", vendor=connection.vendor, code=refused.code)
            continue
        changed += found.total("created") + found.total("updated") + found.total("gone")
    return changed

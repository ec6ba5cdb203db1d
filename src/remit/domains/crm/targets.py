"""A connection as what an action acts on."""

from __future__ import annotations

from uuid import UUID

from remit.actions import Target
from remit.db.sessions import ReadSession
from remit.domains.crm.model import TITLES
from remit.domains.crm.queries import load_connection


def connection_target(s: ReadSession, connection_id: UUID) -> Target:
    """The connection as a target. Raises NotFound."""
    found = load_connection(s, connection_id)
    return Target("crm_connection", found.id, version=found.version, title=TITLES[found.vendor])

"""What decides whether a recalled e-mail may leave after all: the same checks as for SendEmail, on today's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from remit.actions import Check
from remit.actions.recalled import Resending, resendable
from remit.db.sessions import ReadSession
from remit.domains.outreach.attaching import attached_of, check_attached
from remit.domains.outreach.material import examine, gather_of
from remit.domains.outreach.targets import draft_target
from remit.kit import clock


def _what(payload: Mapping[str, Any]) -> str:
    return f"e-mail to {payload.get('to_name') or payload['to']}"


def _checks(s: ReadSession, payload: Mapping[str, Any]) -> Sequence[Check]:
    now = clock.now()
    material = gather_of(s, draft_target(s, UUID(payload["draft_id"]))[1], now)
    found = examine(s, material, payload["subject"], payload["body"], now, payload["to"]).checks
    return [*found, *check_attached(s, attached_of(payload.get("attached")), UUID(payload["contact_id"]))]


resendable("email.send", Resending(_what, _checks))

"""Who oversees the others, and which changes to people a second person has to agree to.

Policies decide (rule oversight-second-person); what they are told is found out here, under the actor's own session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from remit.actions import Refused
from remit.db.sessions import ReadSession, WriteSession

OVERSIGHT: Final = frozenset({"compliance", "governance", "vp"})
"""Roles whose holders agree to what an admin does to people."""
GUARDED: Final = OVERSIGHT | {"finance", "legal"}
"""Roles that policies ask for as a second person: one admin with two accounts must not be two people."""

Concern = Literal["none", "first", "change"]
"""`first`: nobody oversees yet, so an admin may begin alone; it stands on the record."""

_HELD: Final = """
SELECT EXISTS (SELECT FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id
    WHERE p.kind = 'person' AND p.active AND r.role = ANY(:roles))
"""
_CAN_SIGN_IN: Final = """
SELECT EXISTS (SELECT FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id
    WHERE p.kind = 'person' AND p.active AND r.role = ANY(:roles)
      AND (p.demo OR EXISTS (SELECT FROM remit.credentials c WHERE c.person_id = p.id)))
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('remit.oversight'))"


def concern_of_roles(session: ReadSession, before: Sequence[str], after: Sequence[str]) -> Concern:
    """What it means to change somebody's roles, or whether they are active, from `before` to `after`."""
    return _concern(session, before, after, _HELD)


def concern_of_sign_in(session: ReadSession, roles: Sequence[str]) -> Concern:
    """What it means to touch the sign-in (link, address, name) of somebody with these roles."""
    return _concern(session, roles, roles, _CAN_SIGN_IN)


def _concern(session: ReadSession, before: Sequence[str], after: Sequence[str], asked: str) -> Concern:
    if GUARDED.isdisjoint({*before, *after}):
        return "none"
    return "change" if session.scalar(asked, {"roles": sorted(OVERSIGHT)}) else "first"


def one_at_a_time(tx: WriteSession) -> None:
    """Let no two changes to oversight pass each other: the second waits, then sees what the first did."""
    tx.execute(_LOCK)


def check_somebody_is_left(tx: WriteSession, before: dict[str, Any]) -> None:
    """After a change: whoever oversaw may go, the last of them may not. Raises Refused."""
    oversaw = before.get("active") and not OVERSIGHT.isdisjoint(before.get("roles", ()))
    if oversaw and not tx.scalar(_HELD, {"roles": sorted(OVERSIGHT)}):
        raise Refused(
            "Nobody else holds compliance, governance or VP. Give one of them to somebody first.",
            code="last_oversight",
        )

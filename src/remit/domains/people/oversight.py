"""Who oversees the others, and which changes to people a second person has to agree to.

Policies decide (rule oversight-second-person); what they are told is found out here, under the actor's own session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from remit.actions import Refused
from remit.db.sessions import ReadSession, WriteSession
from remit.policy import estimate, schema

OVERSIGHT: Final = frozenset({"compliance", "governance", "vp"})
"""Roles whose holders agree to what an admin does to people."""
_REACHES: Final = ("none", "own", "all")

Concern = Literal["none", "first", "change"]
"""`first`: nobody oversees yet, so an admin may begin alone; it stands on the record."""

_HELD: Final = """
SELECT EXISTS (SELECT FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id
    WHERE p.kind = 'person' AND p.active AND r.role = ANY(:roles))
"""
_CAN_SIGN_IN: Final = """
SELECT EXISTS (SELECT FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id
    WHERE p.kind = 'person' AND p.active AND r.role = ANY(:roles)
      AND (p.demo OR EXISTS (SELECT FROM remit.credentials c WHERE c.person_id = p.id)
           OR EXISTS (SELECT FROM remit.sign_on_subjects s WHERE s.person_id = p.id)))
"""
# what is neither theirs already nor within the maker's own reach; a name that does not exist yet is within nobody's
_BEYOND: Final = """
SELECT EXISTS (SELECT FROM unnest(CAST(:names AS text[])) AS wanted (name)
    WHERE NOT EXISTS (SELECT FROM remit.person_territories x JOIN remit.territories t ON t.id = x.territory_id
        WHERE t.name = wanted.name AND x.person_id IN (:person, :maker))
      AND NOT EXISTS (SELECT FROM remit.people p WHERE p.id = :maker AND p.reach = 'all'))
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('remit.oversight'))"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a person is power."""

    roles: Sequence[str]
    reach: str
    active: bool

    def narrows(self, before: Standing) -> bool:
        """Whether nothing is gained over `before`: fewer roles, less reach, or no longer active."""
        return (
            set(self.roles) <= set(before.roles)
            and _REACHES.index(self.reach) <= _REACHES.index(before.reach)
            and self.active <= before.active
        )


NOBODY: Final = Standing((), "own", False)
"""Before somebody is added: their own territories are what everybody begins with, and there are none yet."""


def guarded() -> frozenset[str]:
    """Roles that a rule in force asks for as a second person: one admin with two accounts must not be two people."""
    asked = {
        role
        for rule in schema.current().rules.values()
        if "approver_is_maker" in estimate.reads([rule.estimate])["context"]
        for role in estimate.role_literals(rule.estimate, "approver_roles")
    }
    return OVERSIGHT | asked


def concern_of_change(session: ReadSession, before: Standing, after: Standing) -> Concern:
    """What it means to change somebody's roles, reach, or whether they are active.

    Taking power away is the admin's alone (a leaver is out at once), unless it is taken from who oversees.
    """
    touched = {*before.roles, *after.roles}
    if after.narrows(before) and OVERSIGHT.isdisjoint(touched):
        return "none"
    widened = _REACHES.index(after.reach) > _REACHES.index(before.reach)
    if guarded().isdisjoint(touched) and not widened:
        return "none"
    return _when(session, _CAN_SIGN_IN if OVERSIGHT.isdisjoint(touched) else _HELD)


def concern_of_sign_in(session: ReadSession, roles: Sequence[str], reach: str) -> Concern:
    """What it means to touch the sign-in (link, address, name) of somebody with these roles and this reach."""
    if guarded().isdisjoint(roles) and reach != "all":
        return "none"
    return _when(session, _CAN_SIGN_IN)


def concern_of_territories(session: ReadSession, person_id: UUID, names: Sequence[str]) -> Concern:
    """What it means to give somebody these territories: nobody alone hands out what they do not reach."""
    beyond = session.scalar(
        _BEYOND, {"person": person_id, "maker": session.scope.person_id, "names": list(names)}
    )
    if not beyond:
        return "none"
    return _when(session, _CAN_SIGN_IN) if "admin" in session.scope.roles else "change"


def _when(session: ReadSession, asked: str) -> Concern:
    return "change" if session.scalar(asked, {"roles": sorted(OVERSIGHT)}) else "first"


def when_second_person(session: ReadSession) -> Concern:
    """For what always takes a second person, once there is one who can sign in."""
    return _when(session, _CAN_SIGN_IN)


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

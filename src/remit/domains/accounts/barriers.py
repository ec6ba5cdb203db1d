"""Which accounts stand behind an information barrier: put there by one person of compliance, let out by two."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target

_NOW: Final = """
SELECT g.territory_id, g.barrier_id, b.name AS barrier FROM remit.access_groups g
LEFT JOIN remit.barriers b ON b.id = g.barrier_id WHERE g.id = :group
"""
_ADMITTED: Final = """
SELECT b.id FROM remit.barriers b JOIN remit.person_barriers p ON p.barrier_id = b.id
WHERE lower(b.name) = lower(:name) AND p.person_id = :person
"""
# the group need not be there yet: one is made for each territory when the first account needs it
_GROUP: Final = """
WITH made AS (INSERT INTO remit.access_groups (territory_id, barrier_id) VALUES (:territory, :barrier)
    ON CONFLICT (territory_id, barrier_id) DO NOTHING RETURNING id)
SELECT id FROM made UNION ALL SELECT id FROM remit.access_groups
WHERE territory_id = :territory AND barrier_id IS NOT DISTINCT FROM :barrier LIMIT 1
"""


class MoveBehindBarrier(Action):
    """Put an account behind the barrier of that name, where only the admitted see it; '' lets it out.

    Whoever does it has to be admitted there themselves: what one cannot see one does not move.
    """

    event: ClassVar[str] = "account:barrier:move"
    account_id: UUID
    expected_version: int
    barrier: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _account(session: ReadSession, action: MoveBehindBarrier) -> Target:
    """Leaving a barrier admits everybody who works the territory, so it is decided like an admission."""
    target = account_target(session, action.account_id)
    now = session.row(_NOW, {"group": target.access_id})
    assert now is not None
    leaves = now.barrier_id is not None and (now.barrier or "").lower() != action.barrier.lower()
    title = f"{target.title}: " + (
        f"behind the barrier {action.barrier}" if action.barrier else "out from behind its barrier"
    )
    return Target(
        "account", target.id, target.account_id, target.access_id, target.segment, target.channel, target.version,
        title, target.attributes, context={"admits": "others" if leaves else "nobody"},
    )  # fmt: skip


@handler(MoveBehindBarrier, target=_account)
def move_behind_barrier(tx: WriteSession, action: MoveBehindBarrier, target: Target) -> Change:
    """Move the account; every row about it follows by its foreign key."""
    now = tx.row(_NOW, {"group": target.access_id})
    assert now is not None
    barrier = None
    if action.barrier:
        barrier = tx.scalar(_ADMITTED, {"name": action.barrier, "person": tx.scope.person_id})
        if barrier is None:
            raise NotFound("barrier to which you are admitted")
    if barrier == now.barrier_id:
        raise Refused("The account stands there already.", code="nothing_to_change")
    group = tx.scalar(_GROUP, {"territory": now.territory_id, "barrier": barrier})
    change_row(
        tx, "accounts", action.account_id, action.expected_version, {"access_id": group}, what="account"
    )
    return Change(
        "account", action.account_id, {"barrier": now.barrier or ""}, {"barrier": action.barrier, "reason": action.reason},
        account_id=action.account_id, access_id=group, result={"version": action.expected_version + 1},
    )  # fmt: skip

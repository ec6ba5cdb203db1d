"""Sketches of e-mails that left elsewhere: what a CRM brought or somebody logged counts among what the firm sent before (S1-R2).

What Remit sends is sketched as it leaves (a trigger). A load of a hundred thousand activities is not made to wait for that: a chore follows.
Only the sketch is compared, in a function that gives back a number and an id: nobody reads a text of another territory by it.
"""

from __future__ import annotations

from typing import ClassVar, Final

from remit.actions import Action, Change, Performed, Target, handler, perform
from remit.db.sessions import ReadSession, WriteSession, read
from remit.scope import Scope

AT_ONCE: Final = 1000
_DUE: Final = """
SELECT a.id, a.account_id, a.access_id, a.contact_id, a.at, a.body FROM remit.activities a
WHERE a.kind = 'email' AND a.direction = 'out' AND a.message_id IS NULL AND a.account_id IS NOT NULL AND a.erased_at IS NULL AND a.body <> ''
  AND NOT EXISTS (SELECT FROM remit.sent_shapes s WHERE s.message_id = a.id)
"""
_KEEP: Final = f"""
INSERT INTO remit.sent_shapes (message_id, account_id, access_id, contact_id, at, shape, bands)
SELECT d.id, d.account_id, d.access_id, d.contact_id, d.at, s.shape, remit.bands_of(s.shape)
FROM ({_DUE} ORDER BY a.at DESC LIMIT :most) d CROSS JOIN LATERAL (SELECT remit.shape_of(d.body) AS shape OFFSET 0) s ON CONFLICT DO NOTHING
"""


class KeepShapes(Action):
    """Sketch e-mails of the timeline that left elsewhere, AT_ONCE of them, the newest first."""

    event: ClassVar[str] = "message:shapes:keep"


def is_wanted(scope: Scope) -> bool:
    """Whether any waits to be sketched."""
    with read(scope) as s:
        return bool(s.scalar(f"SELECT EXISTS ({_DUE})"))


def keep_shapes(scope: Scope, *, most: int = 50) -> int:
    """Sketch what waits, in `most` acts at most; gives how many e-mails were sketched."""
    kept = 0
    for _ in range(most):
        if not is_wanted(scope):
            break
        done = perform(scope, KeepShapes())
        count = int(done.result["kept_count"]) if isinstance(done, Performed) else 0
        kept += count
        if not count:
            break
    return kept


def _mail(_session: ReadSession, _action: KeepShapes) -> Target:
    return Target("message", title="Sketches of e-mails that left elsewhere")


@handler(KeepShapes, target=_mail, as_system=True)
def keep(tx: WriteSession, _action: KeepShapes, _target: Target) -> Change:
    """Write the sketches; the record says how many."""
    count = tx.execute(_KEEP, {"most": AT_ONCE}).rowcount
    return Change("message", None, after={"kept_count": count}, result={"kept_count": count})

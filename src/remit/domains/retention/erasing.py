"""Erasing what was kept long enough, a few hundred texts at a time. The record names each, with the hash of what it said."""

from __future__ import annotations

from typing import ClassVar, Final

from remit.actions import Action, Change, Performed, Target, handler, perform
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.retention.classes import KINDS, Kind, load_due
from remit.scope import Scope

AT_ONCE: Final = 300
"""Texts in one act: its record names each of them, and a record is small."""


class EraseExpired(Action):
    """Erase texts of one kind that are due and not held. What they were about, when, and that they were stays."""

    event: ClassVar[str] = "retention:erase"
    of_kind: Kind


def erase_expired(scope: Scope, *, most: int = 20) -> int:
    """Erase what is due of every kind, in acts of AT_ONCE, `most` acts at most of each. How many texts were erased."""
    erased = 0
    for kind in KINDS:
        for _ in range(most):
            with read(scope) as s:
                if not load_due(s, kind, limit=1, unheld=True):
                    break
            done = perform(scope, EraseExpired(of_kind=kind))
            count = int(done.result["erased_count"]) if isinstance(done, Performed) else 0
            erased += count
            if not count:
                break
    return erased


def _texts(_session: ReadSession, action: EraseExpired) -> Target:
    return Target("retention", title=f"{KINDS[action.of_kind].title} that were kept long enough")


@handler(EraseExpired, target=_texts, as_system=True)
def erase(tx: WriteSession, action: EraseExpired, _target: Target) -> Change:
    """The database erases, and looks at holds and days once more; what it did is what is recorded."""
    ids = [one.id for one in load_due(tx, action.of_kind, limit=AT_ONCE, unheld=True)]
    asked = {"kind": action.of_kind, "ids": ids}
    rows = tx.rows("SELECT * FROM remit.erase_content(:kind, CAST(:ids AS uuid[]))", asked) if ids else []
    erased = {str(row.erased_id): row.erased_sha256 for row in rows}
    after = {"kind": action.of_kind, "erased_count": len(erased), "sha256": erased}
    return Change("retention", None, after=after, result={"erased_count": len(erased)})

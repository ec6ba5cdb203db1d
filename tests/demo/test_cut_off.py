"""Killed between the demo's rows and its remits: the next start sees it and completes it, once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from remit import identity, settings
from remit.actions import perform
from remit.db.location import Location
from remit.demo import grants, load
from remit.demo.firm import Firm
from remit.demo.generate import firm_of
from remit.domains.governance.actions import RevokeRemit
from remit.domains.governance.queries import list_remits
from remit.scope import Scope
from remit.supervise.first_start import is_demo_unfinished

SCALE, SEED, DAY = 0.2, 11, date(2026, 11, 23)


class Killed(Exception):
    """Stands for a kill."""


def test_a_cut_off_load_is_completed_by_the_next_start(
    database: Location, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMIT_HOME", str(tmp_path))
    settings.reload()
    granting, asked = grants.perform, 0

    def cut(*given: object, **named: object) -> object:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Killed
        return granting(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(grants, "perform", cut)
    with pytest.raises(Killed):
        load.load_demo(SCALE, SEED, as_of=DAY)
    monkeypatch.setattr(grants, "perform", granting)
    load.manifest_path(tmp_path).unlink()
    assert load.is_loaded() and is_demo_unfinished(database)

    load.finish()
    assert not is_demo_unfinished(database)
    assert load.manifest_path(tmp_path).exists()
    firm = firm_of(SEED, DAY, SCALE)
    board = _board(firm)
    agents = [person for person in firm.people if person.kind == "agent"]
    remits = list_remits(board)
    assert len(remits) == len(agents) * len(grants.EVERY_AGENT) + len(grants.FIRST_AGENT)

    perform(board, RevokeRemit(remit_id=remits[0].id, reason="not this one"))
    load.finish()
    assert len(list_remits(board)) == len(remits) - 1, "what was revoked since is not granted again"
    settings.load.cache_clear()


def _board(firm: Firm) -> Scope:
    name = next(person for person in firm.people if person.role == "governance")
    return identity.for_person(UUID(name.id), via="test")

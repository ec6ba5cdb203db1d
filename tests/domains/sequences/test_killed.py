"""Processes that move a crowd die at random moments, and no step is lost or doubled. Many kills: `remit bench sequences`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from remit.domains.library import queries as library
from remit.domains.sequences.asking import waking
from remit.kit import clock
from remit.workflows.run_sequences import run_once
from tests.domains.library.test_life import COLD, live
from tests.domains.sequences.test_runs import PLAN
from tests.support.desk import Desk
from tests.support.sequences import all_due, crowd, kill_many, unsound, ways
from tests.support.worker_zygote import zygote


def test_no_step_is_lost_or_doubled(desk: Desk, tmp_path: Path) -> None:
    cast = desk.cast
    live(cast, COLD)
    live(cast, COLD.replace("id: sdr-cold-multi-prime-coo", "id: sdr-cold-second"))
    version = library.get_version(cast.scope("cora"), live(cast, PLAN))
    at = waking("US", "", clock.now() + timedelta(hours=24))
    asked = crowd(
        cast.location, version.template_id, version.id, 12, ["opening"], at, only=cast.accounts["pine"]
    )
    moved = crowd(cast.location, version.template_id, version.id, 1500, ["ring", "answered", "take-over"], at)
    with zygote(tmp_path / "workers.log") as nursery:
        done = kill_many(cast.location, nursery, {"home": tmp_path}, at, kills=4, seed=7)
    assert done.kills == 4
    with clock.stopped(at):
        for _ in range(2):
            all_due(cast.location, at)
            run_once()
    assert not unsound(cast.location)
    # those at `ring` go on to an e-mail that nobody has approved; the others to their ends
    assert ways(cast.location, moved) == {
        ("ring", "second"): 500,
        ("answered", "rest"): 500,
        ("take-over",): 500,
    }
    assert ways(cast.location, asked) == {("opening",): 12}

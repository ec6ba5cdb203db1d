"""Exactly once under kill -9: two hundred workers die at random moments of real SMTP conversations.

Ours: messages lost or doubled, by the server's own journal. Other: what sending again after every death (no commit
point, no parking) would have doubled in this same run: the parked messages that the server had accepted.
"""

from __future__ import annotations

import sys

from tests.support.cast import make_cast
from tests.support.killing import kill_many
from tests.support.worker_zygote import zygote

from benchmarks.support import Row, durable_server, row

KILLS, SEED = 200, 2026


def run() -> list[Row]:
    """One row; raises AssertionError when a message was lost, doubled or left without an answer."""
    with durable_server() as (location, home), zygote(home / "workers.log") as nursery:
        tally = kill_many(make_cast(location), nursery, home, kills=KILLS, seed=SEED)
    sys.stderr.write(tally.line() + "\n")
    assert not tally.other and not tally.unaccounted, tally.line()
    wrong = len(tally.lost) + len(tally.doubled)
    what = f"messages lost or doubled in {tally.kills} kills ({tally.delivered} delivered, {tally.parked} parked)"
    other = "doubled if sent again blindly"
    return [
        row("kill_worker", what, wrong, tally.parked_and_accepted, other, "messages", runs=1, n=tally.effects)
    ]

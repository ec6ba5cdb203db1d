"""Draw what is reviewed, and put seeded drafts before whoever approves and reviews."""

from __future__ import annotations

from dbos import DBOS

from remit import identity
from remit.actions import Performed, perform
from remit.domains.supervision.sampling import DrawSamples
from remit.domains.supervision.seeding import SeedDrafts


@DBOS.workflow(name="draw_samples")
def draw_samples() -> int:
    """The durable story: how many messages were drawn."""
    return _draw()


@DBOS.workflow(name="seed_drafts")
def seed_drafts() -> int:
    """The durable story: how many seeded drafts were put."""
    return _seed()


@DBOS.step(name="draw_samples_step")
def _draw() -> int:
    done = perform(identity.for_service("supervising", via="schedule"), DrawSamples())
    return int(done.result["drawn"]) if isinstance(done, Performed) else 0


@DBOS.step(name="seed_drafts_step")
def _seed() -> int:
    done = perform(identity.for_service("supervising", via="schedule"), SeedDrafts())
    return int(done.result["approvals"]) + int(done.result["queue"]) if isinstance(done, Performed) else 0

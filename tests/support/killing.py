"""The kill harness: workers that deliver to a real SMTP server are killed with SIGKILL at random moments.

The server's journal (flushed to disk before each 250) is the truth that the database is compared with afterwards.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remit.connectors.email import addresses
from tests.support.cast import Cast
from tests.support.mail import Queued, add_contact, queue_email, until
from tests.support.smtp_server import Journal, Server, pausing
from tests.support.worker_zygote import Zygote, alive

POSTAL = "1 Example Street, Example City"


@dataclass
class Tally:
    """What was seen, in counts."""

    kills: int = 0
    effects: int = 0
    delivered: int = 0
    parked: int = 0
    parked_and_accepted: int = 0
    other: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)  # delivered by our record, unknown to the server
    doubled: list[str] = field(default_factory=list)  # accepted more than once by the server
    unaccounted: list[str] = field(
        default_factory=list
    )  # accepted, and not delivered or parked by our record
    phases_at_kill: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def line(self) -> str:
        """For people."""
        return (
            f"{self.kills} kills, {self.effects} messages: {self.delivered} delivered, {self.parked} parked "
            f"({self.parked_and_accepted} of them had been accepted), {len(self.lost)} lost, {len(self.doubled)} doubled, "
            f"{len(self.unaccounted)} unaccounted, other {self.other}; killed in phase {self.phases_at_kill}; "
            f"{self.seconds:.0f} s"
        )


def smtp_settings(home: Path, port: int, **more: Any) -> dict[str, Any]:
    """Settings of a worker that sends to the test server."""
    return {
        "home": home, "mail_transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none",
        "mail_postal_address": POSTAL, "log_level": "warning", **more,
    }  # fmt: skip


def kill_many(
    cast: Cast,
    zygote: Zygote,
    folder: Path,
    *,
    kills: int,
    seed: int,
    longest_pause: float = 0.08,
    workers: int = 1,
    **payload: Any,
) -> Tally:
    """Kill `kills` workers, let one finish in peace, compare. `payload`: what each message has besides its text (a file)."""
    dice, tally, began = random.Random(seed), Tally(kills=kills), time.monotonic()
    journal = Journal(folder / "accepted.txt", pausing(longest_pause, seed))
    contact = add_contact(cast, "pine", f"dana{seed}@pine.example")
    queued: list[Queued] = []

    def fill(wanted: int) -> None:
        [(waiting,)] = cast.sql("SELECT count(*) FROM remit.effects WHERE state IN ('queued', 'sending')")
        for _ in range(wanted - int(waiting)):
            queued.append(queue_email(cast, contact, f"dana{seed}@pine.example", **payload))

    with Server(journal) as server:
        settings = smtp_settings(folder, server.port)
        phases: Counter[str] = Counter()
        fill(4)
        for _ in range(kills):
            running = [zygote.start(cast.location, settings) for _ in range(workers)]
            fill(8)
            threading.Event().wait(dice.uniform(0.05, 2.2))
            victim = dice.choice(running)
            os.kill(victim, signal.SIGKILL)
            phases.update(
                phase or state
                for state, phase in cast.sql("SELECT state, phase FROM remit.effects WHERE state = 'sending'")
            )
            until(lambda gone=victim: not alive(gone))
            for other in running:
                if other != victim:
                    os.kill(other, signal.SIGKILL)
                    until(lambda gone=other: not alive(gone))
        tally.phases_at_kill = dict(phases)
        last = zygote.start(cast.location, settings)
        until(
            lambda: (
                cast.sql("SELECT count(*) FROM remit.effects WHERE state IN ('queued', 'sending')") == [(0,)]
            ),
            seconds=60,
        )
        os.kill(last, signal.SIGTERM)
        until(lambda: not alive(last))
    tally.seconds = time.monotonic() - began
    return compare(cast, queued, journal, tally)


def compare(cast: Cast, queued: list[Queued], journal: Journal, tally: Tally) -> Tally:
    """Our record against the server's journal."""
    accepted = Counter(journal.accepted())
    states = dict(cast.sql("SELECT id, state FROM remit.effects"))
    receipts = {row[0] for row in cast.sql("SELECT effect_id FROM remit.receipts")}
    tally.effects = len(queued)
    other: Counter[str] = Counter()
    for effect in queued:
        identifier = addresses.message_id(effect.key, "northlake.example")
        state, count = states[effect.id], accepted[identifier]
        if count > 1:
            tally.doubled.append(identifier)
        if state == "delivered":
            tally.delivered += 1
            if count == 0 or effect.id not in receipts:
                tally.lost.append(identifier)
        elif state == "parked":
            tally.parked += 1
            tally.parked_and_accepted += count
        else:
            other[str(state)] += 1
            if count:
                tally.unaccounted.append(identifier)
    tally.other = dict(other)
    return tally

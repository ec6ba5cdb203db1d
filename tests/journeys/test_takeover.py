"""Two workers: each message once; when one dies by kill -9 the other takes over well within thirty seconds."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from pathlib import Path

import pytest

from remit.connectors.email import addresses
from remit.db.location import Location
from remit.db.sessions import read
from remit.worker.presence import count_workers
from tests.support.cast import Cast, make_cast
from tests.support.killing import smtp_settings
from tests.support.mail import add_contact, queue_email, state, until
from tests.support.smtp_server import Journal, Server
from tests.support.worker_zygote import zygote

DANA = "dana@pine.example"
UNDER_WAY = "SELECT count(*) FROM dbos.workflow_status WHERE status = 'PENDING' AND name = 'deliver_effect'"


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


def workers(cast: Cast) -> int:
    with read(cast.scope("cora")) as session:
        return count_workers(session)


def hold_at(journal: Journal, where: str) -> tuple[threading.Event, threading.Event]:
    """(reached, dead): the server stops answering at that point of the conversation, until `dead` is set."""
    reached, dead = threading.Event(), threading.Event()

    async def hold(point: str) -> str | None:
        if point == where and not dead.is_set():
            reached.set()
            while not dead.is_set():
                await asyncio.sleep(0.01)
        return None

    journal.moment = hold
    return reached, dead


def test_two_workers_share_and_neither_doubles(cast: Cast, tmp_path: Path) -> None:
    contact, journal = add_contact(cast, "pine", DANA), Journal(tmp_path / "accepted.txt")
    with Server(journal) as server, zygote(tmp_path / "workers.log") as nursery:
        settings = smtp_settings(tmp_path, server.port)
        for _ in range(2):
            nursery.start(cast.location, settings)
        until(lambda: workers(cast) == 2)
        several = [queue_email(cast, contact, DANA) for _ in range(30)]
        until(lambda: all(state(cast, one.id)[0] == "delivered" for one in several))
    accepted = journal.accepted()
    assert sorted(accepted) == sorted(addresses.message_id(one.key, "northlake.example") for one in several)
    hands = cast.sql("SELECT count(DISTINCT worker) FROM remit.receipts")
    assert hands == [(2,)], "one worker did everything: nothing was shared"


def test_a_dead_workers_message_is_taken_over(cast: Cast, tmp_path: Path) -> None:
    """The first worker hangs in the conversation and is killed there; the second delivers."""
    contact, journal = add_contact(cast, "pine", "second@pine.example"), Journal(tmp_path / "accepted.txt")
    reached, dead = hold_at(journal, "rcpt")
    with Server(journal) as server, zygote(tmp_path / "workers.log") as nursery:
        settings = smtp_settings(tmp_path, server.port)
        first = nursery.start(cast.location, settings)
        until(lambda: workers(cast) == 1)
        effect = queue_email(cast, contact, "second@pine.example")
        assert reached.wait(20)
        nursery.start(cast.location, settings)
        until(lambda: workers(cast) == 2)
        os.kill(first, signal.SIGKILL)
        dead.set()
        until(lambda: state(cast, effect.id)[0] == "delivered", seconds=30)
        # the survivor also ends what the dead one had begun; it has to live for that
        until(lambda: cast.sql(UNDER_WAY) == [(0,)])
    assert journal.accepted() == [addresses.message_id(effect.key, "northlake.example")]
    events = [
        e
        for (e,) in cast.sql("SELECT event FROM remit.audit WHERE object_id = :id ORDER BY id", id=effect.id)
    ]
    assert events == ["effect:claimed", "effect:taken_over", "effect:committing", "effect:delivered"]


def test_killed_after_the_dot_is_parked_never_sent_again(cast: Cast, tmp_path: Path) -> None:
    contact, journal = add_contact(cast, "pine", "third@pine.example"), Journal(tmp_path / "accepted.txt")
    accepted, dead = hold_at(journal, "accepted")
    with Server(journal) as server, zygote(tmp_path / "workers.log") as nursery:
        settings = smtp_settings(tmp_path, server.port)
        first = nursery.start(cast.location, settings)
        until(lambda: workers(cast) == 1)
        effect = queue_email(cast, contact, "third@pine.example")
        assert accepted.wait(20)
        os.kill(first, signal.SIGKILL)
        dead.set()
        nursery.start(cast.location, settings)
        until(lambda: state(cast, effect.id)[0] == "parked", seconds=30)
        threading.Event().wait(3)  # long enough for a wrong second attempt to show itself
    assert len(journal.accepted()) == 1
    assert "A worker stopped after the message had been handed over" in state(cast, effect.id)[2]

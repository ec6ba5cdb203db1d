"""The database cuts every connection in the middle of a conversation: nothing lost, nothing doubled, work goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import OperationalError

from remit.connectors.email import addresses
from tests.support.cast import Cast
from tests.support.databases import TestServer
from tests.support.killing import smtp_settings
from tests.support.mail import add_contact, queue_email, state, until, working
from tests.support.smtp_server import Journal, Server


def cut_all(server: TestServer, database: str) -> None:
    with server.admin.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
        )


def _delivered(cast: Cast, effect_id: UUID) -> bool:
    """Asked on a connection of its own, which the cut may hit as well: then it is asked again."""
    try:
        return bool(state(cast, effect_id)[0] == "delivered")
    except OperationalError:
        return False


def test_a_receipt_outlives_cut_connections(cast: Cast, database_server: TestServer, tmp_path: Path) -> None:
    contact, journal = add_contact(cast, "pine", "dana@pine.example"), Journal(tmp_path / "accepted.txt")
    cuts = 0

    async def cutting(point: str) -> str | None:
        nonlocal cuts
        if point == "accepted" and cuts == 0:
            cuts += 1
            await asyncio.to_thread(cut_all, database_server, cast.location.database)
        return None

    journal.moment = cutting
    with Server(journal) as server:
        chosen = smtp_settings(tmp_path, server.port)
        with working(cast.location, tmp_path, **{k: v for k, v in chosen.items() if k != "home"}):
            first = queue_email(cast, contact, "dana@pine.example")
            until(lambda: _delivered(cast, first.id), seconds=40)
            second = queue_email(cast, contact, "dana@pine.example")
            until(lambda: _delivered(cast, second.id), seconds=40)
    assert cuts == 1
    assert journal.accepted() == [
        addresses.message_id(one.key, "northlake.example") for one in (first, second)
    ]

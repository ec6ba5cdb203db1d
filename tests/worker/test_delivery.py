"""What becomes of an effect: delivered, later, failed, recalled, parked; and what the record says about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from remit.connectors.email import addresses
from remit.kit.ids import new_id
from tests.support.cast import Cast
from tests.support.fault_proxy import FaultProxy, Faults
from tests.support.killing import smtp_settings
from tests.support.mail import Queued, add_contact, queue_email, state, until, working
from tests.support.smtp_server import Journal, Server, free_port

DANA = "dana@pine.example"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "accepted.txt")


@pytest.fixture(scope="module")
def contact(cast: Cast) -> UUID:
    return add_contact(cast, "pine", DANA)


@contextmanager
def sending(cast: Cast, tmp_path: Path, port: int, **more: object) -> Iterator[None]:
    settings = smtp_settings(tmp_path, port, **more)
    with working(cast.location, settings.pop("home"), **settings):
        yield


def settled(cast: Cast, effect: Queued) -> tuple[str, str, str]:
    return until(lambda: (now := state(cast, effect.id))[0] not in ("queued", "sending") and now)


def events(cast: Cast, effect: Queued) -> list[str]:
    return [
        row[0]
        for row in cast.sql("SELECT event FROM remit.audit WHERE object_id = :id ORDER BY id", id=effect.id)
    ]


def test_delivered_over_smtp(cast: Cast, contact: UUID, journal: Journal, tmp_path: Path) -> None:
    effect = queue_email(cast, contact, DANA)
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        assert settled(cast, effect)[0] == "delivered"
    identifier = addresses.message_id(effect.key, "northlake.example")
    assert journal.accepted() == [identifier]
    [(proof,)] = cast.sql("SELECT proof FROM remit.receipts WHERE effect_id = :id", id=effect.id)
    assert proof["message_id"] == identifier
    assert proof["answer"].startswith("250")
    assert events(cast, effect) == ["effect:claimed", "effect:committing", "effect:delivered"]


def test_a_dead_server_delays_and_loses_nothing(
    cast: Cast, contact: UUID, journal: Journal, tmp_path: Path
) -> None:
    effect = queue_email(cast, contact, DANA)
    port = free_port()
    with sending(cast, tmp_path, port):
        until(lambda: events(cast, effect) == ["effect:claimed", "effect:queued"])
    now, _, known = state(cast, effect.id)
    assert now == "queued"
    assert "cannot be reached" in known
    [(pause,)] = cast.sql(
        "SELECT extract(epoch FROM next_at - worker_seen_at)::int FROM remit.effects WHERE id = :id",
        id=effect.id,
    )
    assert pause == 15
    cast.sql("UPDATE remit.effects SET next_at = clock_timestamp() WHERE id = :id", id=effect.id)
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        assert settled(cast, effect)[0] == "delivered"
    assert len(journal.accepted()) == 1


def test_a_final_refusal_is_an_outcome(cast: Cast, contact: UUID, journal: Journal, tmp_path: Path) -> None:
    async def nobody(point: str) -> str | None:
        return "550 no such user here" if point == "rcpt" else None

    journal.moment = nobody
    effect = queue_email(cast, contact, DANA)
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        now, _, known = settled(cast, effect)
    assert now == "failed"
    assert "550 no such user here" in known
    [(kind, detail)] = cast.sql("SELECT kind, detail FROM remit.outcomes WHERE effect_id = :id", id=effect.id)
    assert (kind, detail["code"]) == ("refused", 550)


@pytest.mark.parametrize("scope", ["everything", "channel:email", "action:SendEmail", "account", "agent"])
def test_halted_before_it_left_is_recalled(
    cast: Cast, contact: UUID, journal: Journal, tmp_path: Path, scope: str
) -> None:
    kind, _, value = scope.partition(":")
    value = {"account": str(cast.accounts["pine"]), "agent": str(cast.people["robo"])}.get(kind, value)
    cast.sql(
        "INSERT INTO remit.halts (id, scope_kind, scope_value, reason, halted_by, halted_at)"
        " VALUES (:id, :kind, :value, 'a drill', :by, clock_timestamp())",
        id=new_id(), kind=kind, value=value, by=cast.people["cora"],
    )  # fmt: skip
    effect = queue_email(cast, contact, DANA, agent="robo")
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        now, _, known = settled(cast, effect)
    cast.sql("DELETE FROM remit.halts")
    assert now == "recalled"
    assert "a drill" in known
    assert journal.accepted() == []


def test_a_halt_in_mid_conversation_still_stops_it(
    cast: Cast, contact: UUID, journal: Journal, tmp_path: Path
) -> None:
    async def halting(point: str) -> str | None:
        if point == "rcpt":
            cast.sql(
                "INSERT INTO remit.halts (id, scope_kind, reason, halted_by, halted_at)"
                " VALUES (:id, 'everything', 'now', :by, clock_timestamp())",
                id=new_id(), by=cast.people["cora"],
            )  # fmt: skip
        return None

    journal.moment = halting
    effect = queue_email(cast, contact, DANA)
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        now, _, _ = settled(cast, effect)
    cast.sql("DELETE FROM remit.halts")
    assert now == "recalled"
    assert journal.accepted() == []
    assert events(cast, effect) == ["effect:claimed", "effect:recalled", "effect:recalled:send:waiting"]


def test_do_not_contact_and_withdrawn_consent_stop_what_was_approved(
    cast: Cast, journal: Journal, tmp_path: Path
) -> None:
    listed, withdrawn = (
        add_contact(cast, "pine", "no@pine.example"),
        add_contact(cast, "pine", "off@pine.example"),
    )
    cast.sql(
        "INSERT INTO remit.do_not_contact (id, kind, value, reason) VALUES (:id, 'email', 'no@pine.example', 'asked')",
        id=new_id(),
    )
    for state_, age in (("granted", 2), ("withdrawn", 1)):
        cast.sql(
            "INSERT INTO remit.consents (id, account_id, access_id, contact_id, channel, state, at) VALUES"
            " (:id, :a, :g, :c, 'email', :s, clock_timestamp() - make_interval(days => :age))",
            id=new_id(), a=cast.accounts["pine"], g=101, c=withdrawn, s=state_, age=age,
        )  # fmt: skip
    first = queue_email(cast, listed, "no@pine.example")
    second = queue_email(cast, withdrawn, "off@pine.example")
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        assert settled(cast, first)[0] == "recalled"
        assert settled(cast, second)[0] == "recalled"
    assert "do-not-contact" in state(cast, first.id)[2]
    assert "withdrawn" in state(cast, second.id)[2]
    assert journal.accepted() == []


def test_only_the_contacts_stored_address_is_written_to(
    cast: Cast, contact: UUID, journal: Journal, tmp_path: Path
) -> None:
    elsewhere = queue_email(cast, contact, "eve@evil.example")
    nobody = queue_email(cast, new_id(), DANA)
    broken = queue_email(cast, contact, DANA, subject="Costs\r\nBcc: eve@evil.example")
    shapeless = queue_email(cast, contact, DANA, body=None)
    with Server(journal) as server, sending(cast, tmp_path, server.port):
        assert settled(cast, elsewhere)[0] == "recalled"
        for effect in (nobody, broken, shapeless):
            assert settled(cast, effect)[0] == "failed"
    assert journal.accepted() == []


def test_an_answer_that_never_came_is_parked_with_what_is_known(
    cast: Cast, contact: UUID, journal: Journal, tmp_path: Path
) -> None:
    async def close(point: str) -> str | None:
        if point == "accepted":
            proxy.faults.cut_server_after = 1
        return None

    journal.moment = close
    effect = queue_email(cast, contact, DANA)
    with (
        Server(journal) as server,
        FaultProxy(server.port, Faults()) as proxy,
        sending(cast, tmp_path, proxy.port),
    ):
        now, phase, known = settled(cast, effect)
        until(lambda: len(journal.accepted()) == 1)
    assert (now, phase) == ("parked", "committing")
    assert "It may have been accepted, or not." in known
    assert "No archive mailbox is set up" in known


def test_a_queue_longer_than_the_worker_is_wide(
    cast: Cast, contact: UUID, journal: Journal, tmp_path: Path
) -> None:
    several = [queue_email(cast, contact, DANA) for _ in range(12)]
    with Server(journal) as server, sending(cast, tmp_path, server.port, worker_concurrency=2):
        for effect in several:
            assert settled(cast, effect)[0] == "delivered"
    assert len(set(journal.accepted())) == 12

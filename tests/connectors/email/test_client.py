"""The SMTP conversation against a real server: what the server knows is what the result says."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from remit.actions.delivery import Delivered, Failed, Later, Unknown
from remit.connectors.email import client
from remit.connectors.email.client import UnsafeServer
from tests.support.certificates import make_authority
from tests.support.fault_proxy import FaultProxy, Faults
from tests.support.smtp_server import Journal, Server, free_port

WIRE = b"Message-ID: <one@northlake.example>\r\nSubject: x\r\n\r\nfirst\r\n.\r\n..second\r\n"
FROM, TO = "alice@northlake.example", ["dana@pine.example"]


def at(port: int, **more: object) -> client.Server:
    return client.Server("127.0.0.1", port, "none", connect_seconds=5, answer_seconds=2, **more)  # type: ignore[arg-type]


def answering(point: str, answer: str) -> Callable[[str], object]:
    async def moment(here: str) -> str | None:
        return answer if here == point else None

    return moment


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "accepted.txt")


class Committing:
    """Counts, and can raise."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls, self.error = 0, error

    def __call__(self) -> None:
        self.calls += 1
        if self.error:
            raise self.error


def test_delivered_byte_for_byte(journal: Journal) -> None:
    commit = Committing()
    with Server(journal) as server:
        result = client.send(at(server.port), FROM, TO, WIRE, commit)
    assert isinstance(result, Delivered)
    assert result.proof["answer"] == "250 OK queued as 4711"
    assert commit.calls == 1
    [(recipients, raw)] = journal.messages
    assert (recipients, raw) == (TO, WIRE)


def test_nothing_is_sent_when_the_commit_point_cannot_be_written(journal: Journal) -> None:
    with Server(journal) as server, pytest.raises(LookupError):
        client.send(at(server.port), FROM, TO, WIRE, Committing(LookupError("no database")))
    assert journal.accepted() == []


def test_starttls_and_sign_in(journal: Journal, tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with Server(journal, tls=authority.server_context(), login=("remit", "pässword")) as server:
        good = replace(
            at(server.port, user="remit", password="pässword"), security="starttls", ca_file=authority.ca_file
        )
        result = client.send(good, FROM, TO, WIRE, Committing())
        assert isinstance(result, Delivered)
        assert result.proof["tls"].startswith("TLSv1.")
        wrong = client.send(replace(good, password="other"), FROM, TO, WIRE, Committing())
        assert isinstance(wrong, Later)
        assert "sign-in" in wrong.reason
        assert "other" not in wrong.reason
        stranger = client.send(replace(good, ca_file=None), FROM, TO, WIRE, Committing())
        assert isinstance(stranger, Later)
        assert "certificate" in stranger.reason
    assert len(journal.accepted()) == 1


def test_a_server_without_starttls_gets_nothing(journal: Journal) -> None:
    commit = Committing()
    with Server(journal) as server:
        result = client.send(replace(at(server.port), security="starttls"), FROM, TO, WIRE, commit)
    assert isinstance(result, Later)
    assert commit.calls == 0


def test_unprotected_connections_stay_on_this_machine() -> None:
    with pytest.raises(UnsafeServer):
        client.send(client.Server("mail.example", 25, "none"), FROM, TO, WIRE, Committing())


@pytest.mark.parametrize(
    ("point", "answer", "expected", "commits"),
    [
        ("mail", "451 busy", Later, 0),
        ("rcpt", "450 greylisted", Later, 0),
        ("rcpt", "550 no such user", Failed, 0),
        ("dot", "452 disk full", Later, 1),
        ("dot", "554 spam", Failed, 1),
        ("dot", "421 shutting down", Later, 1),
    ],
)
def test_what_the_server_refuses(
    journal: Journal, point: str, answer: str, expected: type, commits: int
) -> None:
    journal.moment = answering(point, answer)  # type: ignore[assignment]
    commit = Committing()
    with Server(journal) as server:
        result = client.send(at(server.port), FROM, TO, WIRE, commit)
    assert isinstance(result, expected)
    assert answer.split()[0] in result.reason
    assert commit.calls == commits
    assert journal.accepted() == []


def test_nobody_there() -> None:
    result = client.send(at(free_port()), FROM, TO, WIRE, Committing())
    assert isinstance(result, Later)
    assert "cannot be reached" in result.reason


def test_a_server_that_says_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = replace(at(silent.getsockname()[1]), connect_seconds=0.3)
        result = client.send(server, FROM, TO, WIRE, Committing())
    assert isinstance(result, Later)


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("cut", [5, 40, 90, 130, 160])
def test_cut_before_the_dot_is_certainly_not_sent(journal: Journal, cut: int, reset: bool) -> None:
    with (
        Server(journal) as server,
        FaultProxy(server.port, Faults(cut_client_after=cut, reset=reset)) as proxy,
    ):
        result = client.send(at(proxy.port), FROM, TO, WIRE, Committing())
    assert not isinstance(result, Delivered)
    assert journal.accepted() == []


def test_an_answer_that_never_comes_is_unknown(journal: Journal) -> None:
    async def slow(point: str) -> str | None:
        if point == "accepted":
            await asyncio.sleep(30)
        return None

    journal.moment = slow
    with Server(journal) as server:
        result = client.send(replace(at(server.port), answer_seconds=0.5), FROM, TO, WIRE, Committing())
    assert isinstance(result, Unknown)
    assert "may have been accepted" in result.reason
    assert len(journal.accepted()) == 1


def test_a_slow_line_still_delivers(journal: Journal) -> None:
    with Server(journal) as server, FaultProxy(server.port, Faults(latency_seconds=0.02)) as proxy:
        assert isinstance(client.send(at(proxy.port), FROM, TO, WIRE, Committing()), Delivered)
    assert len(journal.accepted()) == 1


def test_addresses_beyond_ascii_need_a_server_that_takes_them(journal: Journal) -> None:
    with Server(journal) as server:
        result = client.send(at(server.port), FROM, ["däna@pine.example"], WIRE, Committing(), utf8=True)
    assert isinstance(result, Delivered)
    assert journal.messages[0][0] == ["däna@pine.example"]

"""One Remit per home and per port, and a message that says where the other one is."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from remit.cli.output import CommandRefused
from remit.supervise.instance import address, claimed, listen


def test_the_second_is_told_where_the_first_is(tmp_path: Path) -> None:
    with claimed(tmp_path) as first:
        first.announce("http://127.0.0.1:8321")
        with pytest.raises(CommandRefused, match="8321") as refused, claimed(tmp_path):
            pass
    assert refused.value.code == "already_running"
    assert refused.value.details["address"] == "http://127.0.0.1:8321"


def test_the_home_is_free_again_afterwards(tmp_path: Path) -> None:
    with claimed(tmp_path) as first:
        first.announce("http://127.0.0.1:1")
    with claimed(tmp_path) as second:
        second.announce("http://127.0.0.1:2")


def test_a_busy_port_names_the_option() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandRefused, match="--port") as refused:
            listen("127.0.0.1", port)
    assert refused.value.code == "port_busy" and refused.value.exit_code == 4


def test_an_address_that_is_not_this_machines() -> None:
    with pytest.raises(CommandRefused) as refused:
        listen("192.0.2.1", 0)
    assert refused.value.code == "address_unusable"


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "http://127.0.0.1:"), ("127.0.0.1", "http://127.0.0.1:")]
)
def test_the_address_can_be_opened_in_a_browser(host: str, shown: str) -> None:
    with listen(host, 0) as listening:
        assert address(listening).startswith(shown)
        port = int(address(listening).rsplit(":", 1)[1])
        socket.create_connection(("127.0.0.1", port), timeout=2).close()

"""A database that cannot start just now (a full disk) does not end the supervisor: it is told, and tried again."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from remit.db.binaries import EmbeddedUnavailable
from remit.db.location import Location, Role
from remit.supervise import up


@dataclass
class Server:
    """An embedded server that cannot start for a while."""

    failures: int
    tries: int = 0

    def revive(self) -> bool:
        self.tries += 1
        if self.tries <= self.failures:
            raise EmbeddedUnavailable("The disk is full.")
        return True


class Enough(Exception):
    """Ends the supervisor's loop in this test."""


def test_it_goes_on_by_itself_more_slowly_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    server, now, tried = Server(failures=6), 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        if server.tries > len(tried):
            tried.append(round(now))
        if server.tries > server.failures + 1:
            raise Enough

    monkeypatch.setattr(up.time, "monotonic", lambda: now)
    monkeypatch.setattr(up.time, "sleep", sleep)
    monkeypatch.setattr(up, "_answers", lambda _location: False)
    with capture_logs() as lines, pytest.raises(Enough):
        up._keep([], Location("nowhere", 1, dict.fromkeys(Role, "")), server)  # type: ignore[arg-type]
    assert [line["event"] for line in lines].count(
        "the embedded database cannot start now; trying again"
    ) == 6
    assert lines[6]["event"] == "the embedded database had stopped and was started again"
    pauses = [after - before for before, after in itertools.pairwise(tried)]
    assert max(pauses) <= up.DATABASE_LONGEST_WAIT + 1
    assert pauses[0] < pauses[1] < pauses[2]

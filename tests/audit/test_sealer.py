"""The sealer at work beside others, through faults, and its witnesses."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.audit.conftest import Log

from remit.audit import heads, keys, seal, verify, witness
from remit.db.location import Location
from remit.settings import Settings

SECONDS = 2.0


def wait_until(done: threading.Event, seconds: float = 10) -> None:
    assert done.wait(seconds), "nothing happened in time"


def test_many_writers_two_sealers_and_lost_connections(audit_log: Log) -> None:
    stop, counts = threading.Event(), [0, 0]

    def write(number: int) -> None:
        while not stop.is_set():
            with suppress(OperationalError):  # its connection was ended under it
                counts[number] += len(audit_log.write(3))

    threads = [threading.Thread(target=write, args=(number,)) for number in (0, 1)]
    threads += [
        threading.Thread(
            target=seal.Sealer(audit_log.writer, audit_log.home, interval_seconds=0.02).run, args=(stop,)
        )
        for _ in (0, 1)
    ]
    for each in threads:
        each.start()
    time.sleep(SECONDS / 2)
    _end_sealers(audit_log)
    time.sleep(SECONDS / 2)
    stop.set()
    for each in threads:
        each.join(10)
    audit_log.seal()
    report = audit_log.verify(all_signatures=True)
    assert report["problems"] == []
    assert report["records"] >= sum(counts) > 0  # more, when a commit's answer was lost with its connection


def _end_sealers(audit_log: Log) -> None:
    """Break the server's side of connections that are idle in the pool, as a restart does."""
    with audit_log.superuser.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'remit_writer' "
                "AND state = 'idle' AND datname = current_database()"
            )
        )


def test_sealing_goes_on_when_the_key_comes_back(audit_log: Log) -> None:
    audit_log.fill(1)
    path = keys.path_of(audit_log.home, audit_log.key().key_id)
    pem = path.read_bytes()
    path.unlink()
    audit_log.write(1)
    stop, sealed = threading.Event(), threading.Event()
    sealer = seal.Sealer(audit_log.writer, audit_log.home, on_head=lambda head: sealed.set())
    thread = threading.Thread(target=sealer.run, args=(stop,))
    thread.start()
    try:
        assert not sealed.wait(0.3)
        path.write_bytes(pem)
        wait_until(sealed)
    finally:
        stop.set()
        thread.join(5)
    assert audit_log.verify()["verified"]


def test_restored_without_the_key_it_goes_on_under_a_new_one(
    audit_log: Log, database: Location, tmp_path: Path
) -> None:
    audit_log.fill(2)
    old = audit_log.key().key_id
    fresh = tmp_path / "fresh"
    assert seal.take_over(audit_log.home) is None  # the key is here
    new = seal.take_over(fresh)
    assert new not in (None, old)
    assert seal.take_over(fresh) is None
    restored = Log(audit_log.writer, audit_log.reader, audit_log.superuser, fresh)
    restored.fill(1)
    report = restored.verify(trusted=keys.trusted(fresh))
    assert report["problems"] == [] and report["keys"] == [old, new]
    assert report["records"] == 16  # with the one that says so


class _Catcher(BaseHTTPRequestHandler):
    caught: list[dict[str, object]]
    status = 204

    def do_POST(self) -> None:
        self.caught.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def catcher() -> object:
    handler = type("Catcher", (_Catcher,), {"caught": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.address = f"http://127.0.0.1:{server.server_port}/heads"  # type: ignore[attr-defined]
    yield handler
    server.shutdown()
    server.server_close()


def test_witnesses_of_the_settings_get_heads_that_verify_later(
    audit_log: Log, database: Location, tmp_path: Path, catcher: type[_Catcher]
) -> None:
    seen = tmp_path / "seen.jsonl"
    chosen = Settings(home=audit_log.home, audit_witness_file=seen, audit_witness_url=catcher.address)  # type: ignore[attr-defined]
    audit_log.write(3)
    stop = threading.Event()
    thread = threading.Thread(target=seal.run, args=(stop, chosen))
    thread.start()
    until = time.monotonic() + 10
    while (audit_log.verify()["waiting"] or not catcher.caught) and time.monotonic() < until:  # type: ignore[attr-defined]
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    assert [one["head"]["tree_size"] for one in catcher.caught] == [3]  # type: ignore[index]
    witnessed = verify.read_witness(str(seen))
    report = audit_log.verify(witnessed=witnessed)
    assert report["witnessed"] == 1 and report["verified"]


def test_a_witness_that_fails_is_tried_again_and_stops_nobody(
    audit_log: Log, tmp_path: Path, catcher: type[_Catcher]
) -> None:
    audit_log.fill(1)
    with audit_log.read() as connection:
        head = heads.find_last(connection)
    assert head is not None
    with pytest.raises(witness.WitnessUnavailable):
        witness.FileWitness(tmp_path / "absent" / "seen").give(head)
    with pytest.raises(witness.WitnessUnavailable):
        witness.WebhookWitness("http://127.0.0.1:9/nobody").give(head)
    catcher.status = 500
    web = witness.WebhookWitness(catcher.address)  # type: ignore[attr-defined]
    with pytest.raises(witness.WitnessUnavailable, match="500"):
        web.give(head)
    messenger, stop = witness.Messenger([web], every_seconds=0.05), threading.Event()
    thread = threading.Thread(target=messenger.run, args=(stop,))
    thread.start()
    messenger.offer(head)
    until = time.monotonic() + 10
    while len(catcher.caught) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    catcher.status = 204
    time.sleep(0.3)
    count = len(catcher.caught)
    time.sleep(0.3)
    stop.set()
    thread.join(5)
    assert count >= 3 and len(catcher.caught) == count  # kept once it was accepted, not sent again

"""The embedded server: shared, stopped by the last user, and up again by itself after every kind of death."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from remit.db import binaries, embedded, secrets
from remit.db.binaries import EmbeddedUnavailable, choose_account
from remit.db.embedded import Cluster, shared

SMALL = {"shared_buffers": "16MB"}

HOLDER = """
import sys, time
from pathlib import Path
from remit.db.embedded import shared
with shared(Path(sys.argv[1]), extra={"shared_buffers": "16MB"}) as cluster:
    print("held", cluster.running_pid(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "a home with spaces"
    yield path
    Cluster(path, choose_account()).stop()


@contextmanager
def holder(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that uses the server of `home` until its stdin closes; with the server's pid."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process, int(process.stdout.readline().split()[1])
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def eventually(check: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def answer(cluster: Cluster) -> object:
    with psycopg.connect(**cluster.superuser()) as connection:
        found = connection.execute("SELECT 42").fetchone()
    return found[0] if found else None


def test_started_by_the_first_and_stopped_by_the_last(home: Path) -> None:
    with holder(home) as (_, pid):
        with shared(home, extra=SMALL) as cluster:
            assert cluster.running_pid() == pid
        assert cluster.running_pid() == pid, "the other process still needs it"
    assert eventually(lambda: not psutil.pid_exists(pid))


def test_it_listens_on_no_network_and_wants_the_password(home: Path) -> None:
    with shared(home, extra=SMALL) as cluster:
        pid = cluster.running_pid()
        assert pid is not None
        assert list(psutil.Process(pid).net_connections("inet")) == []
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**{**cluster.superuser(), "password": "wrong"})
        with psycopg.connect(**cluster.superuser()) as connection:
            method = connection.execute("SELECT auth_method FROM pg_hba_file_rules").fetchall()
        assert method == [("scram-sha-256",)]


def test_data_and_secrets_are_closed_to_others(home: Path) -> None:
    with shared(home, extra=SMALL) as cluster:
        assert (home / "secrets").stat().st_mode & 0o077 == 0
        assert all(each.stat().st_mode & 0o077 == 0 for each in (home / "secrets").iterdir())
        assert cluster.folder.stat().st_mode & 0o077 == 0
        assert not (cluster.folder / "password").exists()


def test_a_server_left_by_a_killed_user_is_adopted_and_stopped(home: Path) -> None:
    with holder(home) as (process, pid):
        process.kill()
        process.wait()
        assert psutil.pid_exists(pid)
        with shared(home, extra=SMALL) as cluster:
            assert cluster.running_pid() == pid
            assert answer(cluster) == 42
    assert eventually(lambda: not psutil.pid_exists(pid))


def test_after_kill_9_of_everything_it_starts_with_what_was_committed(home: Path) -> None:
    with holder(home) as (process, pid):
        cluster = Cluster(home, choose_account())
        with psycopg.connect(**cluster.superuser(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS a")
        process.kill()
        process.wait()
        for each in [*psutil.Process(pid).children(), psutil.Process(pid)]:
            with suppress(psutil.NoSuchProcess):  # the death of one ends others
                each.kill()
    with shared(home, extra=SMALL) as cluster:
        assert cluster.running_pid() != pid
        with psycopg.connect(**cluster.superuser()) as connection:
            assert connection.execute("SELECT a FROM kept").fetchall() == [(1,)]


def test_only_the_postmaster_killed(home: Path) -> None:
    """Its backends end by themselves; the next start waits for them."""
    with holder(home) as (process, pid):
        process.kill()
        process.wait()
        os.kill(pid, signal.SIGKILL)
    with shared(home, extra=SMALL) as cluster:
        assert answer(cluster) == 42


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(home: Path) -> None:
    with shared(home, extra=SMALL) as cluster:
        pass
    stranger = f"{os.getpid()}\n{cluster.data}\n1\n5432\n{home}\n\n1 1\n"
    (cluster.data / "postmaster.pid").write_text(stranger)
    assert cluster.running_pid() is None
    with shared(home, extra=SMALL) as cluster:
        assert answer(cluster) == 42


def test_an_interrupted_creation_is_begun_afresh(home: Path) -> None:
    cluster = Cluster(home, choose_account(), SMALL)
    cluster.folder.mkdir(parents=True)
    (cluster.folder / "making").touch()
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("18\n")
    with shared(home, extra=SMALL) as cluster:
        assert answer(cluster) == 42


def test_a_home_too_deep_for_a_socket_gets_a_short_link(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 20) / ("er" * 20)
    with shared(home, extra=SMALL) as cluster:
        assert len(str(cluster.socket_folder())) < 60
        assert answer(cluster) == 42
    cluster.socket_folder().unlink()


def test_lost_secrets_are_named_as_the_cause(home: Path) -> None:
    with shared(home, extra=SMALL):
        pass
    (home / "secrets" / "database-bootstrap.password").unlink()
    with pytest.raises(EmbeddedUnavailable, match=r"password in .*secrets"), shared(home, extra=SMALL):
        pass


def test_a_server_that_cannot_start_shows_its_log(home: Path) -> None:
    with (
        pytest.raises(EmbeddedUnavailable, match="shared_buffers"),
        shared(home, extra={"shared_buffers": "x"}),
    ):
        pass


def test_programs_that_the_account_cannot_reach_are_copied(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root changes to another account")
    public = Path(tempfile.mkdtemp(dir="/tmp"))
    public.chmod(0o755)
    monkeypatch.setattr(binaries, "PROGRAM_CACHE", public / "cache")
    monkeypatch.setattr(binaries, "_readable_by", lambda account, path: False)
    try:
        with shared(home, extra=SMALL) as cluster:
            pid = cluster.running_pid()
            assert pid is not None and psutil.Process(pid).exe().startswith(str(public))
            assert answer(cluster) == 42
        written = [
            each for each in public.rglob("*") if each.stat().st_uid != 0 or each.stat().st_mode & 0o022
        ]
        assert [each for each in written if not each.is_symlink()] == [], "only root may change the programs"
    finally:
        shutil.rmtree(public)


def test_an_unknown_account_is_named() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root changes to another account")
    with pytest.raises(EmbeddedUnavailable, match="no-such-account"):
        choose_account("no-such-account")
    with pytest.raises(EmbeddedUnavailable, match="root"):
        choose_account("root")


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    assert secrets.read_or_make(tmp_path, "a") == secrets.read_or_make(tmp_path, "a")
    assert secrets.read_or_make(tmp_path, "a") != secrets.read_or_make(tmp_path, "b")


def test_the_lock_serialises_starters(home: Path) -> None:
    with holder(home) as (_, first), holder(home) as (_, second):
        assert first == second
    assert embedded.Cluster(home, choose_account()).running_pid() is None

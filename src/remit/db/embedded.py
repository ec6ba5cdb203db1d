"""The embedded PostgreSQL: made at the first start, shared by every Remit process of one REMIT_HOME.

Whoever needs the server holds a shared lock on `postgres/users.lock`; the first starts it, the last one out
stops it. Locks are the kernel's, so a process that was killed holds none: the next user adopts a server
that is still running, or starts the data folder again, removing what a dead server left behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from remit.db import secrets
from remit.db.binaries import NEWEST, Account, EmbeddedUnavailable, Programs, choose_account, programs

SUPERUSER = "remit_bootstrap"  # creates roles, database and extension; the application never uses it
PORT = 5432  # only names the socket: the server does not listen on the network
START_SECONDS = 300  # recovery after a crash may take long; while the process lives we wait
STOP_SECONDS = 30
SOCKET_LIMIT = 90  # the kernel's limit is 107 bytes for folder + name on Linux, 103 on macOS
LOG_LIMIT = 10_000_000  # bytes of postgres.log kept before it is set aside at a start

SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u ",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass
class Cluster:
    """One data folder and the server on it. Use `shared()`; the methods below are its parts."""

    home: Path
    account: Account
    extra: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """REMIT_HOME/postgres: owned by the server's account."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """The data folder proper."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.home / "logs" / "postgres.log"

    def socket_folder(self) -> Path:
        """Folder of the socket by a name short enough for the kernel (a link when the real one is long)."""
        real = self.folder / "run"
        if len(os.fsencode(real)) <= SOCKET_LIMIT:
            return real
        mark = hashlib.sha256(os.fsencode(real)).hexdigest()[:12]
        link = Path(tempfile.gettempdir()) / f"remit-{os.geteuid()}-{mark}"
        with suppress(FileExistsError):
            link.symlink_to(real)
        if link.lstat().st_uid != os.geteuid() or link.resolve() != real.resolve():
            raise EmbeddedUnavailable(f"{link} is not ours; remove it or choose a shorter REMIT_HOME.")
        return link

    def superuser(self, database: str = "postgres") -> dict[str, Any]:
        """Keyword arguments for psycopg as the bootstrap superuser: provisioning and restore only."""
        return {
            "host": str(self.socket_folder()),
            "port": PORT,
            "dbname": database,
            "user": SUPERUSER,
            "password": secrets.read_or_make(self.home, "database-bootstrap.password"),
            "connect_timeout": 10,
        }

    # -- making and finding -------------------------------------------------------------------------

    def make(self) -> None:
        """Create the data folder when there is none. An interrupted creation is begun afresh."""
        for path in (self.home, self.home / "logs"):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (self.folder, self.folder / "run"):
            path.mkdir(exist_ok=True, mode=0o700)
            if self.account.switch:
                os.chown(path, self.account.uid, self.account.gid)
        if (self.data / "PG_VERSION").exists() and not (self.folder / "making").exists():
            return
        password = secrets.read_or_make(self.home, "database-bootstrap.password")
        (self.folder / "making").touch()
        if self.data.exists():
            subprocess.run(["rm", "-rf", str(self.data)], check=True)
        with self._password_file(password) as name:
            command = [
                *self._program("initdb", NEWEST),
                *("-D", "data", "-U", SUPERUSER, "--pwfile", name, "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *("--data-checksums", "--no-sync", "--no-instructions"),
            ]
            made = self._run(command)
        if made.returncode != 0:
            raise EmbeddedUnavailable(f"initdb failed:\n{made.stdout.decode()}{made.stderr.decode()}")
        (self.data / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        os.sync()
        (self.folder / "making").unlink()

    def running_pid(self) -> int | None:
        """Process id of the server on this data folder, or None. A reused pid is not taken for it."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
                return False
            return Path(process.cwd()).samefile(self.data)
        except (psutil.Error, FileNotFoundError):
            return False

    # -- starting and stopping ----------------------------------------------------------------------

    def start(self) -> None:
        """Start the server, or adopt the one that runs, and wait until it answers.

        Raises EmbeddedUnavailable with the end of the server's log when it does not come up.
        """
        self.make()
        self.socket_folder()
        if self.running_pid() is None:
            self._clear_remains()
            self._launch()
        self._wait_ready()

    def _clear_remains(self) -> None:
        """After kill -9: wait for backends of a dead server to go, then remove its pid file."""
        deadline = time.monotonic() + STOP_SECONDS
        while leftover := [p.pid for p in psutil.process_iter() if self._is_ours(p.pid)]:
            if time.monotonic() > deadline:
                raise EmbeddedUnavailable(f"Processes {leftover} of a dead server still use {self.data}.")
            time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> None:
        self._set_log_aside()
        major = int((self.data / "PG_VERSION").read_text())
        version_settings = {"io_method": "sync"} if major >= 18 else {}
        settings = SERVER_SETTINGS | version_settings | self.extra
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*self._program("postgres", major), "-D", "data", "-c", "unix_socket_directories=run"]
        with self.log.open("ab") as log, self._entered() as (arguments, place):
            command[-1] = f"unix_socket_directories={place}/run"
            command[command.index("-D") + 1] = f"{place}/data"
            self._process = subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle, in order
                **arguments,
            )

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                raise EmbeddedUnavailable(f"The embedded database did not start:\n{self.log_end()}")
            try:
                psycopg.connect(**self.superuser()).close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise EmbeddedUnavailable(
                        f"The password in {self.home / 'secrets'} is not that of the data in {self.folder}."
                    ) from error
            time.sleep(0.05)
        raise EmbeddedUnavailable(f"The embedded database does not answer:\n{self.log_end()}")

    def stop(self) -> None:
        """Stop the server in order: open transactions are rolled back, everything is written."""
        pid = self.running_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        if not self._gone(pid, STOP_SECONDS):
            os.kill(pid, signal.SIGQUIT)  # immediate: recovery at the next start
            self._gone(pid, STOP_SECONDS)

    def _gone(self, pid: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is not None and self._process.pid == pid:
                self._process.poll()  # collects the child, or it would stay as a zombie
            if not self._is_ours(pid):
                return True
            time.sleep(0.02)
        return False

    def log_end(self, lines: int = 15) -> str:
        """The last lines of the server's log."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def _set_log_aside(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))

    # -- running PostgreSQL's programs --------------------------------------------------------------

    def _program(self, name: str, major: int) -> list[str]:
        return [programs(major, self.account).path(name)]

    def client_programs(self) -> Programs:
        """pg_dump and the like, run as ourselves."""
        return programs(NEWEST)

    @contextmanager
    def _entered(self) -> Iterator[tuple[dict[str, Any], str]]:
        """Arguments for subprocess, and the name by which the child sees REMIT_HOME/postgres.

        As root the server's account may be unable to walk down to REMIT_HOME (a folder under /root, say),
        and we will not open other people's folders for it. We hand it the open folder instead: Linux names
        an inherited descriptor /proc/self/fd/N, also in the processes that the server forks.
        """
        if not self.account.switch:
            yield {}, str(self.folder)
            return
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield (
                {**self.account.popen_arguments(), "pass_fds": (descriptor,), "cwd": "/"},
                f"/proc/self/fd/{descriptor}",
            )
        finally:
            os.close(descriptor)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        with self._entered() as (arguments, place):
            placed = [f"{place}/{part}" if part in ("data", "password") else part for part in command]
            done: subprocess.CompletedProcess[bytes] = subprocess.run(
                placed, capture_output=True, check=False, **arguments
            )
            return done

    @contextmanager
    def _password_file(self, password: str) -> Iterator[str]:
        path = self.folder / "password"
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(password)
            if self.account.switch:
                os.fchown(file.fileno(), self.account.uid, self.account.gid)
        try:
            yield "password"
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def starting(home: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the server of `home`."""
    with _locked(home / "database-start.lock", fcntl.LOCK_EX):
        yield


@contextmanager
def shared(home: Path, account: str | None = None, extra: dict[str, str] | None = None) -> Iterator[Cluster]:
    """The running cluster of `home`, for as long as the context lasts.

    Starts the server when nobody has, stops it when nobody else uses it any more.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    cluster = Cluster(home, choose_account(account), extra or {})
    with _locked(home / "database-users.lock", fcntl.LOCK_UN) as using:
        with starting(home):
            fcntl.flock(using, fcntl.LOCK_SH)
            cluster.start()
        try:
            yield cluster
        finally:
            with starting(home), suppress(BlockingIOError):
                fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails when somebody else uses it
                cluster.stop()

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

from remit.db import creation, secrets
from remit.db.binaries import Account, EmbeddedUnavailable, choose_account, programs

SUPERUSER = "remit_bootstrap"  # creates roles, database and extension; the application never uses it
PORT = 5432  # only names the socket: the server does not listen on the network
START_SECONDS = 300  # recovery after a crash may take long; while the process lives we wait
STOP_SECONDS = 30
SOCKET_LIMIT = 80  # the kernel's limit is 107 bytes for folder + name on Linux, 103 on macOS
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
        """Create the folders, and the data folder when there is none."""
        for path in (self.home, self.home / "logs"):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (self.folder, self.folder / "run"):
            path.mkdir(exist_ok=True, mode=0o700)
            if self.account.switch:
                os.chown(path, self.account.uid, self.account.gid)
        if not creation.is_complete(self.folder):
            password = secrets.read_or_make(self.home, "database-bootstrap.password")
            creation.create(self.folder, self.account, SUPERUSER, password)

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
        while True:
            adopted = self.running_pid()
            if adopted is None:
                self._clear_remains()
                self._launch()
            if self._wait_ready(adopted):
                return

    def _clear_remains(self) -> None:
        """After kill -9: wait for backends of a dead server to go, then remove its lock files.

        PostgreSQL itself trusts a lock file whose process id exists, be it a stranger's or a zombie's.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while leftover := [p.pid for p in psutil.process_iter() if self._is_ours(p.pid)]:
            if time.monotonic() > deadline:
                raise EmbeddedUnavailable(f"Processes {leftover} of a dead server still use {self.data}.")
            time.sleep(0.05)
        socket_name = f".s.PGSQL.{PORT}"
        for path in (
            self.data / "postmaster.pid",
            self.folder / "run" / socket_name,
            self.folder / "run" / f"{socket_name}.lock",
        ):
            path.unlink(missing_ok=True)

    def _launch(self) -> None:
        self._set_log_aside()
        major = int((self.data / "PG_VERSION").read_text())
        version_settings = {"io_method": "sync"} if major >= 18 else {}
        settings = SERVER_SETTINGS | version_settings | self.extra
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        program = programs(major, self.account).path("postgres")
        with self.log.open("ab") as log, creation.entered(self.folder, self.account) as (arguments, place):
            sockets = f"{place}/run" if self.account.switch else self.socket_folder()
            command = [program, "-D", f"{place}/data", "-c", f"unix_socket_directories={sockets}"]
            self._process = subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle, in order
                **arguments,
            )

    def _wait_ready(self, adopted: int | None) -> bool:
        """Wait until the server answers. False when an adopted server died meanwhile: start our own."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(**self.superuser()).close()
                return True
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise EmbeddedUnavailable(
                        f"The password in {self.home / 'secrets'} is not that of the data in {self.folder}."
                    ) from error
            if adopted is not None and not self._is_ours(adopted):
                return False
            if adopted is None and self._process is not None and self._process.poll() is not None:
                raise EmbeddedUnavailable.because(
                    "The embedded database did not start", self.log_end(), self.data
                )
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

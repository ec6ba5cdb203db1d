"""The story of `remit up`: claim the home, start everything in order, keep it running, stop in order."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import psycopg
import structlog

from remit.cli.output import UNAVAILABLE, CommandRefused
from remit.db import opening
from remit.db.binaries import EmbeddedUnavailable
from remit.db.location import Location, Role
from remit.settings import Settings
from remit.supervise import first_start
from remit.supervise.child import WEB_SOCKET
from remit.supervise.children import Child, stop_all
from remit.supervise.instance import Instance, address, claimed, listen

TICK_SECONDS = 0.2
READY_SECONDS = 120.0
DATABASE_CHECK_SECONDS = 2.0
DATABASE_LONGEST_WAIT = 15.0  # between two tries to start a database that cannot start

log = structlog.get_logger(__name__)


class Stopping(BaseException):
    """Ctrl-C or SIGTERM. Not an Exception, so that nothing on the way handles it by mistake."""


def say(text: str) -> None:
    """A line of progress for the person who started us."""
    print(text, flush=True)  # noqa: T201 - this is the terminal's view


@contextmanager
def _step(text: str) -> Iterator[None]:
    started = time.monotonic()
    say(f"… {text}")
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")


def _stop(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not interrupt the stopping itself: the database would be left without its stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise Stopping


def up(settings: Settings, *, demo: bool = True) -> None:
    """Run until Ctrl-C or SIGTERM. Raises CommandRefused, EmbeddedUnavailable, ServerUnsuitable, …"""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with ExitStack() as stack:
            instance = stack.enter_context(claimed(settings.home))
            _run(settings, demo, instance, stack)
    except Stopping:
        say("Stopped.")


def _run(settings: Settings, demo: bool, instance: Instance, stack: ExitStack) -> None:
    listening = stack.enter_context(listen(settings.host, settings.port))
    where = address(listening)
    instance.announce(where)
    say(f"Remit · data in {settings.home}")
    with _step("starting the database"):
        server = stack.enter_context(opening.running(settings))
        location = opening.prepare(settings, server)
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    stack.callback(os.close, writing)
    environment = {"REMIT_HOME": str(settings.home), "REMIT_PORT": str(listening.getsockname()[1])}
    first = first_start.is_first(location)
    if demo and first:
        with _step("creating the demo firm (first start only)"):
            _load_demo(reading, environment)
    elif first_start.is_demo_unfinished(location):
        with _step("finishing the demo firm, which was cut off while it was made"):
            _load_demo(reading, environment)
    children = [
        Child(
            "web",
            reading,
            environment={**environment, WEB_SOCKET: str(listening.fileno())},
            descriptors=[listening.fileno()],
        ),
        Child("worker", reading, environment=environment),
    ]
    stack.callback(stop_all, children)
    stack.callback(say, "Stopping …")
    with _step("starting web and worker"):
        for child in children:
            child.start()
        ready = _wait_ready(where, children)
    if ready:
        say(f"\n  Remit is ready at {where}")
    else:
        say(f"\n  Remit is at {where}, but not everything answers yet; see the lines above")
    say(first_start.how_to_sign_in(location, where))
    say("  Ctrl-C stops it.\n")
    _keep(children, location, server)


def _load_demo(reading: int, environment: dict[str, str]) -> None:
    loader = Child("demo", reading, environment=environment)
    loader.start()
    try:
        code = loader.wait()
    except Stopping:
        stop_all([loader])
        raise
    if code != 0:
        raise CommandRefused(
            "demo_failed",
            f"The demo firm could not be created (exit code {code}, see above). remit up --no-demo starts without.",
            exit_code=UNAVAILABLE,
        )


def _wait_ready(where: str, children: list[Child]) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if _healthy(where):
            return True
        for child in children:
            child.keep()
        time.sleep(TICK_SECONDS)
    return False


def _healthy(where: str) -> bool:
    connection = http.client.HTTPConnection(where.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return bool(json.load(connection.getresponse()).get("status") == "ok")
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _keep(children: list[Child], location: Location, server: opening.Server) -> None:
    next_look, wait = time.monotonic(), DATABASE_CHECK_SECONDS
    while True:
        time.sleep(TICK_SECONDS)
        for child in children:
            child.keep()
        if time.monotonic() >= next_look:
            served = _answers(location) or _revived(server)
            wait = DATABASE_CHECK_SECONDS if served else min(wait * 2, DATABASE_LONGEST_WAIT)
            next_look = time.monotonic() + wait


def _revived(server: opening.Server) -> bool:
    """Start the embedded server again. What hinders it (a full disk) may pass: it is said, and tried again later."""
    try:
        if server.revive():
            log.warning("the embedded database had stopped and was started again")
    except EmbeddedUnavailable as error:
        log.error("the embedded database cannot start now; trying again", reason=str(error))
        return False
    return True


def _answers(location: Location) -> bool:
    try:
        psycopg.connect(**location.conninfo(Role.READER), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True

"""`python -m remit.worker`: one worker process, until SIGTERM or SIGINT."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack
from types import FrameType

import structlog

import remit.wiring  # noqa: F401 - registers what decides about recalled effects
from remit import logs
from remit.connectors.email import config as mail_config
from remit.connectors.email import deliver
from remit.db import engines
from remit.db.opening import opened
from remit.settings import load
from remit.worker.run import Worker

log = structlog.get_logger(__name__)


def main() -> None:
    """Serve until asked to stop. Ends with the error's exit code when it cannot work."""
    stop = threading.Event()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    settings = load()
    with ExitStack() as stack:
        try:
            location = engines.location()  # started by `remit up`, which chose the database
        except engines.DatabaseNotChosen:
            logs.configure(settings.log_level, settings.log_format, process="worker")
            location = stack.enter_context(opened(settings, "remit worker"))
        deliver.use(mail_config.read(settings))
        Worker(settings, location).run(stop)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        code = getattr(error, "code", None)
        # errors of libraries may carry a code too: only a refusal of ours is told in a line, a fault keeps its trace
        if not isinstance(code, str) or not type(error).__module__.startswith("remit."):
            raise
        log.error("the worker cannot work", code=code, reason=str(error))
        sys.exit(getattr(error, "exit_code", 1))

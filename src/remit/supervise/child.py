"""A child of `remit up`: `python -m remit.supervise.child web|worker|demo`.

The child holds the reading end of a pipe whose other end only the supervisor has. When the supervisor is
gone, however it went, the pipe ends and the child stops: nothing keeps the port or the queue.
"""

from __future__ import annotations

import importlib
import os
import runpy
import signal
import socket
import sys
import threading
import time

import structlog

from remit import logs
from remit.db.opening import attached
from remit.settings import load

PARENT_PIPE = "REMIT_PARENT_PIPE"  # descriptor of the pipe's reading end
WEB_SOCKET = "REMIT_WEB_SOCKET"  # descriptor of the listening socket
GRACE_SECONDS = 10.0

log = structlog.get_logger(__name__)


def _follow_parent() -> None:
    descriptor = os.environ.pop(PARENT_PIPE, None)
    if descriptor is None:
        return
    pipe = int(descriptor)
    os.set_inheritable(pipe, False)

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        log.warning("the supervisor is gone; stopping")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, name="follow-parent", daemon=True).start()


def _web() -> None:
    import uvicorn

    descriptor = int(os.environ.pop(WEB_SOCKET))
    listening = socket.socket(fileno=descriptor)
    config = uvicorn.Config(
        "remit.web.app:create_server",
        factory=True,
        log_config=None,  # ours
        access_log=False,
        timeout_graceful_shutdown=int(GRACE_SECONDS) - 2,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _worker() -> None:
    sys.argv = ["remit.worker"]
    runpy.run_module("remit.worker", run_name="__main__", alter_sys=True)


def _demo() -> None:
    # By name: the demo firm generates much that no other process should load.
    load = importlib.import_module("remit.demo.load")
    if load.is_loaded():
        load.finish()
        return
    load.load_demo(
        scale=1,
        progress=lambda line: print(f"  {line}", flush=True),  # noqa: T201 - for the terminal
    )


KINDS = {"web": _web, "worker": _worker, "demo": _demo}


def main() -> None:
    """Attach to the database and do the work of the kind named on the command line."""
    kind = sys.argv[1]
    settings = load()
    logs.configure(settings.log_level, settings.log_format, process=kind)
    _follow_parent()
    with attached(settings, f"remit {kind}"):
        KINDS[kind]()


if __name__ == "__main__":
    main()

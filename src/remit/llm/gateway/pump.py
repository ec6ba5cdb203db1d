"""A stream of a provider as a plain iterator: an event loop of its own thread reads, the caller takes."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Final

from remit.llm.gateway.failure import CallFailed

_END: Final = object()


class Pump:
    """Runs `source()` in a thread for at most `seconds`; iterate over it once. `close` ends it early."""

    def __init__(self, source: Callable[[], AsyncIterator[str]], seconds: float) -> None:
        self._source, self._seconds = source, seconds
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model stream", daemon=True)

    def __iter__(self) -> Iterator[str]:
        """The pieces. Raises what the source raised, CallFailed among it."""
        self._thread.start()
        while True:
            got = self._queue.get()
            if got is _END:
                return
            if isinstance(got, BaseException):
                raise got
            yield str(got)

    def close(self) -> None:
        """Break off, also in the middle, and wait until the connection is closed."""
        while not self._ready.wait(0.1):
            if not self._thread.is_alive():
                return  # it ended before it began to read
        if self._loop is not None and self._task is not None:
            with suppress(
                RuntimeError
            ):  # the loop was closed this very moment: then there is nothing to break off
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._read())
        except TimeoutError:
            self._queue.put(CallFailed("timed_out"))
        except asyncio.CancelledError:
            self._queue.put(CallFailed("cut_off"))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            self._queue.put(error)
        else:
            self._queue.put(_END)

    async def _read(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        async with asyncio.timeout(self._seconds):
            async for piece in self._source():
                self._queue.put(piece)

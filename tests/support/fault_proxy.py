"""A TCP proxy with faults: latency, reset, cut after N bytes, throttle, silence. For SMTP, IMAP and databases alike."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Self


@dataclass
class Faults:
    """What goes wrong, changeable while it runs. Byte counts are of one connection, client to server or back."""

    latency_seconds: float = 0.0
    bytes_per_second: float = 0.0  # 0: unlimited
    cut_client_after: int | None = None  # close both sides after so many bytes from the client
    cut_server_after: int | None = None  # the same for bytes from the server
    swallow_server_after: int | None = None  # pass nothing more from the server, but keep the connection open
    reset: bool = False  # end with RST instead of FIN
    refuse: bool = False  # close new connections at once


class FaultProxy:
    """Listens on a free port of this machine and forwards to `port`; a context manager with its own thread."""

    def __init__(self, port: int, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.connections = 0
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._open):
            self._end(writer)  # ends the readers, and with them the tasks that serve
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if others:
            await asyncio.wait(others, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.faults.refuse:
            self._end(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            self._end(writer)
            return
        self._open |= {writer, far_writer}
        ways = [
            asyncio.create_task(self._pass(reader, far_writer, client=True)),
            asyncio.create_task(self._pass(far_reader, writer, client=False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._end(writer)
            self._end(far_writer)
            self._open -= {writer, far_writer}

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, client: bool
    ) -> None:
        passed = 0
        while data := await reader.read(4096):
            faults = self.faults
            limit = faults.cut_client_after if client else faults.cut_server_after
            silent = None if client else faults.swallow_server_after
            if faults.latency_seconds:
                await asyncio.sleep(faults.latency_seconds)
            if faults.bytes_per_second:
                await asyncio.sleep(len(data) / faults.bytes_per_second)
            if silent is not None and passed + len(data) > silent:
                data = data[: max(0, silent - passed)]
            cut = limit is not None and passed + len(data) >= limit
            data = data[: limit - passed] if cut and limit is not None else data
            passed += len(data)
            writer.write(data)
            await writer.drain()
            if cut:
                return

    def _end(self, writer: asyncio.StreamWriter) -> None:
        raw = writer.get_extra_info("socket")
        if self.faults.reset and raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

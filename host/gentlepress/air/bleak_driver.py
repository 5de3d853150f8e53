"""Driver on bleak: its event loop runs in a thread, and every call of it has a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from gentlepress.air import mishaps
from gentlepress.air.contract import CLOSE_S, Found
from gentlepress.air.incoming import Incoming
from gentlepress.air.worker import Stuck
from gentlepress.firmware.core import air

Result = TypeVar("Result")
_LEAST_S = 0.01


class _Loop:
    """An event loop in a daemon thread, made at first use."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def call(self, work: Coroutine[Any, Any, Result], deadline: float, what: str) -> Result:
        """What a coroutine returns; errors as ours."""
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result(max(deadline - time.monotonic(), _LEAST_S))
        except FutureTimeout as error:
            future.cancel()
            raise mishaps.in_ours(Stuck(), what) from error
        except Exception as error:
            raise mishaps.in_ours(error, what) from error

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="bleak", daemon=True).start()
            return self._loop


_LOOP = _Loop()


class BleakConnection:
    """A connected client of bleak."""

    def __init__(self, client: Any, incoming: Incoming) -> None:
        self._client = client
        self._incoming = incoming

    def send(self, packet: bytes, deadline: float) -> None:
        """See `contract.Connection`."""
        self._incoming.check()
        _LOOP.call(self._write(packet), deadline, "writing")

    async def _write(self, packet: bytes) -> None:
        await self._client.write_gatt_char(air.CHARACTERISTIC, packet, response=False)

    def receive(self, deadline: float) -> bytes:
        """See `contract.Connection`."""
        return self._incoming.take(deadline)

    def close(self) -> None:
        """See `contract.Connection`."""
        self._incoming.end()
        with contextlib.suppress(Exception):
            _LOOP.call(self._client.disconnect(), time.monotonic() + CLOSE_S, "hanging up")


class BleakDriver:
    """bleak, as a driver (`contract.Driver`)."""

    name = "bleak"

    def __init__(self) -> None:
        try:
            import bleak  # noqa: PLC0415  (only who needs it waits for it, or has it)
        except ImportError as error:
            raise mishaps.not_installed("bleak") from error
        self._bleak = bleak

    def scan(self, deadline: float, enough: Callable[[Found], bool]) -> list[Found]:
        """See `contract.Driver`."""
        return _LOOP.call(self._scan(deadline, enough), deadline + CLOSE_S, "looking for the tool")

    async def _scan(self, deadline: float, enough: Callable[[Found], bool]) -> list[Found]:
        found: dict[str, Found] = {}
        done = asyncio.Event()

        def heard(device: Any, told: Any) -> None:
            if air.SERVICE.lower() not in told.service_uuids:
                return
            one = found[device.address] = Found(told.local_name or device.name or "", device.address, device)
            if enough(one):
                done.set()

        async with self._bleak.BleakScanner(heard, [air.SERVICE]):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(done.wait(), max(deadline - time.monotonic(), _LEAST_S))
        return list(found.values())

    def connect(self, found: Found, deadline: float) -> BleakConnection:
        """See `contract.Driver`."""
        incoming = Incoming()
        client = self._bleak.BleakClient(found.handle, lambda _client: incoming.end())
        work = self._connect(client, incoming, deadline - time.monotonic())
        try:
            _LOOP.call(work, deadline, "connecting")
        except BaseException:
            BleakConnection(client, incoming).close()
            raise
        return BleakConnection(client, incoming)

    async def _connect(self, client: Any, incoming: Incoming, timeout_s: float) -> None:
        await client.connect(timeout=timeout_s)
        await client.start_notify(air.CHARACTERISTIC, lambda _sender, data: incoming.put(bytes(data)))

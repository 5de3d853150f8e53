"""What lies between two antennas: connection events, so many packets in each, losses, and a link that breaks."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bumble import hci
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.device import Device
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

CATCH_UP_S = 0.1
NOTIFICATION = 0x1B  # opcode of ATT
_OPCODE = 4  # after the head of L2CAP
TIMED_OUT = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR


@dataclass
class Air:
    """How the radio is.

    Attributes:
        interval_s: between two connection events.
        packets: that go each way in one event at most.
        mtu: the desktop's largest, bytes.
        loss: share of packets that must be sent again, each in another place of an event; near 1 is the edge of range.
        supervision_s: without any packet for so long, the link is lost.
        seed: of the losses.
    """

    interval_s: float = 0.015
    packets: int = 4
    mtu: int = 247
    loss: float = 0.0
    supervision_s: float = 0.72
    seed: int = 1


class Ether(LocalLink):
    """bumble's link, paced.

    Attributes:
        air: how it is now; may be changed at any time. cuts: numbers of packets, rising, with which the link breaks.
        delivered: called with (sender, opcode of ATT) of each packet that has arrived.
        packets: that arrived so far. sent_again: that did not arrive at the first try.
    """

    def __init__(self, air: Air) -> None:
        super().__init__()
        self.air = air
        self.delivered: Callable[[Controller, int], None] = lambda _sender, _opcode: None
        self.cuts: list[int] = []
        self.packets = 0
        self.sent_again = 0
        self._random = random.Random(air.seed)
        self._queues: dict[tuple[Controller, hci.Address], deque[bytes]] = {}
        self._heard: dict[Controller, float] = {}
        self._pumping = False
        self._next = 0.0

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Queue a packet for the next connection event."""
        assert transport == PhysicalTransport.LE
        self._queues.setdefault((sender_controller, destination_address), deque()).append(data)
        if not self._pumping:
            self._pumping = True
            loop = asyncio.get_running_loop()
            interval = self.air.interval_s
            self._next = (loop.time() // interval + 1) * interval
            loop.call_at(self._next, self._event)

    def _event(self) -> None:
        for (sender, destination), queue in list(self._queues.items()):
            if destination not in sender.le_connections:
                queue.clear()
            for _ in range(min(self.air.packets, len(queue))):
                if self._random.random() < self.air.loss:
                    self.sent_again += 1
                    continue
                self._deliver(sender, destination, queue.popleft())
            if queue and self._is_lost(sender):
                self.break_link(sender)
        self._queues = {key: queue for key, queue in self._queues.items() if queue}
        self._pumping = bool(self._queues)
        if self._pumping:
            # By the radio's clock, not by when this machine got round to the last event; what is very late is left out.
            loop = asyncio.get_running_loop()
            self._next = max(self._next + self.air.interval_s, loop.time() - CATCH_UP_S)
            loop.call_at(self._next, self._event)

    def _deliver(self, sender: Controller, destination: hci.Address, data: bytes) -> None:
        self.packets += 1
        now = asyncio.get_running_loop().time()
        receiver = self.find_le_controller(destination)
        connection = sender.le_connections[destination]
        if receiver is None:
            return
        self._heard[sender] = self._heard[receiver] = now
        # Not its random address, as in bumble: a host may be known by its public one.
        receiver.on_link_acl_data(connection.self_address, PhysicalTransport.LE, data)
        self.delivered(sender, data[_OPCODE] if len(data) > _OPCODE else 0)
        if self.cuts and self.packets >= self.cuts[0]:
            self.cuts.pop(0)
            asyncio.get_running_loop().call_soon(self.break_link, sender)

    def cut_after(self, counts: list[int]) -> None:
        """Break the link after so many more packets, each counted from the break before."""
        self.cuts = [self.packets + sum(counts[: number + 1]) for number in range(len(counts))]

    def _is_lost(self, sender: Controller) -> bool:
        now = asyncio.get_running_loop().time()
        return now - self._heard.setdefault(sender, now) > self.air.supervision_s

    def break_link(self, controller: Controller) -> None:
        """Both ends lose their link, as when one goes out of range."""
        self._heard.pop(controller, None)
        for connection in list(controller.le_connections.values()):
            self._end(connection)

    def _end(self, connection: Connection) -> None:
        other = self.find_le_controller(connection.peer_address)
        connection.controller.on_le_disconnected(connection, TIMED_OUT)
        if other is None:
            return
        self._heard.pop(other, None)
        mirrored = other.le_connections.get(connection.self_address)
        if mirrored is not None:
            other.on_le_disconnected(mirrored, TIMED_OUT)

    def device(self, name: str, address: str) -> Device:
        """A virtual controller with its host's stack, not yet powered on."""
        controller = Controller(name, link=self)
        random_address = hci.Address(address, hci.Address.RANDOM_DEVICE_ADDRESS)
        return Device(name=name, address=random_address, host=Host(controller, AsyncPipeSink(controller)))


class RadioLoop:
    """bumble's event loop in a thread of its own, so that blocking drivers can be tried."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="ether", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Any], timeout_s: float = 20) -> Any:
        """Run a coroutine there; what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout_s)

    async def awaited(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The same from a coroutine of another loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    def soon(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Call a function there, without waiting."""
        self.loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        """End what still runs, then the loop."""
        asyncio.run_coroutine_threadsafe(self._cancel(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _cancel(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

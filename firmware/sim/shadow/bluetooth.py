"""The chip's `bluetooth`, a thin twin: each call and each event is a frame to or from a virtual radio (sim/air.py).

Only what the firmware uses is here. Append buffers are kept on this side, as on the chip.
"""

import json

from sim.air import u16
from sim.world import WORLD

ROOM = 8
"""Notifications that wait in the stack; NimBLE refuses more with OSError."""

ENOMEM = 12
ENOTCONN = 107
FIRST_HANDLE = 9
DEFAULT_BUFFER = 20

ACTIVE, SERVICES, ADVERTISE, NOTIFY, HANG_UP = b"ASVND"
CONNECTED, DISCONNECTED, WRITTEN, MTU, SENT = b"CDWMK"
IRQ_CONNECT, IRQ_DISCONNECT, IRQ_WRITE, IRQ_MTU = 1, 2, 3, 21


class UUID:
    """A UUID as text."""

    def __init__(self, text):
        self.text = text


class BLE:
    """The radio."""

    def __init__(self):
        self._air = WORLD.air
        self._air.hear = self._event
        self._handler = None
        self._active = False
        self._mtu = 256
        self._buffers = {}
        self._waiting = 0
        self._conns = set()

    def active(self, on=None):
        """Whether it is on; switch it."""
        if on is None:
            return self._active
        self._active = bool(on)
        self._waiting = 0
        self._conns.clear()
        self._buffers.clear()
        self._air.send(ACTIVE, bytes([self._active]))
        return self._active

    def config(self, **values):
        """Only the MTU matters."""
        self._mtu = values.get("mtu", self._mtu)

    def irq(self, handler):
        """Who hears of events."""
        self._handler = handler

    def gatts_register_services(self, services):
        """Handles of the characteristics' values."""
        handle = FIRST_HANDLE
        told, found = [], []
        for uuid, characteristics in services:
            handles = []
            for characteristic, flags in characteristics:
                self._buffers[handle] = [b"", DEFAULT_BUFFER, False]
                told.append([uuid.text, characteristic.text, flags, handle])
                handles.append(handle)
                handle += 3
            found.append(tuple(handles))
        self._air.send(SERVICES, json.dumps({"mtu": self._mtu, "characteristics": told}).encode())
        return tuple(found)

    def gatts_set_buffer(self, handle, size, append=False):
        """How much is kept of what is written."""
        self._buffers[handle] = [b"", size, append]

    def gatts_read(self, handle):
        """What was written; an append buffer is empty then."""
        buffer = self._buffers[handle]
        data = buffer[0]
        if buffer[2]:
            buffer[0] = b""
        return data

    def gatts_notify(self, conn, handle, data):
        """Queue a notification."""
        if conn not in self._conns:
            raise OSError(ENOTCONN)
        if self._waiting >= ROOM:
            raise OSError(ENOMEM)
        self._waiting += 1
        self._air.send(NOTIFY, u16(conn) + u16(handle) + bytes(data))

    def gap_advertise(self, interval_us, adv_data=b""):
        """Begin, or with None end."""
        if not self._active:
            raise OSError(ENOTCONN)
        self._air.send(ADVERTISE, b"" if interval_us is None else u16(interval_us // 625) + bytes(adv_data))

    def gap_disconnect(self, conn):
        """Hang up; whether there was anybody."""
        self._air.send(HANG_UP, u16(conn))
        return conn in self._conns

    def _event(self, kind, body):
        if not self._active:
            return
        if kind == SENT:
            self._waiting = max(0, self._waiting - body[0])
            return
        conn = body[0] << 8 | body[1]
        if kind == CONNECTED:
            self._conns.add(conn)
            self._handler(IRQ_CONNECT, (conn, 1, memoryview(body)[2:8]))
        elif kind == DISCONNECTED:
            self._conns.discard(conn)
            self._waiting = 0
            self._handler(IRQ_DISCONNECT, (conn, 1, memoryview(body)[2:8]))
        elif kind == MTU:
            self._handler(IRQ_MTU, (conn, body[2] << 8 | body[3]))
        elif kind == WRITTEN:
            handle = body[2] << 8 | body[3]
            self._keep(handle, body[4:])
            self._handler(IRQ_WRITE, (conn, handle))

    def _keep(self, handle, data):
        buffer = self._buffers[handle]
        held = buffer[0] + data if buffer[2] else data
        buffer[0] = held[: buffer[1]]

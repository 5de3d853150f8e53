"""The whole tool on the emulated chip, pressed in a session while a desktop copies: how late the watch is."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gentlepress.chip.image import (
    compile_module,
    read_filesystem,
)
from gentlepress.chip.pty_link import PtyLink
from gentlepress.chip.simulated_tool import make_chip
from gentlepress.client import ToolClient, connect
from gentlepress.errors import GentlepressError, ToolBusy
from gentlepress.firmware.core import wire
from gentlepress.firmware.sim.plant import Plant

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REPORT = "latency.json"
SESSIONS_THERE = 3
BUSY_PAUSE_US = 200_000
PRESSES_A_STEP = 5
PLACES = [(zone, side) for zone in ("jawline", "cheeks", "smile_lines") for side in ("left", "right")]
# 5 s, most of it in the band, with 0.4 s above the warning: the motor plays, no limit is passed. A lift of 2 s follows.
PRESS = [
    [0, 1000],
    [1_000_000, 1000],
    [1_400_000, 2400],
    [1_800_000, 2400],
    [2_200_000, 1000],
    [5_000_000, 1000],
]
SAMPLES_A_PRESS = 5 * 310


@dataclass
class Load:
    """What the desktop did meanwhile."""

    live: int = 0
    copied_bytes: int = 0
    busy: int = 0
    other: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Measured:
    """What the tool counted itself, and what was seen at its pins.

    Attributes:
        contact, free: counts by upper bound (us), None for the last bucket. worst: the longest time in contact, us.
        blackout_us: the longest announced block. samples: of the session. load: what the desktop did.
        pulses_us: from data-ready edges to the pulses that followed, as seen at the motor's pin.
    """

    contact: dict[int | None, int]
    free: dict[int | None, int]
    worst_us: int
    blackout_us: int
    samples: int
    pulses_us: list[int]
    load: Load

    def percentile(self, share: float) -> int:
        """Upper bound (us) of the bucket in contact that holds this share of the samples; the worst for the last."""
        left = share * sum(self.contact.values())
        for bound, count in self.contact.items():
            left -= count
            if left <= 0:
                return self.worst_us if bound is None else min(bound, self.worst_us)
        return self.worst_us


class Pins:
    """Notes the time from each data-ready edge to a pulse of the motor."""

    def __init__(self, plant: Any):
        self.times_us: list[int] = []
        self._edge_us = 0
        self.now_us: Callable[[], int] = lambda: 0
        sensor: Any = plant.nau
        motor: Any = plant.drv
        self._set_ready, self._set_pwm = sensor._set_ready, motor.set_pwm
        sensor._set_ready = self._ready
        motor.set_pwm = self._pwm

    def _ready(self, ready: int) -> None:
        if ready:
            self._edge_us = self.now_us()
        self._set_ready(ready)

    def _pwm(self, duty_u16: int, freq_hz: int) -> None:
        if duty_u16:
            self.times_us.append(self.now_us() - self._edge_us)
        self._set_pwm(duty_u16, freq_hz)


def measure(image: Path, contact_samples: int) -> Measured:
    """Press until so many samples were taken in contact, under load; then read what the tool counted.

    Args:
        image: of the chip.
        contact_samples: how many at least; the routine has room for 46,000.
    """
    presses = -(-contact_samples // SAMPLES_A_PRESS)
    with tempfile.TemporaryDirectory() as folder:
        link = PtyLink(Path(folder) / "port")
        try:
            return _Bench(image, link, presses).run()
        finally:
            link.close()


class _Bench:
    def __init__(self, image: Path, link: PtyLink, presses: int):
        self.plant: Any = Plant({"press": PRESS})
        self.pins = Pins(self.plant)
        self.link = link
        self.presses = presses
        self.load = Load()
        self.chip = make_chip(image, self.plant, link=link, files=_files())
        self.pins.now_us = lambda: self.chip.now_us
        self._over = threading.Event()

    def run(self) -> Measured:
        """Press and load."""
        self.chip.start(pace=None)
        try:
            with connect(f"serial:{self.link.path}", attempt_s=60.0) as client:
                self._prepare(client)
                self._press(client)
        finally:
            self._over.set()
            self.chip.stop()
        return self._measured(json.loads(read_filesystem(self.chip.filesystem)[REPORT]))

    def _prepare(self, client: ToolClient) -> None:
        steps = []
        for zone, side in PLACES:
            presses = min(PRESSES_A_STEP, self.presses - PRESSES_A_STEP * len(steps))
            if presses > 0:
                steps.append({"zone": zone, "side": side, "hold_ms": 3000, "presses": presses})
        routine = {"format": 1, "name": "Latency", "session_ms": 300_000, "steps": steps}
        client.upload(wire.PATH_ROUTINE, json.dumps(routine).encode())
        self.plant.start_us = self.chip.call(lambda: self.chip.now_us) + 300_000

    def _press(self, client: ToolClient) -> None:
        """Ask without a pause until the session is over: live view, and a copy of a session now and then."""
        begun = False
        turn = 0
        while True:
            turn += 1
            state = self._asked(client.state)
            if state is not None:
                self.load.live += 1
                begun = begun or bool(state.session)
                if begun and not state.session and self._is_reported():
                    return
            if self._asked(lambda: client.samples(0)) is not None:
                self.load.live += 1
            if turn % 4 == 0:
                path = wire.session_path(turn // 4 % SESSIONS_THERE + 1)
                data = self._asked(lambda path=path: client.download(path))
                self.load.copied_bytes += len(data or b"")

    def _is_reported(self) -> bool:
        """Whether the report is there, whole: a file has a name before it has what is in it."""
        return read_filesystem(self.chip.call(lambda: self.chip.filesystem)).get(REPORT, b"").endswith(b"}")

    def _asked(self, question):
        """An answer; None when the tool is busy, and then a client's pause in the chip's time."""
        try:
            return question()
        except ToolBusy:
            self.load.busy += 1
            again_us = self.chip.now_us + BUSY_PAUSE_US
            while self.chip.now_us < again_us:
                time.sleep(0.01)
        except GentlepressError as error:
            self.load.other.append(str(error))
        return None

    def _measured(self, report: dict) -> Measured:
        bounds = (*wire.LATENCY_EDGES_US, None)
        assert report["fault"] == 0, report
        return Measured(
            dict(zip(bounds, report["contact"][2:], strict=True)),
            dict(zip(bounds, report["free"][2:], strict=True)),
            report["contact"][0],
            report["blackout_us"],
            report["samples"],
            self.pins.times_us,
            self.load,
        )


def _files() -> dict[str, bytes]:
    """What lies on the flash beside the firmware: the program with a report at its end, and sessions to copy."""
    from tests.host.session_maker import session_bytes

    files = {wire.session_path(n).lstrip("/"): session_bytes(n) for n in range(1, SESSIONS_THERE + 1)}
    files["main.py"] = (HERE / "on_chip" / "latency_main.py").read_bytes()
    files["program.mpy"] = compile_module(ROOT / "firmware" / "main.py", "program.py")
    return files

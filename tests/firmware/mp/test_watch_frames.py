"""No function on a sample's way has a frame that MicroPython would put on the heap.

It does so with more than eleven words of locals, stack and exception handlers (VM_MAX_STATE_ON_STACK of its
py/objfun.c). Nothing stays allocated, so no count of bytes shows it; but room is looked for through all of the heap, in
one piece of up to 0.6 ms on a Pico whose heap is nearly full. Functions in machine code have their frame on the stack.
"""

import struct
import sys

import uctypes
from core.force_filter import ForceFilter
from core.judge import Judge
from core.latency import EdgeClock, Latency
from core.player import Player
from core.rings import EventRing, IntervalRing
from core.watch import Watch
from drivers import drv2605l, nau7802
from drivers.rgb_light import RgbLight

RUNTIMES = ("micropython",)
FRAME_MAX = 11
HANDLER_WORDS = 3
WORD = 8 if sys.maxsize > 1 << 32 else 4

SAMPLE_S_WAY = (
    (
        Watch,
        (
            "on_ready on_timer _play _count _settle _report _touched _lifted _missed _blind _unjudged _bus_error latch "
            "session_ms _tick _judge_silence _has_missed _pass_block"
        ),
    ),
    (
        Player,
        "play show _start _stop _begin_pulse _strength _resting _advance _next_pulse _dark ask scene silence",
    ),
    (Latency, "add"),
    (EdgeClock, "of forget"),
    (EventRing, "put"),
    (IntervalRing, "end add"),
    (Judge, "loudness restart set_limits"),
    (ForceFilter, "restart move_zero"),
    (nau7802.Nau7802, "read_raw ready"),
    (drv2605l.Drv2605l, "drive off"),
    (RgbLight, "show"),
)


def frame_words(function) -> int:
    """Words of a function's frame, read from the head of its bytecode (MP_BC_PRELUDE_SIG of MicroPython's py/bc.h)."""
    at = struct.unpack("<4Q" if WORD == 8 else "<4I", uctypes.bytes_at(id(function), 4 * WORD))[3]
    head = uctypes.bytes_at(at, 8)
    state, handlers, n = head[0] >> 3 & 15, head[0] >> 2 & 1, 0
    while head[n] & 0x80:
        state |= (head[n + 1] & 0x30) << 2 * n
        handlers |= (head[n + 1] & 2) << n
        n += 1
    return state + 1 + HANDLER_WORDS * handlers


def too_large(owner, names):
    """Names of functions in bytecode whose frame goes to the heap."""
    found = [(name, getattr(owner, name)) for name in names.split()]
    return [
        name for name, made in found if isinstance(made, type(frame_words)) and frame_words(made) > FRAME_MAX
    ]


def test_a_frame_is_measured():
    def small(a):
        return a

    def large(a, b, c, d, e, f):
        g = h = i = j = k = a
        return [a, b, c, d, e, f, g, h, i, j, k]

    def guarded(a, b, c):
        try:
            return a(b, c)
        except OSError:
            return None

    assert frame_words(small) == 2
    assert frame_words(large) == 22
    assert frame_words(guarded) >= 3 + 3 + HANDLER_WORDS


def test_every_frame_on_a_samples_way_stays_off_the_heap():
    for owner, names in SAMPLE_S_WAY:
        assert too_large(owner, names) == [], owner

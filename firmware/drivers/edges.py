"""Interrupts of a pin that tells when a result waits."""

import time

import micropython


def attach(pin, on_ready, trigger: int, stamp=None) -> None:
    """Schedule a handler at each edge of a pin.

    Args:
        pin: the input.
        on_ready: the handler, called with the pin between two bytecodes of whatever else runs.
        trigger: the pin's IRQ_RISING or IRQ_FALLING.
        stamp: two numbers in which a hard interrupt leaves the edge's time: [ticks_us, 1]; None, or a port without hard
            interrupts, leaves none.
    """
    if stamp is None:
        pin.irq(handler=on_ready, trigger=trigger)
        return
    options = {"hard": True}
    pin.irq(handler=_stamping(on_ready, stamp), trigger=trigger, **options)


def _stamping(on_ready, stamp):
    """A hard interrupt's handler: note when the edge was and schedule what takes the sample."""
    ticks_us = time.ticks_us
    schedule = micropython.schedule

    def on_edge(pin):
        stamp[0] = ticks_us()
        stamp[1] = 1
        try:
            schedule(on_ready, pin)
        except RuntimeError:  # the queue is full: the backstop timer will find the sample
            stamp[1] = 0

    return on_edge

"""What a board asks of the chip it is built on."""

from sim_rig import fresh

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "8m"


def test_a_chip_that_does_not_answer_costs_two_milliseconds():
    from sim.world import WORLD

    fresh()
    assert WORLD.bus.timeout_us == 2000, "the port's own 50 ms would blind the watch"


def test_it_looks_whether_the_sensor_is_silent_every_10_ms():
    from boards import board

    assert board.BACKSTOP_MS == 10

"""What the motor, the supply and the tool's tilt do to the simulated cell, worked out by hand."""

import math

from sim.plant import Plant
from sim.shake import Shake, resonance
from sim.sinc import SUB, Sinc4

HEAP = "1m"
PERIOD_US = 3125
VALUES = Plant({}).values


def plant_with(drive_permille, force_mn=0, scale=None):
    """A plant whose motor gets a drive and whose hand presses, for a second; nanovolts and fast values of the last."""
    plant = Plant({"scale": scale})
    plant.drv.drive_permille = lambda: drive_permille
    plant.hand.force_mn = lambda t_us, vibration, light: force_mn
    slow = fast = None
    for n in range(1, 321):
        slow = plant.bridge_nv(n * PERIOD_US)
        fast = plant.nau.fast_nv
    return plant, slow, fast


def test_free_tip_feels_its_inertia():
    """1.4 N on 150 g are 9.33 m/s2; 5 g of tip on 250 N/mm resonate at 1125 Hz: 2.5 % more at 175 Hz."""
    free_mn, pressed_mn = Shake(VALUES).cell_mn
    assert abs(free_mn - 9.333 * 5 * 1.0248) < 0.1
    swing_um = 9.333e6 / (2 * math.pi * 175) ** 2
    assert abs(pressed_mn - (9.333 * 5 + swing_um * 4) * 1.0248) < 0.1


def test_resonance_peaks_at_its_quality():
    at = math.sqrt(250000 / 0.005)
    assert abs(resonance(at, 250000, 0.005, 20) - 20) < 0.01
    assert abs(resonance(at / 100, 250000, 0.005, 20) - 1) < 0.001
    assert resonance(3 * at, 250000, 0.005, 20) < 0.13


def test_motor_is_up_after_its_rise_and_still_after_the_pulse():
    shake = Shake(VALUES)
    shake.go_on(8000, 8000, 1.0, 0)
    assert abs(shake.strength - 0.632) < 0.001
    for n in range(2, 30):
        shake.go_on(8000 * n, 8000, 0.0, 0)
    assert shake.strength == 0.0


def test_fast_values_are_the_sine_over_the_whole_period():
    plant, slow, fast = plant_with(1000)
    assert len(fast) == SUB and slow == -600
    full_nv = Shake(VALUES).cell_mn[0] * 60
    for i in range(SUB):
        at_us = 319 * PERIOD_US + (i + 1) * PERIOD_US / SUB
        assert abs(fast[i] - full_nv * math.sin(2 * math.pi * 175 * at_us / 1e6)) < 3


def test_nothing_shakes_without_the_motor():
    plant, slow, fast = plant_with(0, 1000)
    assert (slow, fast, plant.vibration, plant.force_mn) == (60000, None, 0.0, 1000)


def test_the_supply_dips_under_the_motor():
    plant, slow, _ = plant_with(1000, 2000)
    assert (plant.force_mn, slow) == (2000, 2000 * 60 - 60 * 10)
    plant, slow, _ = plant_with(500, 2000, {"nau7802.dip_nv_per_mv": -1000})
    assert (plant.force_mn, slow) == (2000, 2000 * 60 + 300)


def test_the_tip_s_weight_lies_on_the_cell_as_the_tool_is_held():
    for tilt, weight_mn in ((1000, 49.03), (-1000, -49.03), (500, 24.5), (0, 0)):
        plant = Plant({})
        plant.tilt_permille = tilt
        assert abs(plant.bridge_nv(PERIOD_US) - weight_mn * 60) <= 2


def test_a_tenth_of_the_motor_s_frequency_passes_the_filter():
    plant, _, _ = plant_with(1000)
    chip = Sinc4()
    chip.start(0)
    peak = 0
    for n in range(321, 641):
        slow = plant.bridge_nv(n * PERIOD_US)
        shaken = abs(chip.take(slow + 600, plant.nau.fast_nv)) / 4
        if n > 325:
            peak = max(peak, shaken)
    assert abs(peak - Shake(VALUES).cell_mn[0] * 60 * 0.1098) < 12, peak


def test_steady_input_comes_out_whole():
    chip = Sinc4()
    chip.start(-77)
    assert chip.take(-77, None) == -4 * 77
    for _ in range(5):
        result = chip.take(1000, [1000] * SUB)
    assert result == 8000

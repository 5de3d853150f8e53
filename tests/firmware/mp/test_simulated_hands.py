"""The simulated hands by themselves."""

from sim import parameters
from sim.hand import PRESSING, RESTING, Hand
from sim.zealous_hand import ZealousHand

PERIOD_US = 3125
ZONE_LIGHT = (0, 200, 60)
CALM = {"hand.tremor_permille": 0, "hand.wander_permille": 0}


def pressed(hand, shaken_from_mn, ms=3000):
    """The forces of one press in which the handle shakes from some force on."""
    hand.begin(PERIOD_US)
    forces = []
    vibration = 0.0
    for n in range(1, ms * 1000 // PERIOD_US):
        forces.append(hand.force_mn(n * PERIOD_US, vibration, ZONE_LIGHT))
        if forces[-1] >= shaken_from_mn:
            vibration = 1.0
        if hand.over:
            break
    return forces


def test_zeal_rises_steadily_and_stops_at_its_aim():
    hand = ZealousHand(4000, 3000, 250000, 1, parameters.values(CALM))
    forces = pressed(hand, 99999)
    assert abs(forces[160] - forces[80] - 1000) <= 2, "4 N/s over 0.25 s"
    assert 3000 <= max(forces) < 3000 + 4000 * 0.045
    assert not hand.over and hand.felt_us is None


def test_zeal_ends_a_reaction_time_after_it_was_felt():
    for reaction_ms in (160, 300):
        hand = ZealousHand(5000, 9000, reaction_ms * 1000, 1, parameters.values(CALM))
        forces = pressed(hand, 1000)
        # One conversion until it feels, then the reaction; 40 ms turn 5 N/s into -12: 5 x 40 x (1 - 2.4 ln(17/12)).
        expected = 1000 + 5 * (reaction_ms + 3) + 5 * 40 * (1 - 2.4 * 0.3483)
        assert abs(max(forces) - expected) < 40, (reaction_ms, max(forces), expected)
        assert hand.over and forces[-1] == 0


def test_a_shaking_grip_presses_a_little_more():
    for permille, share in ((1000, 1.01), (-1000, 0.99)):
        scale = {"hand.nudge_permille": permille, "hand.reaction_low_ms": 9000}
        scale.update(CALM)
        hand = ZealousHand(4000, 2000, 9000000, 1, parameters.values(scale))
        hand.begin(0)
        calm = [hand.force_mn(n * PERIOD_US, 0.0, ZONE_LIGHT) for n in range(1, 640)][-1]
        shaken = hand.force_mn(640 * PERIOD_US, 1.0, ZONE_LIGHT)
        assert abs(shaken - calm * share) <= 1


def test_zeal_does_not_feel_what_is_too_weak():
    hand = ZealousHand(5000, 3000, 200000, 1, parameters.values(CALM))
    hand.begin(0)
    for n in range(1, 320):
        hand.force_mn(n * PERIOD_US, 0.149, ZONE_LIGHT)
    assert hand.felt_us is None
    hand.force_mn(320 * PERIOD_US, 0.151, ZONE_LIGHT)
    assert hand.felt_us == 320 * PERIOD_US


def test_zeal_trembles_in_proportion():
    hand = ZealousHand(4000, 2000, 250000, 3, parameters.values({"hand.wander_permille": 0}))
    steady = pressed(hand, 99999, 4000)[640:]
    middle = (max(steady) + min(steady)) / 2
    assert abs((max(steady) - min(steady)) / 2 / middle - 0.03) < 0.002


def test_a_hand_turns_the_tool_between_presses_only():
    hand = Hand("firm", 4, parameters.values())
    turned = set()
    held = {}
    before = 0
    for n in range(1, 320 * 60):
        vibration = 1.0 if n % 1600 > 1480 else 0.0  # a long pulse now and then: lift
        hand.force_mn(n * PERIOD_US, vibration, ZONE_LIGHT)
        if hand.state == PRESSING:
            held.setdefault(n // 1600, set()).add(hand.tilt_permille)
        assert abs(hand.tilt_permille - before) <= (4 if hand.state == RESTING else 0)
        before = hand.tilt_permille
        turned.add(before)
    assert max([len(tilts) for tilts in held.values()]) <= 2
    assert max(turned) - min(turned) > 200
    assert max(turned) <= 500 and min(turned) >= -500

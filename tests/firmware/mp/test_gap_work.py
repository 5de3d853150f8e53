"""Work that blocks the watch: only without contact, announced, one piece a gap."""

import gc
import sys

from core import gap_work, ids
from core.errors import StorageError
from core.gap_work import GAP_US, GapWork
from core_rig import Motor

SLEEPS_MOST = 50


class Judge:
    contact = False


class Force:
    force_mn = 0


class Watch:
    def __init__(self):
        self.judge = Judge()
        self.force = Force()
        self.gap_us = GAP_US
        self.fault_count = 0
        self.blocks = []
        self.latched = 0

    def in_contact(self):
        return self.judge.contact

    def block(self):
        self.blocks.append("block")

    def unblock(self):
        self.blocks.append("unblock")

    def latch(self, fault):
        self.latched = fault


class Player:
    playing = False

    def busy(self):
        return self.playing


class Chips(Motor):
    """Motor and sensor: what they answer is set."""

    bits = 0
    right = True

    def check(self):
        return self.bits

    def registers_ok(self):
        if self.right is None:
            raise OSError(5)
        return self.right


class Log:
    def __init__(self, watch):
        self.journal = self
        self.watch = watch
        self.done = []
        self.failing = False

    def drain(self):
        self.done.append("drain")

    def flush(self):
        assert self.watch.blocks[-1] == "block", "announced"
        self.done.append("flush")
        if self.failing:
            raise StorageError("full")


class Session:
    reason = 0

    def end(self, reason):
        self.reason = reason


class Bench:
    def __init__(self):
        self.watch = Watch()
        self.player = Player()
        self.chips = Chips()
        self.work = GapWork(self.watch, self.player, self.chips, self.chips)
        self.collected = 0
        self.work.collect = self.collect
        self.log = Log(self.watch)
        self.session = Session()

    def collect(self):
        self.collected += 1
        self.work._left, self.work._share = 8192, 4096

    def tick(self, count=1):
        for _ in range(count):
            self.work.tick(20, self.session, self.log)

    def lifted(self):
        self.watch.judge.contact = True
        self.tick()
        self.watch.judge.contact = False
        return self


class Sleeps:
    """Stands for asyncio: counts sleeps, and lets the tip lift at one of them."""

    def __init__(self, watch, lift_at):
        self.watch = watch
        self.lift_at = lift_at
        self.count = 0

    async def sleep_ms(self, _ms):
        self.count += 1
        assert self.count < SLEEPS_MOST
        self.watch.judge.contact = self.count < self.lift_at


def finished(made):
    """What a coroutine returns that never waits for real."""
    try:
        made.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def test_work_waits_for_a_lift():
    for lift_at in (1, 2, 9):
        bench = Bench()
        sleeps = Sleeps(bench.watch, lift_at)
        real, gap_work.asyncio = gap_work.asyncio, sleeps
        try:
            assert finished(bench.work.run(lambda b=bench: list(b.watch.blocks))) == ["block"]
        finally:
            gap_work.asyncio = real
        assert sleeps.count == lift_at
        assert bench.watch.blocks == ["block", "unblock"]


def test_a_block_ends_whatever_happens():
    bench = Bench()

    def broken():
        raise StorageError("full")

    try:
        bench.work.blocked(broken)
    except StorageError:
        pass
    assert bench.watch.blocks == ["block", "unblock"]


def test_one_piece_a_turn_after_each_contact():
    bench = Bench()
    bench.tick(6)
    assert bench.log.done == [] and bench.collected == 0, "no contact, no work"
    bench.lifted()
    bench.tick()
    assert bench.log.done == ["drain", "flush"] and bench.collected == 0
    bench.tick(2)
    assert bench.collected == 0
    bench.tick()
    assert bench.collected == 1
    bench.tick(9)
    assert bench.collected == 1 and len(bench.log.done) == 2
    assert bench.watch.blocks == ["block", "unblock"], "a collection announces itself"


def test_nothing_in_contact_in_a_short_gap_or_while_a_pattern_plays():
    bench = Bench()
    bench.watch.judge.contact = True
    bench.tick(9)
    bench.watch.judge.contact = False
    bench.watch.gap_us = GAP_US - 1
    bench.tick(9)
    bench.watch.gap_us = GAP_US
    bench.player.playing = True
    bench.tick(9)
    assert bench.watch.blocks == [] and bench.log.done == []
    bench.player.playing = False
    bench.tick()
    assert bench.log.done


def test_failures_end_the_session_or_latch_a_fault():
    bench = Bench().lifted()
    bench.log.failing = True
    bench.tick()
    assert bench.session.reason == ids.END_STORAGE and bench.watch.blocks[-1] == "unblock"
    bench = Bench().lifted()
    bench.chips.bits = 4
    bench.tick(2)
    assert bench.session.reason == ids.END_MOTOR and bench.watch.fault_count == 1
    assert bench.work.motor_fault == ids.FAULT_MOTOR_STANDBY
    for right, fault in ((True, 0), (False, ids.FAULT_REGISTERS), (None, ids.FAULT_BUS)):
        bench = Bench().lifted()
        bench.chips.right = right
        bench.tick(3)
        assert bench.watch.latched == fault


def test_a_lifted_tip_far_below_zero_has_lost_it():
    for force_mn, fault in ((-250, 0), (-251, ids.FAULT_ZERO)):
        bench = Bench().lifted()
        bench.watch.force.force_mn = force_mn
        bench.tick(3)
        assert bench.watch.latched == fault, force_mn


def test_a_contact_has_a_budget_of_garbage():
    bench = Bench()
    work = GapWork(bench.watch, bench.player, bench.chips, bench.chips)
    assert not work.spend(1), "nothing before the first collection"
    work.collect()
    left = work._left
    assert left > 0 and work.spend(left) and not work.spend(1) and work.spend(0)
    refusals = work._refusals_left
    assert 0 < refusals <= left and left + refusals <= work.free * 2 // 3
    assert work.spend_refusing(refusals) and not work.spend_refusing(1)
    work.collect()
    assert work.spend(1) and work.spend_refusing(1)


class Gc:
    """Stands for gc: has so much room, and says in which state of the watch it was asked."""

    def __init__(self, watch, free):
        self.watch, self.free = watch, free
        self.seen = []

    def collect(self):
        self.seen.append(list(self.watch.blocks))

    def mem_free(self):
        return self.free


def real_collections(bench, free=60000):
    """The bench's work with collections of its own, on a heap with so many free bytes."""
    bench.work = GapWork(bench.watch, bench.player, bench.chips, bench.chips)
    gap_work.gc = Gc(bench.watch, free)
    gap_work.fill_holes = lambda: 0
    bench.work.collect()
    return gap_work.gc


def test_a_collection_is_announced_and_counts_no_garbage_of_its_own():
    bench = Bench()
    heap = real_collections(bench)
    assert heap.seen == [["block"]] and bench.watch.blocks == ["block", "unblock"]
    assert bench.work.spend(30000) and not bench.work.spend(1)


def test_what_is_made_without_contact_is_missing_in_contact():
    bench = Bench()
    real_collections(bench)
    finished(bench.work.afford(9000))
    bench.watch.judge.contact = True
    assert not bench.work.spend(21001) and bench.work.spend(21000)


def test_half_the_budget_is_kept_for_the_contact():
    bench = Bench()
    heap = real_collections(bench)
    for asked, collections in ((8000, 1), (7000, 1), (1, 2), (14999, 2), (1, 3), (40000, 4)):
        bench.work._unblocked_us -= gap_work.FEEL_MS * 1000
        finished(bench.work.afford(asked))
        assert len(heap.seen) == collections, asked
    assert not bench.work.spend(1), "more than there is: counted, and nothing is left"


def test_affording_waits_for_no_lift_and_collects_in_no_contact():
    bench = Bench()
    heap = real_collections(bench)
    bench.work.charge(30000)
    bench.watch.judge.contact = True
    sleeps = Sleeps(bench.watch, 9)
    real, gap_work.asyncio = gap_work.asyncio, sleeps
    try:
        finished(bench.work.afford(5000))
    finally:
        gap_work.asyncio = real
    assert sleeps.count == 1 and len(heap.seen) == 1


def test_a_touch_can_be_felt_between_a_block_and_a_collection():
    bench = Bench()
    heap = real_collections(bench)
    bench.work.charge(30000)
    slept = []

    class Clock:
        async def sleep_ms(self, ms):
            slept.append(ms)
            bench.watch.judge.contact = True

    real, gap_work.asyncio = gap_work.asyncio, Clock()
    try:
        finished(bench.work.afford(5000))
    finally:
        gap_work.asyncio = real
    assert 0 < slept[0] <= gap_work.FEEL_MS and len(heap.seen) == 1, "it was touched meanwhile"


def test_blocks_and_the_tools_own_tasks_are_counted_and_collected_in_a_gap():
    for rest in (True, False):
        bench = Bench()
        heap = real_collections(bench)

        def turn(bench=bench, rest=rest):
            if rest:
                bench.work.tick_at_rest(20)
            else:
                bench.work.tick(20, bench.session, bench.log)

        turn()
        assert len(heap.seen) == 1
        for _ in range(4):
            bench.work.blocked(lambda: None)
        turn()
        assert len(heap.seen) == 2, "four files' worth"
        seconds = 15000 // gap_work.OWN_COST_S
        for _ in range(50 * seconds):
            turn()
        assert len(heap.seen) == 2
        for _ in range(100):
            turn()
        assert len(heap.seen) == 3


def test_holes_are_filled_a_turn_after_each_collection_and_counted():
    bench = Bench()
    real_collections(bench)
    filled = []

    def fill():
        filled.append(1)
        return 100

    gap_work.fill_holes = fill
    bench.work.tick_at_rest(20)
    assert filled == [1]
    bench.work.tick(20, bench.session, bench.log)
    assert filled == [1], "once is enough"
    assert not bench.work.spend(30000 - 1600 + 1) and bench.work.spend(30000 - 1600)
    bench.work.tick(20, bench.session, bench.log)
    assert len(filled) == 1, "spent: collected"
    bench.work.tick(20, bench.session, bench.log)
    assert len(filled) == 2


FILL_HOLES = gap_work.fill_holes


def test_filled_holes_are_no_longer_found_first():
    if sys.implementation.name == "cpython":
        return
    kept = [(n,) for n in range(400)]
    kept = kept[::2]
    gc.collect()
    roomy = id((None,) * gap_work.FRAME_WORDS)
    assert id((len(kept),)) < roomy, "there are holes"
    filled = 0
    for _ in range(20):
        filled += FILL_HOLES()
    assert filled and id((len(kept),)) > roomy


def test_garbage_nobody_told_of_is_found_at_rest():
    bench = Bench()
    heap = real_collections(bench)
    heap.free = 29000
    for _ in range(gap_work.LOOK_MS // 20 - 1):
        bench.work.tick_at_rest(20)
    assert len(heap.seen) == 1
    bench.work.tick_at_rest(20)
    assert len(heap.seen) == 2


def test_one_call_that_goes_astray_ends_no_session():
    class Once(Chips):
        calls = ()

        def check(self):
            self.calls += ("motor",)
            return 1 if self.calls.count("motor") == 1 else 0

        def registers_ok(self):
            self.calls += ("sensor",)
            if self.calls.count("sensor") == 1:
                raise OSError(5)
            return True

    bench = Bench().lifted()
    bench.chips = bench.work._motor = bench.work._sensor = Once()
    bench.tick(3)
    assert bench.session.reason == ids.END_OPEN and bench.watch.latched == 0
    assert bench.chips.calls == ("motor", "motor", "sensor", "sensor")

"""The pages on firmware and simulator, against the code."""

from __future__ import annotations

import re
from types import SimpleNamespace

from gentlepress.firmware.core import limits, parts, rates
from gentlepress.firmware.sim import hand_parameters, parameters
from gentlepress.firmware.sim.drv2605l_twin import Drv2605lTwin
from gentlepress.firmware.sim.erm_twin import ErmTwin
from gentlepress.firmware.sim.fsr_twin import FsrTwin
from gentlepress.firmware.sim.hx711_twin import Hx711Twin
from gentlepress.firmware.sim.nau7802_twin import Nau7802Twin
from gentlepress.firmware.sim.plant import Plant
from gentlepress.sim import options

from tests.docs.book import FIRMWARE, coded, constant, table


class TestFirmware:
    def test_boards(self):
        modules = {path.stem for path in (FIRMWARE / "boards").glob("*.py")}
        told = {coded(row[0])[0] for row in table("firmware", "Boards")}
        assert told == modules - {"__init__", "board", "radio_board", "fitting", "simulator"}

    def test_parts(self):
        rows = [[coded(row[0])[0], coded(row[1])[0], row[3], row[4]] for row in table("firmware", "Parts")]
        for key, words in parts.KNOWN.items():
            assert {row[1] for row in rows if row[0] == key} == set(words)
        for _key, word, rate_sps, sessions in rows[:4]:
            enough = int(rate_sps) >= rates.SESSION_LEAST_SPS and word != "fsr"
            assert int(rate_sps) in rates.RATES and (sessions == "yes") == enough

    def test_memory(self):
        size, overhead = constant("smp/server.py", "BUF_SIZE"), constant("smp/frames.py", "OVERHEAD")
        line = constant("smp/frames.py", "LINE_MAX")
        samples, events = constant("core/rings.py", "SAMPLES"), constant("core/rings.py", "EVENTS")
        assert [int(row[1]) for row in table("firmware", "Memory")] == [
            constant("core/journal.py", "BUFFER_BYTES"),
            2 * (size + overhead) + line + 2 * (line + 33),
            constant("smp/server.py", "REMEMBERED_MAX"),
            samples * 6,
            events * 9,
            constant("core/rings.py", "INTERVALS") * 13,
        ]

    def test_no_product_leaves_the_small_integers(self):
        rows = {row[0]: int(row[2].replace(",", "")) for row in table("firmware", "Products")}
        force, slope16 = 60_000, 42_950 * 115 // 100 >> 4
        largest = {
            "force of a reading": (2**24 >> 4) * 1000,
            "slope, over either window": (force + 5000) * 10_000,
            "a tremor's slope": force * limits.TREMOR_PERMILLE_S,
            "look-ahead": constant("core/force_filter.py", "SLOPE_CAP_MN_S") * limits.LOOK_AHEAD_MS,
            "tare": force * slope16,
            "zero tracking": constant("core/force_filter.py", "ZERO_TRACK_BAND_MN") * slope16,
            "impulse": force * (rates.RATES[320][rates.NO_DATA_US] // 5) + 200_000,
            "loudness of a warning": (force + 5000) * 100,
            "drive of the motor": 255 * 257,
        }
        assert constant("core/force_filter.py", "FORCE_MAX_MN") == force
        assert {name: rows[name] for name in largest} == largest
        assert max(rows.values()) < 2**30

    def test_faults(self):
        told = " ".join(cell for row in table("firmware", "When the sensor is not believed") for cell in row)
        watch, taken = "core/sampling.py", "core/force_filter.py"
        for said in (
            f"no sample {rates.RATES[320][rates.STALE_US] // 1000} ms",
            f"the same reading {constant(taken, 'STUCK_US') // 1000} ms",
            f"{constant(watch, 'FAULT_PERSISTS_US') // 1000} ms in sum",
            f"{constant(taken, 'SPIKES_FOR_FAULT')}, forgiven after {rates.RATES[320][rates.FORGIVE]} samples",
        ):
            assert said in told, said


class TestSimulator:
    def test_parameters(self):
        told = {coded(row[0])[0]: (row[1], row[2]) for row in table("simulator", "Parameters")}
        assert told == {row[0]: (str(row[1]), row[2]) for row in parameters.TABLE}

    def test_sources(self):
        links = re.compile(r"\[(\w+)\]\(limits\.md#\1\)")
        told = [links.sub(r"docs/limits.md, \1", row[3]) for row in table("simulator", "Parameters")]
        assert told == [row[3] for row in parameters.TABLE]

    def test_hands(self):
        assert {
            row[0]: tuple(map(int, row[1:])) for row in table("simulator", "Hands")
        } == hand_parameters.KINDS
        assert set(hand_parameters.KINDS) == set(options.HANDS)

    def test_options(self):
        keys = [coded(row[1])[0] for row in table("simulator", "Running it") if row[1]]
        assert set(keys) == set(options._READERS)
        assert {coded(row[0])[0] for row in table("simulator", "Runtimes")} == set(options.RUNTIMES)

    def test_every_knob_is_there(self):
        chips = {"NAU7802": Nau7802Twin(lambda _t_us: 0), "DRV2605L": Drv2605lTwin()}
        world = (FIRMWARE / "sim/world.py").read_text(encoding="utf-8")
        board = SimpleNamespace(**dict.fromkeys(re.findall(r"^        self\.(\w+) = ", world, re.MULTILINE)))
        others = {"tool": Plant({}), "board": board, "HX711": Hx711Twin(lambda _t_us: 0)}
        others |= {"FSR": FsrTwin(lambda _t_us: 0), "ERM": ErmTwin()}
        for chip, knobs, _what in table("simulator", "Faults"):
            for knob in coded(knobs):
                for twin in chips.values() if chip == "both" else [(chips | others)[chip]]:
                    assert hasattr(twin, knob.split("(")[0]), (chip, knob)

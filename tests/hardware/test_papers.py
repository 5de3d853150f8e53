"""Pages, label and licence of the hardware say what code and tables say."""

from __future__ import annotations

import re

from hardware import bom
from hardware.circuit import netlist, rules
from hardware.circuit.variants import VARIANTS
from hardware.label import draw
from hardware.outputs import HARDWARE, ROOT
from tests.docs.book import tables


def page(name: str) -> str:
    return (HARDWARE / name).read_text(encoding="utf-8")


class TestParts:
    def test_sums(self):
        said = [(row[0].strip("`"), *row[1:]) for row in tables(page("parts.md"))[0]]
        assert said == bom.table(bom.read())

    def test_every_bought_part_has_its_reasons(self):
        told = {ref for row in tables(page("parts.md"))[1] for ref in re.findall(r"\b[A-Z]+\d+\b", row[0])}
        whole = {ref for name in VARIANTS for ref in netlist.read(name).parts if not re.match(r"[RC]\d", ref)}
        assert told >= whole

    def test_what_is_unverified_in_the_kinds_is_said(self):
        text = page("parts.md")
        for figure in ("100 mA", "0.2 V", "700 mA", "215 mA", "0.65 V", "75 and 120 mA", "80 mA"):
            assert figure in text


class TestReadme:
    def test_rules(self):
        [order, rows] = tables(page("README.md"))
        assert [row[0] for row in rows] == [rule.__name__.replace("_", " ") for rule in rules.RULES]
        assert len(order) >= 7

    def test_it_is_no_medical_device(self):
        for name in ("README.md", "care.md"):
            assert re.search("not a medical device", page(name), re.IGNORECASE)


class TestLabel:
    def test_it_has_the_pages_words(self):
        drawn = re.findall(r">([^<>]+)</text>", draw.drawing())
        quoted = " ".join(line[2:] for line in page("care.md").splitlines() if line.startswith("> "))
        assert sorted(re.findall(r"\w+", " ".join(drawn))) == sorted(re.findall(r"\w+", quoted))
        assert drawn[:2] == ["Gentlepress", "Not a medical device"]

    def test_every_line_fits(self):
        for text, height, weight in draw.lines():
            assert len(text) * height * (0.58 if weight == "bold" else 0.52) <= draw.WIDTH_MM - 2, text
        assert draw.FIRST_MM + draw.STEP_MM * (len(draw.lines()) - 1) <= draw.HEIGHT_MM - 1


class TestLicence:
    def test_hardware_and_project_name_theirs(self):
        assert "SPDX-License-Identifier: CERN-OHL-P-2.0" in page("LICENSE")
        assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
        assert "CERN-OHL-P-2.0" in (ROOT / "README.md").read_text(encoding="utf-8")

    def test_drawings_say_it(self):
        for sheet in ("reference", "pico_w", "other_parts"):
            text = (HARDWARE / "circuit" / f"{sheet}.svg").read_text(encoding="utf-8")
            assert "CERN-OHL-P-2.0" in text and "Not a medical device" in text

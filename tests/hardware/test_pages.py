"""Pages of hardware/: links lead somewhere, nothing that belongs to one computer, no promise that is none of ours."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from gentlepress.cli import cli

from hardware.outputs import HARDWARE
from tests.docs.book import ROOT
from tests.docs.test_docs_links import LOCAL_PATH, REGISTRY, broken_links

PAGES = sorted(HARDWARE.rglob("*.md"))
MEDICAL = re.compile(r"\b(treats?|cures?|heals?|therap\w+|diagnos\w+|pain relief)\b", re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
class TestPages:
    def test_links_and_anchors_lead_somewhere(self, page):
        assert broken_links(page) == []

    def test_no_registry_no_local_path_no_medical_claim(self, page):
        text = page.read_text(encoding="utf-8")
        assert not REGISTRY.search(text)
        assert not [path for path in LOCAL_PATH.findall(text) if not path.startswith("/etc")]
        claims = [found.group(0) for found in MEDICAL.finditer(text)]
        assert not [word for word in claims if word.lower() not in {"cure", "cures", "diagnosis"}]

    def test_commands_exist(self, page):
        for words in re.findall(r"`gentlepress ([^`]+)`", page.read_text(encoding="utf-8")):
            run = [
                word for word in words.split() if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")
            ]
            done = CliRunner().invoke(cli, [*run, "--help"])
            assert done.exit_code == 0, words
            for option in re.findall(r"--[a-z]+", words):
                assert option in done.output, words

    def test_the_way_there_begins_at_the_folders_own_page(self, page):
        if page.parent == HARDWARE and page.name != "README.md":
            assert f"({page.name})" in (HARDWARE / "README.md").read_text(encoding="utf-8")

"""Citations of the book in the code, links between its pages, and what no page may name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.book import DOCS, PAGES, ROOT

SOURCES = sorted(path for folder in ("firmware", "host") for path in (ROOT / folder).rglob("*.py"))
# A page, and the words of one of its headings after a comma or in brackets.
CITATION = re.compile(r"docs/([\w/-]+\.\w+)(?:(?:,\s+| \()([a-z][a-z -]*[a-z]))?(?=[).:;,\"'\s])")
REGISTRY = re.compile(r"pypi|pythonhosted|npmjs|crates\.io|artifactory|\bmirror\.\w", re.IGNORECASE)
LOCAL_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|usr|opt|var)/")


def headings(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(page: Path) -> list[str]:
    """Links of a page whose file or heading does not exist."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, wanted = target.partition("#")
        other = page.parent / file if file else page
        if not other.exists() or (wanted and wanted not in map(anchor, headings(other))):
            broken.append(target)
    return broken


def citations(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"\n\s*#?\s*", " ", path.read_text(encoding="utf-8"))
    return CITATION.findall(text)


class TestCitations:
    @pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
    def test_cited_pages_and_sections_exist(self, path):
        for page, words in citations(path):
            assert (DOCS / page).is_file(), f"docs/{page} does not exist"
            named = [heading.lower() for heading in headings(DOCS / page)]
            assert not words or any(words in heading for heading in named), (
                f"docs/{page} has no section {words}"
            )

    def test_cited_hardware_files_exist(self):
        cited = {
            name for path in SOURCES for name in re.findall(r"\bhardware/[\w.-]+\w", path.read_text("utf-8"))
        }
        assert cited
        assert not [name for name in cited if not (ROOT / name).exists()]

    def test_there_are_citations(self):
        found = {citation for path in SOURCES for citation in citations(path)}
        for expected in (
            ("firmware.md", "integer bounds"),
            ("limits.md", "smallest target"),
            ("limits.md", "people"),
        ):
            assert expected in found
        assert len({page for page, _words in found}) >= 8


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *PAGES], ids=lambda page: page.relative_to(ROOT).as_posix()
)
class TestPages:
    def test_links_and_anchors_lead_somewhere(self, page):
        assert broken_links(page) == []

    def test_no_registry_and_no_local_path(self, page):
        text = page.read_text(encoding="utf-8")
        assert not REGISTRY.search(text)
        assert not LOCAL_PATH.search(text)

    def test_index_names_it(self, page):
        if page.parent == DOCS and page.name != "README.md":
            assert f"({page.name})" in (DOCS / "README.md").read_text(encoding="utf-8")

"""Finding a MicroPython: the order, the version rule, what is said when there is none."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gentlepress.errors import ExitCode, MicroPythonUnavailable, UsageError
from gentlepress.runtime import debian
from gentlepress.runtime.micropython import VARIABLE, MicroPython, find_micropython, probe


def fake(path: Path, answer: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which nothing is found."""
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def find(home: Path, *, fetch: bool = False) -> MicroPython:
    return find_micropython(fetch=fetch, cache=home / "cache", tell=lambda text: None)


def fill_cache(home: Path, answer: str) -> None:
    fake(home / "cache/root/usr/lib/any/ld-linux-any.so.1", answer)
    fake(home / "cache/root/usr/bin/micropython", "never started by itself", 9)


def test_named_program_comes_first(bare, monkeypatch):
    fake(bare / "bin/micropython", "micropython 1 26 0")
    monkeypatch.setenv(VARIABLE, str(fake(bare / "mine", "micropython 1 25 1")))
    found = find(bare)
    assert found.argv_prefix == (str(bare / "mine"),)
    assert found.version == (1, 25, 1)


def test_named_program_that_fails_is_an_error_not_a_detour(bare, monkeypatch):
    fake(bare / "bin/micropython", "micropython 1 26 0")
    monkeypatch.setenv(VARIABLE, str(bare / "nowhere"))
    with pytest.raises(MicroPythonUnavailable, match=VARIABLE) as raised:
        find(bare)
    assert VARIABLE in raised.value.next_step


def test_path_comes_before_the_cache(bare):
    fake(bare / "bin/micropython", "micropython 1 24 0")
    fill_cache(bare, "micropython 1 25 0")
    assert find(bare).argv_prefix == (str(bare / "bin/micropython"),)


def test_old_one_on_the_path_is_passed_over(bare):
    fake(bare / "bin/micropython", "micropython 1 23 9")
    fill_cache(bare, "micropython 1 25 0")
    found = find(bare)
    assert found.version == (1, 25, 0)
    assert found.argv_prefix[1] == "--library-path"


@pytest.mark.parametrize("answer", ["cpython 3 11 0", "", "micropython one two three"])
def test_what_is_no_micropython_is_refused(bare, answer):
    with pytest.raises(MicroPythonUnavailable, match="is not a MicroPython"):
        probe((str(fake(bare / "x", answer)),), "")


def test_nothing_found_says_all_that_was_tried(bare):
    fake(bare / "bin/micropython", "micropython 1 20 0")
    with pytest.raises(MicroPythonUnavailable) as raised:
        find(bare)
    message = raised.value.message
    assert "1.20.0" in message
    assert "not allowed" in message
    assert "--runtime cpython" in raised.value.next_step
    assert raised.value.exit_code == ExitCode.RUNTIME_UNAVAILABLE == 7


def test_no_apt_is_said(bare):
    with pytest.raises(MicroPythonUnavailable, match="no apt-get"):
        find(bare, fetch=True)


def test_failed_download_leaves_no_half_copy(bare, monkeypatch):
    etc = bare / "etc"
    (etc / "sources.list.d").mkdir(parents=True)
    (etc / "sources.list").write_text("deb file:/nowhere bookworm main\n")
    fake(bare / "bin/apt-get", "E: no network", 100)
    fake(bare / "bin/dpkg-deb", "")
    with pytest.raises(MicroPythonUnavailable, match="no network"):
        debian.fetch(bare / "cache", lambda text: None, lambda prefix: True, etc)
    assert [path.name for path in (bare / "cache").iterdir()] == ["lock"]


def test_folder_that_cannot_be_made_is_said(bare):
    fake(bare / "bin/apt-get", "")
    fake(bare / "bin/dpkg-deb", "")
    (bare / "file").write_text("")
    etc = bare / "etc"
    etc.mkdir()
    (etc / "sources.list").write_text("deb file:/nowhere bookworm main\n")
    with pytest.raises(MicroPythonUnavailable, match="can't be filled"):
        debian.fetch(bare / "file" / "cache", lambda text: None, lambda prefix: True, etc)


APT_THAT_DELIVERS = """#!/bin/sh
echo "$@" >> {log}
for word in "$@"; do case "$word" in Dir::Cache=*) cache="${{word#Dir::Cache=}}";; esac; done
case "$*" in *install*) touch "$cache/archives/m.deb"; sleep 0.2;; esac
"""
DPKG_THAT_UNPACKS = """#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/lib/any"
printf '#!/bin/sh\\necho micropython 1 25 0\\n' > "$3/usr/lib/any/ld-linux-any.so.1"
chmod +x "$3/usr/lib/any/ld-linux-any.so.1"
touch "$3/usr/bin/micropython"
"""


def test_several_at_once_download_once(bare, monkeypatch):
    monkeypatch.setenv("PATH", f"{bare / 'bin'}:/usr/bin:/bin")
    log = bare / "log"
    for name, text in (("apt-get", APT_THAT_DELIVERS.format(log=log)), ("dpkg-deb", DPKG_THAT_UNPACKS)):
        (bare / "bin" / name).write_text(text)
        (bare / "bin" / name).chmod(0o755)
    etc = bare / "etc"
    etc.mkdir()
    (etc / "sources.list").write_text("deb [signed-by=/k.gpg] file:/mirror bookworm main\n")

    def one(_index: int) -> tuple[str, ...]:
        return debian.fetch(bare / "cache", lambda text: None, lambda prefix: True, etc)

    with ThreadPoolExecutor(4) as pool:
        prefixes = set(pool.map(one, range(4)))
    assert len(prefixes) == 1
    assert len(log.read_text().splitlines()) == 2
    assert probe(next(iter(prefixes)), "").version == (1, 25, 0)


STANZAS = """# a remark
Types: deb
URIs: mirror+file:/etc/apt/mirrors
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb-src
URIs: file:/sources
Suites: bookworm

Types: deb
Enabled: no
URIs: file:/off
Suites: bookworm
"""


def test_mirrors_of_both_forms_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb file:/remark bookworm main\n"
        "deb-src file:/src bookworm main\n"
        "deb cdrom:[Debian]/ bookworm main\n"
        "deb [ arch=amd64 signed-by=/key.gpg ] file:/lines bookworm main contrib\n"
    )
    (tmp_path / "sources.list.d/debian.sources").write_text(STANZAS)
    (tmp_path / "sources.list.d/other.list.save").write_text("deb file:/saved bookworm main\n")
    mirrors = debian.read_mirrors(tmp_path)
    assert [mirror.uris for mirror in mirrors] == [
        "cdrom:[Debian]/",
        "file:/lines",
        "mirror+file:/etc/apt/mirrors",
    ]
    assert mirrors[1].signed_by == "/key.gpg"
    assert mirrors[2].signed_by.splitlines()[1:] == [" -----BEGIN PGP PUBLIC KEY BLOCK-----", " .", " abc"]
    mirror, release = debian.choose(mirrors)
    assert (mirror.uris, release.suite) == ("file:/lines", "trixie")


def test_security_mirror_alone_is_not_enough():
    with pytest.raises(MicroPythonUnavailable, match="none of apt's 1 package sources"):
        debian.choose([debian.Mirror("file:/security", ("bookworm-security",), "")])


def test_command_sets_heap_path_and_frozen_modules():
    launch = MicroPython(("mp",), (1, 25, 0), "").command("a.py", ["x"], ["one", Path("two")], "200k")
    assert launch.argv == ["mp", "-X", "heapsize=200k", "a.py", "x"]
    assert launch.env["MICROPYPATH"] == "one:two:.frozen"


def test_folder_with_a_colon_is_refused():
    with pytest.raises(UsageError, match="separates"):
        MicroPython(("mp",), (1, 25, 0), "").environment(["a:b"])


@pytest.mark.micropython
def test_the_real_one_runs_and_its_heap_is_limited(micropython, tmp_path):
    script = tmp_path / "s.py"
    script.write_text("import asyncio, gc\nprint(gc.mem_free() + gc.mem_alloc() < 210_000)\n")
    launch = micropython.command(script, heap="200k")
    done = subprocess.run(launch.argv, env=launch.env, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "True\n"

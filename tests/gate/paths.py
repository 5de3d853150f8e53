"""Folders the gate works with."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build"
FIRMWARE = ROOT / "firmware"
HOST = ROOT / "host" / "gentlepress"

"""Lets these tests import the firmware's modules in their own process."""

from __future__ import annotations

import sys

from gentlepress.runtime import standins

if str(standins.FOLDER) not in sys.path:
    sys.path.append(str(standins.FOLDER))

import on_cpython

on_cpython.install_pointers()

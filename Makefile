# Gentlepress: everything is installed into build/ by the targets that need it; no root, nothing outside but caches.
PYTHON ?= python3
VENV := build/venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
STUBS := build/stubs
HARDWARE := build/hardware-venv

.DEFAULT_GOAL := help
.PHONY: help demo test bench fmt lint types sizes proof hardware hardware-test clean venv

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(VENV)/.run  ## press a simulated session, copy it to the desktop, show it
	@$(BIN)/gentlepress demo $(ARGS)

test: $(VENV)/.dev $(STUBS)/.done  ## everything that must hold: style, types, sizes, tests
	@$(BIN)/python -m tests.gate

bench: $(VENV)/.dev  ## measure, and write build/bench.json
	@$(BIN)/python -m tests.bench

fmt: $(VENV)/.dev  ## put every file in style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(VENV)/.dev  ## style only
	@$(BIN)/python -m tests.gate lint format

types: $(VENV)/.dev $(STUBS)/.done  ## types of the host, and of the firmware against each board's stubs
	@$(BIN)/python -m tests.gate host-types esp32-types rp2-types

sizes: $(VENV)/.dev  ## compile the firmware for each board; sizes in build/sizes.json
	@$(BIN)/python -m tests.gate sizes

proof: $(VENV)/.dev $(STUBS)/.done  ## all of test and bench, and that the safety tests can fail; goes on where it stopped
	@$(BIN)/python -m tests.proof

hardware: $(HARDWARE)/.done  ## make netlist, drawings and models of hardware/ anew (ONLY=circuit for one folder)
	@$(HARDWARE)/bin/python -m hardware.rebuild $(ONLY)

hardware-test: $(HARDWARE)/.done  ## all checks of hardware/, with the tools it is made with
	@$(HARDWARE)/bin/python -m pytest -m "hardware or not hardware" tests/hardware

venv: $(VENV)/.dev  ## only install what tests and development need

clean:  ## remove build/
	rm -rf build

# Each stamp is written last, so that an interrupted installation starts again.
$(VENV)/.run: pyproject.toml setup.py
	@echo "Installing Gentlepress into $(VENV) (about half a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Gentlepress needs Python 3.11 or later; set PYTHON=python3.x" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian: apt install python3-venv)" >&2; exit 2; }
	@$(PIP) 'setuptools>=65' wheel
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing what tests and development need into $(VENV) (about a minute) ..."
	@$(PIP) --no-build-isolation --editable '.[dev,chip]'
	@touch $@

# The drawing tools are large and nobody else's business, so they get an environment of their own.
$(HARDWARE)/.done: pyproject.toml setup.py
	@echo "Installing what hardware/ is made with into $(HARDWARE) (a few minutes) ..."
	@$(PYTHON) -m venv $(HARDWARE) || { echo "Python's venv module is missing (Debian: apt install python3-venv)" >&2; exit 2; }
	@$(HARDWARE)/bin/python -m pip install --quiet --disable-pip-version-check 'setuptools>=65' wheel
	@$(HARDWARE)/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[hardware]'
	@touch $@

# The stubs of two ports have the same file names, so each gets a folder of its own.
$(STUBS)/.done: pyproject.toml $(VENV)/.run
	@echo "Installing MicroPython's type stubs into $(STUBS) ..."
	@rm -rf $(STUBS)
	@$(PIP) --target $(STUBS)/esp32 'micropython-esp32-esp32-generic-s3-stubs>=1.25,<2'
	@$(PIP) --target $(STUBS)/rp2 'micropython-rp2-rpi-pico-w-stubs>=1.25,<2'
	@touch $@

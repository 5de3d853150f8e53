"""Measurements: each `bench_*.py` here has `run() -> list[Figure]`; `python -m tests.bench` runs them all."""

from tests.bench.figure import Figure, at_least, at_most

__all__ = ["Figure", "at_least", "at_most"]

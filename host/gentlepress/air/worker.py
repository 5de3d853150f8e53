"""Calls that may never return, made in a thread that can be left behind."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")
_LEAST_S = 0.01


class Stuck(Exception):
    """A call did not end by its deadline. It may still be going on."""


class _Job:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.call()
        except BaseException as error:  # noqa: BLE001  (whatever it is belongs to who asked)
            self.error = error
        self.done.set()


class Worker:
    """Makes one call after the other in a thread of its own.

    A call that does not end by its deadline is given up together with its thread, which ends with the process: it is a
    daemon. The next call gets a new thread.

    Args:
        name: of its threads.

    Attributes:
        abandoned: threads that were left behind.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[_Job] | None = None
        self._lock = threading.Lock()
        self.abandoned = 0

    def call(self, function: Callable[[], Result], deadline: float) -> Result:
        """What a function returns or raises.

        Args:
            function: is called in the worker's thread.
            deadline: time.monotonic() at which it is given up.

        Raises:
            Stuck: it had not ended by then.
        """
        job = _Job(function)
        with self._lock:
            jobs = self._jobs or self._start()
            jobs.put(job)
        if not job.done.wait(max(deadline - time.monotonic(), _LEAST_S)):
            self._abandon(jobs)
            raise Stuck(f"{self._name} did not answer")
        if job.error is not None:
            raise job.error
        return job.result

    def _start(self) -> queue.SimpleQueue[_Job]:
        jobs = self._jobs = queue.SimpleQueue()
        threading.Thread(target=_work, args=(jobs,), name=self._name, daemon=True).start()
        return jobs

    def _abandon(self, jobs: queue.SimpleQueue[_Job]) -> None:
        with self._lock:
            if self._jobs is jobs:
                self._jobs = None
                self.abandoned += 1


def _work(jobs: queue.SimpleQueue[_Job]) -> None:
    while True:
        jobs.get().run()

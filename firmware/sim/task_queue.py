"""asyncio's task queue on simulated time: the built-in one of the unix port reads the machine's own clock.

Stands in as module `_asyncio` (sys.modules) before asyncio is imported.
"""

from .clock import CLOCK, ticks_diff


class TaskQueue:
    """Tasks ordered by due time; equal times keep the order in which they came."""

    def __init__(self):
        self._tasks = []

    def peek(self):
        """The first task, or None."""
        return self._tasks[0] if self._tasks else None

    def push(self, task, due_ms=None) -> None:
        """Add a task due at a tick (now when not given)."""
        due_ms = CLOCK.ticks_ms() if due_ms is None else due_ms
        task.data = None  # it waits for no other task any more
        task.ph_key = due_ms
        at = len(self._tasks)
        while at and ticks_diff(self._tasks[at - 1].ph_key, due_ms) > 0:
            at -= 1
        self._tasks.insert(at, task)

    def pop(self):
        """Take the first task out."""
        return self._tasks.pop(0)

    def remove(self, task) -> None:
        """Take a task out wherever it stands."""
        self._tasks.remove(task)


class Task:
    """A coroutine under way. `state`: True runs, a TaskQueue of waiters, None or False when finished."""

    def __init__(self, coro, _globals=None):
        self.coro = coro
        self.data = None
        self.state = True
        self.ph_key = 0

    def __iter__(self):
        if not self.state:
            self.state = False
        elif self.state is True:
            self.state = TaskQueue()
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        core = _core()
        self.state.push(core.cur_task)
        core.cur_task.data = self

    def done(self) -> bool:
        """Whether the coroutine has ended."""
        return not self.state

    def cancel(self) -> bool:
        """Throw CancelledError into the coroutine at its next turn."""
        core = _core()
        if not self.state:
            return False
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        queue = task.data if hasattr(task.data, "remove") else core._task_queue  # noqa: SLF001
        queue.remove(task)
        core._task_queue.push(task)  # noqa: SLF001
        task.data = core.CancelledError
        return True


def _core():
    from asyncio import core

    return core

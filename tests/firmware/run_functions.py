"""Runs the test functions of one file, on MicroPython and on CPython alike.

    run_functions.py FOLDER MODULE FUNCTION...

Each outcome is one line of standard output: the mark, then JSON `[function, outcome, detail]`.
"""

import gc
import io
import json
import sys

MARK = "@outcome "
CPYTHON = sys.implementation.name == "cpython"


def trace_of(error):
    text = io.StringIO()
    sys.print_exception(error, text)
    return text.getvalue()


def outcome_of(function):
    """Run one function, or the coroutine it makes: ("passed" | "skipped" | "failed", detail)."""
    try:
        made = function()
        if hasattr(made, "send"):
            import asyncio  # not before: a file of tests may put its own task queue under it

            asyncio.run(made)
    except Exception as error:  # noqa: BLE001  (whatever a test raises is its outcome)
        if type(error).__name__ == "Skip":
            return "skipped", str(error)
        return "failed", trace_of(error)
    return "passed", ""


def main(folder, module, names):
    if CPYTHON:
        import on_cpython

        on_cpython.install()
    sys.path.insert(0, folder)
    tests = __import__(module)
    for name in names:
        gc.collect()
        outcome, detail = outcome_of(getattr(tests, name))
        print(MARK + json.dumps([name, outcome, detail]))


main(sys.argv[1], sys.argv[2], sys.argv[3:])

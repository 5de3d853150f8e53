"""Which force sensor and which motor a build has: `parts.json` on the tool's flash, read once.

`{"sensor": "hx711", "motor": "erm"}`; what is not named is the reference part, and without the file both are.
"""

import json

FILE = "parts.json"
MOST_BYTES = 512
SENSORS = ("nau7802", "hx711", "fsr")
MOTORS = ("drv2605l", "erm")
KNOWN = {"sensor": SENSORS, "motor": MOTORS}
_ENOENT = 2
_NEXT = ": correct the file, then restart"


def read(root: str):
    """(sensor, motor, problem): words of KNOWN, and an empty text or what is wrong with the file and what to do."""
    try:
        with open(root + "/" + FILE, "rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        if error.args[0] == _ENOENT:
            return SENSORS[0], MOTORS[0], ""
        return SENSORS[0], MOTORS[0], FILE + " cannot be read" + _NEXT
    chosen, problem = check(text)
    return chosen.get("sensor", SENSORS[0]), chosen.get("motor", MOTORS[0]), problem


def check(text: bytes):
    """(what the file names, problem)."""
    if len(text) > MOST_BYTES:
        return {}, "%s has more than %d bytes%s" % (FILE, MOST_BYTES, _NEXT)
    try:
        named = json.loads(text)
    except (ValueError, UnicodeError):
        named = None
    if (
        not isinstance(named, dict) or text.strip()[-1:] != b"}"
    ):  # MicroPython takes an object that is cut off
        return {}, FILE + " is no JSON object" + _NEXT
    for key in named:
        if key not in KNOWN:
            return {}, "%s: %s is neither sensor nor motor%s" % (FILE, _short(key), _NEXT)
        if named[key] not in KNOWN[key]:
            words = ", ".join(KNOWN[key])
            return {}, "%s: %s = %s is not one of %s%s" % (FILE, key, _short(named[key]), words, _NEXT)
    return named, ""


def _short(value) -> str:
    """As much of what somebody wrote as fits a line, without what no terminal should see."""
    text = str(value)[:16]
    return "".join([c if " " <= c <= "~" else "?" for c in text])

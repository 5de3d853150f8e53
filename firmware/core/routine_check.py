"""The check of a routine, field by field: loaded for each check and then forgotten (core/guest.py).

Called through core.routine.check. Plain module.
"""

from . import ids, limits, points
from .routine import (
    ABOUT_MAX,
    FORMAT_VERSION,
    HOLD_MS,
    NAME_MAX,
    SESSION_MS,
    STEP_KEYS,
    TOP_KEYS,
    ZONE_MS,
    Problem,
    Routine,
    Step,
    show,
)

_UNKNOWN = -1


def _id_of(names: dict, word) -> int:
    for number, name in names.items():
        if name == word:
            return number
    return _UNKNOWN


def _is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class _Checker:
    def __init__(self):
        self.problems = []

    def refuse(self, field: str, value, rule: str, next_step: str) -> None:
        self.problems.append(Problem(field, value, rule, next_step))

    def whole(self, data: dict, key: str, path: str, low: int, high: int, default: int) -> int:
        value = data.get(key, default)
        if not _is_whole(value):
            self.refuse(
                path + key, value, "a whole number is needed", "write a number from %d to %d" % (low, high)
            )
        elif not low <= value <= high:
            rule = "it must lie from %d to %d" % (low, high)
            self.refuse(path + key, value, rule, "choose a number in that range")
        return value

    def keys(self, data: dict, known, path: str) -> None:
        for key, value in data.items():
            if key not in known:
                rule = "there is no such field"
                self.refuse(path + show(key), value, rule, "use one of: " + ", ".join(known))

    def zone(self, data: dict, path: str) -> int:
        word = data.get("zone")
        zone = _id_of(ids.ZONE_NAMES, word)
        if zone not in limits.ZONES:
            known = ", ".join([ids.ZONE_NAMES[z] for z in sorted(limits.ZONES)])
            self.refuse(path + "zone", word, "there is no such zone", "use one of: " + known)
        return zone

    def point(self, data: dict, path: str, zone: int) -> int:
        """The point's id; that of the whole zone where none is named, or a wrong one."""
        word = data.get("point", "")
        if word == "":
            return points.WHOLE_ZONE
        field = path + "point"
        if not isinstance(word, str):
            self.refuse(field, word, "a point's code or name is needed", 'write a text, for example "GB14"')
            return points.WHOLE_ZONE
        why = points.why_forbidden(word)
        if why:
            self.refuse(field, word, "this point is never pressed: " + why, "leave this step out")
            return points.WHOLE_ZONE
        return self._allowed_point(word, field, zone)

    def _allowed_point(self, word: str, field: str, zone: int) -> int:
        point = points.find(word)
        if point not in points.POINTS:
            self.refuse(field, word, "there is no such point in the tool's table", "see docs/points.md")
            return points.WHOLE_ZONE
        home = points.POINTS[point][2]
        if zone in limits.ZONES and home != zone:
            name = ids.ZONE_NAMES[home]
            self.refuse(field, word, "it lies in the zone " + name, "set zone to " + name)
        return point

    def side(self, data: dict, path: str, point: int) -> int:
        word = data.get("side")
        side = _id_of(ids.SIDE_NAMES, word)
        if side not in ids.SIDE_NAMES:
            self.refuse(path + "side", word, "there is no such side", "use one of: midline, left, right")
        elif point and points.POINTS[point][3] == (side == ids.MIDLINE):
            pair = points.POINTS[point][3]
            rule = "this point is a pair" if pair else "this point lies on the midline"
            self.refuse(path + "side", word, rule, "use left or right" if pair else "use midline")
        return side

    def forces(self, data: dict, path: str, zone: int, point: int) -> dict:
        asked = {}
        ceiling = limits.step_limits(
            zone, point, ids.PROFILE_NORMAL, ids.SENSOR_NAU7802, limits.PACE_LATER, limits.BY_PACE
        )
        pairs = (
            ("target_lo_mn", "lo_mn"),
            ("target_hi_mn", "hi_mn"),
            ("warn_mn", "warn_mn"),
            ("limit_mn", "limit_mn"),
        )
        for key, field in pairs:
            if key in data:
                asked[field] = self._force(data, key, path, ids.ZONE_NAMES[zone], getattr(ceiling, field))
        if not self.problems:
            self._order(asked, ceiling, path)
        return asked

    def _force(self, data: dict, key: str, path: str, zone_name: str, ceiling_mn: int) -> int:
        value = data[key]
        if not _is_whole(value) or value < limits.LEAST_BOTTOM_MN:
            rule = "a force in whole millinewtons of at least %d is needed" % limits.LEAST_BOTTOM_MN
            self.refuse(
                path + key, value, rule, "write a number from %d to %d" % (limits.LEAST_BOTTOM_MN, ceiling_mn)
            )
        elif value > ceiling_mn:
            rule = "the ceiling here (%s) is %d mN; a routine can only be gentler" % (zone_name, ceiling_mn)
            self.refuse(path + key, value, rule, "use %d or less" % ceiling_mn)
        return value

    def _order(self, asked: dict, ceiling, path: str) -> None:
        for field, value in asked.items():
            ceiling.narrow(field, value, limits.BY_ROUTINE)
        low_high = (ceiling.lo_mn, ceiling.hi_mn, ceiling.warn_mn, ceiling.limit_mn)
        if list(low_high) != sorted(low_high):
            rule = "target_lo <= target_hi <= warn <= limit must hold; these are %d, %d, %d, %d mN" % low_high
            self.refuse(path + "target_lo_mn", ceiling.lo_mn, rule, "lower the fields below, too")
        elif ceiling.too_narrow():
            rule = "the target must reach up to %d mN and begin at %d mN or more" % (
                limits.LEAST_TOP_MN,
                limits.LEAST_BOTTOM_MN,
            )
            self.refuse(path + "target_hi_mn", ceiling.hi_mn, rule, "widen the target or leave the step out")

    def step(self, data, path: str):
        if not isinstance(data, dict):
            self.refuse(path[:-1], data, "a step is a table of fields", "see docs/routines.md")
            return None
        self.keys(data, STEP_KEYS, path)
        zone = self.zone(data, path)
        point = self.point(data, path, zone)
        side = self.side(data, path, point)
        known = zone in limits.ZONES
        hold_top = limits.ZONES[zone][5] if known else HOLD_MS[1]
        hold_ms = self.whole(data, "hold_ms", path, HOLD_MS[0], hold_top, 5000)
        presses = self.whole(data, "presses", path, 1, limits.PRESSES_CEILING, 2)
        if not known:
            return None
        asked = self.forces(data, path, zone, point)
        if "zone_ms" in data:
            zone_top = limits.ZONES[zone][4]
            asked["zone_ms"] = self.whole(data, "zone_ms", path, ZONE_MS[0], zone_top, zone_top)
        return Step(zone, side, point, hold_ms, presses, asked)

    def name(self, data: dict) -> str:
        name = data.get("name", "")
        if not isinstance(name, str) or not name.strip() or len(name.encode()) > NAME_MAX:
            rule = "a name of 1 to %d bytes is needed" % NAME_MAX
            self.refuse("name", name, rule, "give it a short name")
        elif [c for c in name if c < " "]:
            self.refuse("name", name, "control characters are not allowed", "use plain letters")
        return name


def check(data):
    """(routine, problems): see core.routine.check."""
    checker = _Checker()
    if not isinstance(data, dict):
        checker.refuse("routine", data, "a table of fields is needed", "see docs/routines.md")
        return None, checker.problems
    checker.keys(data, TOP_KEYS, "")
    checker.whole(data, "format", "", 1, FORMAT_VERSION, 0)
    name = checker.name(data)
    session_ms = checker.whole(data, "session_ms", "", SESSION_MS[0], SESSION_MS[1], limits.PACE_FIRST[2])
    about = data.get("about", "")
    if not isinstance(about, str) or len(about) > ABOUT_MAX:
        checker.refuse("about", about, "a text of at most %d letters is needed" % ABOUT_MAX, "shorten it")
    steps = _steps(checker, data.get("steps"))
    if checker.problems:
        return None, checker.problems
    return Routine(name, session_ms, steps), []


def _steps(checker: _Checker, listed) -> list:
    if not isinstance(listed, list) or not 1 <= len(listed) <= limits.STEPS_CEILING:
        rule = "a list of 1 to %d steps is needed" % limits.STEPS_CEILING
        checker.refuse("steps", listed, rule, "write one [[steps]] table a step")
        return []
    return [checker.step(step, "steps[%d]." % (i + 1)) for i, step in enumerate(listed)]

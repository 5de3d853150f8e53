"""Over-use counters: who pressed which zone when. They outlive power cuts, resets, updates and downgrades.

Kept as JSON in two slots named `dose`. A moment is `[unix_s or 0, power-up number, running seconds of it]`.
Whatever cannot be known counts as if it had been now. Field by field: docs/storage.md.
"""

import json

from . import errors, limits, slots

VERSION = 1
USERS_MAX = 4
SHARED = 0  # the user slot of a tool without slots; it counts for every slot
WEEK_S = 7 * 86400
BOOT_JUMP = 10000  # power-ups passed over when their number is lost
_SESSION_S = limits.SESSION_CEILING_MS // 1000


def _new_user() -> dict:
    return {"total": 0, "zones": {}, "ends": []}


class Counters:
    """The counters. Call `boot` first.

    Only `boot`, `session_begins`, `session_ended`, `keep_time` and `cleaned` write to the memory.

    Args:
        root: folder, without a slash at its end ("" is the top folder).
        fs: the file system (files.Files).

    Attributes:
        fault: the StorageError at loading, or None. While there is one, no session may begin.
        unsaved: the StorageError at saving this power-up, or None.
    """

    def __init__(self, root: str, fs=None):
        self._slots = slots.TwoSlots(root, "dose", VERSION, fs)
        self._data = {
            "boot": 0,
            "unknown": 0,
            "unknown_boot": 0,
            "users": {},
            "open": None,
            "over": 0,
            "cleanings": 0,
        }
        self.fault = self.unsaved = None

    # At power-up.

    def boot(self, is_running_time_kept: bool = False) -> None:
        """Load, count this power-up, and close what a power cut left open. Never raises: see `fault`.

        Args:
            is_running_time_kept: after a deep sleep that kept the running clock: it is the same power-up
                still.
        """
        try:
            payload = self._slots.load()
            data = _parsed(payload)
            if data is not None:
                self._data.update(data)
            if not is_running_time_kept or data is None:
                self._data["boot"] += 1
            if data is None and (payload is not None or self._slots.damaged):
                self._assume_the_worst()
        except errors.StorageError as error:
            self.fault = error
            return
        self._close_open()
        self._save_if_possible()

    def _assume_the_worst(self) -> None:
        """The counters are lost: first week, and every zone and the week's sessions ended just now."""
        self._data["boot"] += BOOT_JUMP
        now = [0, self._data["boot"], 0]
        user = self._user(SHARED)
        user["ends"] = [now]
        user["zones"] = {str(zone): now for zone in limits.ZONES}

    def _close_open(self) -> None:
        """A session was cut off by a power cut: all its zones count, as late as it can have ended."""
        mark = self._data["open"]
        if mark is None:
            return
        unix_s, boot, up_s = mark["at"]
        end = [unix_s + _SESSION_S if unix_s else 0, boot, up_s + _SESSION_S]
        self._note_end(self._user(mark["slot"]), mark["zones"], end)
        self._data["open"] = None

    # What the dose asks.

    def boots(self) -> int:
        """Number of this power-up."""
        return self._data["boot"]

    def total(self, slot: int = SHARED) -> int:
        """Sessions ever of a user slot."""
        return self._peek(slot)["total"]

    def zone_ends(self, zone: int, slot: int = SHARED) -> list:
        """Moments at which a zone was last pressed: of the slot, and of the tool without slots."""
        found = [self._peek(one)["zones"].get(str(zone)) for one in {slot, SHARED}]
        return [moment for moment in found if moment is not None]

    def session_ends(self, slot: int = SHARED) -> list:
        """Moments of the last sessions, at most seven a slot: of the slot, and of the tool without slots."""
        return [moment for one in {slot, SHARED} for moment in self._peek(one)["ends"]]

    def unknown_sessions(self) -> int:
        """Sessions without a known time since the clock was last set, first power-up's apart."""
        return self._data["unknown"]

    def is_unknown_used(self) -> bool:
        """Whether this power-up has had its one session without a known time."""
        return self._data["unknown_boot"] == self._data["boot"]

    def has_lost_time(self) -> bool:
        """Whether there are sessions of former power-ups, which the running clock cannot date."""
        boot = self._data["boot"]
        return any(moment[1] != boot for user in self._data["users"].values() for moment in user["ends"])

    def lifetime(self) -> dict:
        """Lifetime counters: "over" (limit events), "cleanings"."""
        return {"over": self._data["over"], "cleanings": self._data["cleanings"]}

    # What happens.

    def session_begins(self, zones, clock, slot: int = SHARED) -> None:
        """Mark a session as open before it is pressed, so that a power cut cannot undo it.

        Raises StorageError; then nothing is marked.

        Args:
            zones: zones of the routine.
            clock: core.clock.WallClock.
            slot: the user slot.
        """
        counted = clock.dose_s() == 0 and self.has_lost_time()
        before = self._data["unknown_boot"]
        mark = {"slot": slot, "zones": sorted(set(zones)), "at": self._moment(clock)}
        if counted:
            mark["before"] = before
            self._data["unknown"] += 1
            self._data["unknown_boot"] = self._data["boot"]
        self._data["open"] = mark
        try:
            self._save()
        except errors.StorageError:
            self._take_back(mark)
            raise

    def session_ended(self, pressed, clock, totals=None, slot: int = SHARED) -> None:
        """Count a session that is over.

        Raises StorageError; once the power went it then counts as cut off.

        Args:
            pressed: zones that were in contact; a session without any does not count.
            clock: core.clock.WallClock.
            totals: fields of its SUMMARY; over_count is added to the lifetime counter.
            slot: the user slot.
        """
        mark = self._data["open"]
        if mark is None:
            self.session_begins(pressed, clock, slot)
            mark = self._data["open"]
        if pressed:
            user = self._user(slot)
            user["total"] += 1
            self._note_end(user, pressed, self._moment(clock))
            self._data["open"] = None
        else:
            self._take_back(mark)
        self._data["over"] += (totals or {}).get("over_count", 0)
        self._date(clock)
        self._save()

    def _take_back(self, mark: dict) -> None:
        if "before" in mark:
            self._data["unknown"] -= 1
            self._data["unknown_boot"] = mark["before"]
        self._data["open"] = None

    def keep_time(self, clock) -> bool:
        """Once the clock was set, date what the running clock knows; whether anything was written.

        Call it now and then without contact: what is not dated when the power goes rests longer. Raises
        StorageError.
        """
        if clock.dose_s() == 0 or self.fault or not self._date(clock):
            return False
        self._save()
        return True

    def cleaned(self) -> None:
        """Count a cleaning of the tip. Raises StorageError."""
        self._data["cleanings"] += 1
        self._save()

    def _date(self, clock) -> bool:
        now_s = clock.dose_s()
        if not now_s:
            return False
        changed = self._data["unknown"] != 0
        self._data["unknown"] = self._data["unknown_boot"] = 0
        up_s = clock.uptime_s()
        for user in self._data["users"].values():
            for moment in list(user["zones"].values()) + user["ends"]:
                changed = _date_one(moment, self._data["boot"], now_s, up_s) or changed
        return changed

    # Helpers.

    def _moment(self, clock) -> list:
        return [clock.dose_s(), self._data["boot"], clock.uptime_s()]

    def _note_end(self, user: dict, zones, moment: list) -> None:
        for zone in zones:
            user["zones"][str(zone)] = list(moment)
        user["ends"] = (user["ends"] + [list(moment)])[-limits.WEEKLY_CEILING :]

    def _save_if_possible(self) -> None:
        """Save; a failure is told in `unsaved` only, as no session begins without a save that works."""
        try:
            self._save()
        except errors.StorageError as error:
            self.unsaved = error

    def _peek(self, slot: int) -> dict:
        return self._data["users"].get(str(slot)) or _new_user()

    def _user(self, slot: int) -> dict:
        return self._data["users"].setdefault(str(slot), _new_user())

    def _save(self) -> None:
        self._slots.save(json.dumps(self._data).encode())


def _date_one(moment: list, boot: int, now_s: int, up_s: int) -> bool:
    """Date a moment of this power-up by the running clock.

    An undated one of another, as just before this one.
    """
    if moment[1] != boot and moment[0]:
        return False
    unix_s = now_s - (up_s - moment[2] if moment[1] == boot else up_s)
    if abs(unix_s - moment[0]) < 2:
        return False
    moment[0] = unix_s
    return True


def _parsed(payload):
    """The kept table, or None when there is none or it is not one."""
    if payload is None:
        return None
    try:
        data = json.loads(payload)
    except ValueError:
        return None
    return data if isinstance(data, dict) and isinstance(data.get("users"), dict) else None


def elapsed_s(moment, counters, clock):
    """Seconds since a moment, or None when nobody can say.

    In the same power-up the running clock decides, whatever the clock was set to. For an earlier one the
    clock does, from what it was first set to; this power-up's running time is the least it can be.
    """
    up_s = clock.uptime_s()
    if moment[1] == counters.boots():
        return up_s - moment[2]
    now_s = clock.dose_s()
    if not now_s:
        return None
    return max(up_s, now_s - moment[0]) if moment[0] else up_s

"""Over-use counters: who pressed which zone when. They outlive power cuts, resets, updates and downgrades.

Kept as JSON in two slots named `dose`; moments are those of core/moments.py. Whatever cannot be known counts as if it
had been now. Field by field: docs/storage.md.
"""

import json

from . import errors, ids, limits, moments, slots

VERSION = 1
USERS_MAX = 4
SHARED = 0  # the user slot of a tool without slots; it counts for every slot
WEEK_S = 7 * 86400
KEEP_LIFE_S = 3600  # running time is kept so often while a session of the last seven days is dated by it
KEEP_LOCK_S = 600  # and while a lock goes by it
BOOT_JUMP = 10000  # power-ups passed over when their number is lost
COUNT_MAX = 1000000
_SESSION_S = limits.SESSION_CEILING_MS // 1000


def _new_user() -> dict:
    return {"total": 0, "zones": {}, "ends": []}


class Counters:
    """The counters. Call `boot` first.

    Only `boot`, `session_begins`, `session_ended`, `keep_time` and `keep` write to the memory.

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
            "base": 0,
            "life": 0,
            "unknown": 0,
            "unknown_boot": 0,
            "users": {},
            "open": None,
            "over": 0,
            "cleanings": 0,
            "cleaned": 0,
            "resets": [],
            "leaving": None,
            "symptom": None,
            "felt": 0,
        }
        self.fault = self.unsaved = None

    # At power-up.

    def boot(self, is_running_time_kept: bool = False, cause: int = ids.RESET_POWER_ON) -> None:
        """Load, count this power-up, and close what a power cut left open. Never raises: see `fault`.

        Args:
            is_running_time_kept: after a deep sleep that kept the running clock: it is the same power-up
                still.
            cause: ids.RESET_* as the chip tells it.
        """
        try:
            payload = self._slots.load()
            data = moments.parsed(payload)
            if data is not None:
                self._data.update(data)
            if not is_running_time_kept or data is None:
                self._data["boot"] += 1
                self._data["base"] = self._data["life"]
            if data is None and (payload is not None or self._slots.damaged):
                self._assume_the_worst()
        except errors.StorageError as error:
            self.fault = error
            return
        self._close_open()
        self._count_reset(cause)
        self._save_if_possible()

    def _count_reset(self, cause: int) -> None:
        """What left by a restart had said why; the chip cannot always tell that from its watchdog."""
        leaving = self._data["leaving"]
        if leaving is not None and (cause != ids.RESET_POWER_ON or leaving == ids.RESET_SAFE_MODE):
            cause = leaving
        self._data["leaving"] = None
        resets = self._data["resets"]
        while len(resets) <= cause:
            resets.append(0)
        resets[cause] = min(resets[cause] + 1, COUNT_MAX)

    def _assume_the_worst(self) -> None:
        """The counters are lost: first week, and every zone and the week's sessions ended just now."""
        self._data["boot"] += BOOT_JUMP
        now = [0, self._data["boot"], self._data["base"]]
        user = self._user(SHARED)
        user["ends"] = [now]
        user["zones"] = {str(zone): now for zone in limits.ZONES}

    def _close_open(self) -> None:
        """A session was cut off by a power cut: all its zones count, as late as it can have ended."""
        mark = self._data["open"]
        if mark is None:
            return
        unix_s, boot, life_s = mark["at"]
        end = [unix_s + _SESSION_S if unix_s else 0, boot, max(life_s, self._data["base"])]
        self._note_end(self._user(mark["slot"]), mark["zones"], end)
        self._data["open"] = None

    # What the dose asks.

    def boots(self) -> int:
        """Number of this power-up."""
        return self._data["boot"]

    def life_s(self, clock) -> int:
        """Running seconds of the tool's life, as far as they were kept over power cuts."""
        return self._data["base"] + clock.uptime_s()

    def total(self, slot: int = SHARED) -> int:
        """Sessions ever of a user slot."""
        return self._peek(slot)["total"]

    def zone_ends(self, zone: int, slot: int = SHARED) -> list:
        """Moments at which a zone was last pressed, by whoever may be the same person as the slot's."""
        found = [user["zones"].get(str(zone)) for user in self._maybe_same(slot)]
        return [moment for moment in found if moment is not None]

    def session_ends(self, slot: int = SHARED) -> list:
        """Moments of the last sessions, at most seven a slot, of whoever may be the same person as the slot's."""
        return [moment for user in self._maybe_same(slot) for moment in user["ends"]]

    def _maybe_same(self, slot: int) -> list:
        """A slot and the tool without slots; without slots, everybody."""
        users = self._data["users"]
        return [users[key] for key in users if slot == SHARED or key in (str(slot), str(SHARED))]

    def unknown_sessions(self) -> int:
        """Sessions without a known time since the clock was last set, first power-up's apart."""
        return self._data["unknown"]

    def is_unknown_used(self) -> bool:
        """Whether this power-up has had its one session without a known time."""
        return self._data["unknown_boot"] == self._data["boot"]

    def has_lost_time(self, clock) -> bool:
        """Whether there are sessions of former power-ups that, by the running clock alone, may be of this week."""
        boot = self._data["boot"]
        return any(
            moment[1] != boot and moments.ran_s(moment, self, clock) < WEEK_S
            for moment in self.session_ends()
        )

    def lifetime(self, name: str):
        """A lifetime value by its key (docs/storage.md)."""
        return self._data[name]

    # What happens.

    def session_begins(self, zones, clock, slot: int = SHARED) -> None:
        """Mark a session as open before it is pressed, so that a power cut cannot undo it.

        Raises StorageError; then nothing is marked.

        Args:
            zones: zones of the routine.
            clock: core.clock.WallClock.
            slot: the user slot.
        """
        counted = clock.dose_s() == 0 and self.has_lost_time(clock)
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
        """Keep the running time, and date by it what the clock knows; whether anything was written.

        Call it now and then without contact: what is not kept when the power goes rests longer. Raises
        StorageError.
        """
        if self.fault or not (self._date(clock) or self.is_life_due(clock)):
            return False
        self._data["life"] = self.life_s(clock)
        self._save()
        return True

    def is_life_due(self, clock) -> bool:
        """Whether running time is worth keeping: an hour and a session that it dates, or ten minutes of a lock."""
        passed_s = self.life_s(clock) - self._data["life"]
        lock = self._data["symptom"]
        if lock is not None and lock[1] > self._data["life"] and passed_s >= KEEP_LOCK_S:
            return True
        if passed_s < KEEP_LIFE_S:
            return False
        return any(
            moments.ran_s(moment, self, clock) < WEEK_S + KEEP_LIFE_S for moment in self.session_ends()
        )

    def put(self, name: str, value) -> None:
        """Change a lifetime value, in RAM until `keep`."""
        self._data[name] = value

    def keep(self) -> None:
        """Write everything. Raises StorageError."""
        if self.boots():  # else nothing was loaded yet, and writing would lose it
            self._save()

    def cleaned(self, session_id: int) -> None:
        """Count a cleaning of the tip after a session. Raises StorageError."""
        self.put("cleanings", self._data["cleanings"] + 1)
        self.put("cleaned", session_id)
        self.keep()

    def leave(self, cause: int) -> None:
        """Say why the next start will be one (ids.RESET_*), just before it. Raises StorageError."""
        self.put("leaving", cause)
        self.keep()

    def _date(self, clock) -> bool:
        told_s = clock.latest_s()
        if not told_s:
            return False
        changed = self._data["unknown"] != 0
        self._data["unknown"] = self._data["unknown_boot"] = 0
        boot, life_s = self._data["boot"], self.life_s(clock)
        for user in self._data["users"].values():
            for moment in list(user["zones"].values()) + user["ends"]:
                changed = moments.date(moment, boot, told_s, life_s) or changed
        return changed

    # Helpers.

    def _moment(self, clock) -> list:
        self._data["life"] = self.life_s(clock)
        return [clock.latest_s(), self._data["boot"], self._data["life"]]

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

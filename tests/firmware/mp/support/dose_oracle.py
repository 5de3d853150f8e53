"""The rules of rest and of numbers, said again from the project's rules, by somebody who knows the true time.

Knows nothing of core.dose, core.counters and core.limits: figures and rules are written out here once more.
"""

HOUR_S = 3600
DAY_S = 86400
WEEK_S = 7 * DAY_S
FIRST, LATER, STRICT = "first", "later", "strict"
REST_H = {FIRST: 48, LATER: 20, STRICT: 48}
A_WEEK = {FIRST: 3, LATER: 5, STRICT: 1}
REST_FLOOR_H = 12
CEILING = 7
GENTLE_SESSIONS = 6
UNKNOWN_MOST = 7
CUT_S = 600
NOBODY = 0


class Pressed:
    """One session that was pressed, as the oracle stood when it ended."""

    def __init__(self, slot, zones, oracle, dated):
        self.slot = slot
        self.zones = zones
        self.true_s = oracle.true_s
        self.ran_s = oracle.ran_s
        self.lost_s = oracle.lost_s
        self.boot = oracle.boot
        self.truth_told = oracle.truth_told
        self.dated = dated


class Oracle:
    """Keeps the true history; `true_s` and `ran_s` (power on) are moved by whoever drives it."""

    def __init__(self):
        self.true_s = 0
        self.ran_s = 0
        self.boot = 1
        self.lost_s = 0
        self.pressed = []
        self.complete = {}
        self.clock_known = False
        self.truth_told = False  # in this power-up, whatever else was told, too
        self.honest = True  # nothing but the truth was ever told
        self.unknown = 0
        self.unknown_boot = 0
        self.strict = 0
        self.rest_h = 12
        self.weekly_max = 7

    # what happened

    def power_lost(self, off_s, unkept_s):
        self.true_s += off_s
        self.lost_s += unkept_s
        self.boot += 1
        self.clock_known = self.truth_told = False

    def clock_told(self, offset_s):
        self.clock_known = True
        self.honest = self.honest and offset_s == 0
        self.truth_told = self.truth_told or offset_s == 0
        self.unknown = self.unknown_boot = 0

    def began(self):
        if not self.clock_known and self.strangers():
            self.unknown += 1
            self.unknown_boot = self.boot

    def ended(self, slot, zones, was_cut=False):
        dated = self.clock_known and not was_cut
        self.pressed.append(Pressed(slot, zones, self, dated))
        if not was_cut:
            self.complete[slot] = self.complete.get(slot, 0) + 1
        if self.clock_known:
            self.unknown = self.unknown_boot = 0

    # what follows

    def of(self, slot):
        """Sessions that may have been the same person's."""
        return [one for one in self.pressed if slot == NOBODY or one.slot in (slot, NOBODY)]

    def strangers(self):
        """Sessions of other power-ups that by the running time alone may be of this week."""
        return [one for one in self.pressed if one.boot != self.boot and self.ran(one) < WEEK_S]

    def ran(self, one):
        """Running time since a session."""
        return self.ran_s - one.ran_s

    def known_ran(self, one):
        """Running time since a session that the tool can know of: losses of power took some."""
        return self.ran(one) - (self.lost_s - one.lost_s)

    def is_datable(self, one):
        """Whether the clock says truly how long ago a session was."""
        return self.clock_known and (self.honest or (self.truth_told and one.truth_told))

    def pace(self, slot):
        if self.strict:
            return STRICT
        if not self.clock_known or self.complete.get(slot, 0) < GENTLE_SESSIONS:
            return FIRST
        return LATER

    def rest_s(self, slot):
        return max(REST_H[self.pace(slot)], self.rest_h, REST_FLOOR_H) * HOUR_S

    def a_week(self, slot):
        return min(A_WEEK[self.pace(slot)], self.weekly_max, CEILING)

    def why_never(self, slot, zones):
        """Why a session must be refused, whatever the tool thinks; an empty text when it need not be."""
        mine = self.of(slot)
        if len([one for one in mine if self.true_s - one.true_s < WEEK_S]) >= CEILING:
            return "seven in seven true days"
        here = [one for one in mine if one.boot == self.boot]
        if len([one for one in here if self.ran(one) < WEEK_S]) >= self.a_week(slot):
            return "the week, by the running clock"
        if zones and not [zone for zone in zones if not self.zone_never(slot, zone)]:
            return "every zone rests"
        if not self.clock_known:
            return self._why_unknown()
        datable = [one for one in mine if self.is_datable(one) and self.true_s - one.true_s < WEEK_S]
        return "the week, by the clock" if len(datable) >= self.a_week(slot) else ""

    def _why_unknown(self):
        if self.unknown >= UNKNOWN_MOST:
            return "seven without a clock"
        fresh = [one for one in self.strangers() if self.true_s - one.true_s < WEEK_S]
        if fresh and self.unknown_boot == self.boot:
            return "one a power-up without a clock"
        return ""

    def zone_never(self, slot, zone):
        """Why a zone must not be pressed now; an empty text when it may."""
        needed_s = self.rest_s(slot)
        for one in self.of(slot):
            if zone not in one.zones:
                continue
            if one.boot == self.boot and self.ran(one) < needed_s:
                return "rest, by the running clock"
            newest = self.honest or not self._is_pressed_again(one, zone)
            if newest and self.is_datable(one) and self.true_s - one.true_s < needed_s:
                return "rest, by the clock"
        return ""

    def _is_pressed_again(self, one, zone):
        """Whether the tool remembers a later press of the zone by the same slot, dated perhaps by a lie."""
        since = self.pressed[self.pressed.index(one) + 1 :]
        return bool([later for later in since if later.slot == one.slot and zone in later.zones])

    def must_allow(self, slot, zones):
        """Whether a session has to be allowed: nothing is in doubt and nothing speaks against it."""
        if self.why_never(slot, zones) or not self._is_clear(slot):
            return False
        return bool([zone for zone in zones if self._zone_clear(slot, zone)])

    def _is_clear(self, slot):
        mine = self.of(slot)
        if len([one for one in mine if self.known_ran(one) < WEEK_S]) >= CEILING:
            return False
        if not self.clock_known:
            return not [one for one in self.pressed if one.boot != self.boot]
        old = [one for one in mine if one.boot != self.boot and self.known_ran(one) < WEEK_S]
        return not old or (self.honest and not [one for one in old if not one.dated])

    def _zone_clear(self, slot, zone):
        slack_s = 60
        since = [one for one in self.of(slot) if zone in one.zones]
        return not [one for one in since if self.true_s - one.true_s < self.rest_s(slot) + slack_s]

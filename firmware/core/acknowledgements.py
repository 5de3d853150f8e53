"""Which desktop has which session. A session may go only when every desktop that counts has it.

One that was not seen for ABSENT_S counts no longer, but not before the tool has told so.
"""

import json

from . import slots

HOSTS_MAX = 8
NAME_MAX = 32
SEEN_STEP_S = 86400
ABSENT_S = 7776000  # 90 days
UNKNOWN_HOST = (
    "?"  # stands for the desktops that a damaged memory forgot: it has nothing, so nothing is dropped
)
VERSION = 1


class Acknowledgements:
    """{desktop: sessions it has}, kept in two slots.

    Of each desktop it keeps the last session up to which it has everything that is on the tool, the later
    ones it has, when it was last seen (unix_s, 0 unknown, in steps of a day), and whether its absence was told.
    """

    def __init__(self, root: str, fs=None):
        self._slots = slots.TwoSlots(root, "acks", VERSION, fs)
        self._hosts = {}

    def load(self) -> None:
        """Read what was kept. Raises NewerFormat, StorageError."""
        payload = self._slots.load()
        if payload is not None:
            self._hosts = {host: (entry + [0])[:4] for host, entry in json.loads(payload)["hosts"].items()}
        elif self._slots.damaged:
            self._hosts = {UNKNOWN_HOST: [0, [], 0, 0]}

    def add(self, host: str, session_id: int, present, now_unix_s: int) -> None:
        """Note, for good, that a desktop has a session.

        Args:
            host: the desktop's id.
            session_id: the session.
            present: rising ids of all session files on the tool, readable or not.
            now_unix_s: the time, 0 when not known.

        Raises NewerFormat, StorageFull, StorageError; then nothing changed.
        """
        upto, later, seen, told = self._hosts.get(host, [0, [], 0, 0])
        has_it = session_id <= upto or session_id in later
        if has_it and not told and not _is_news(seen, now_unix_s):
            return
        upto, later = _advance(upto, later if has_it else later + [session_id], present)
        self._keep(host, [upto, later, _later(seen, now_unix_s), 0], now_unix_s)

    def see(self, host: str, now_unix_s: int) -> None:
        """Note that a known desktop is there, though there was nothing to copy. Raises StorageError."""
        upto, later, seen, told = self._hosts[host]
        if told or _is_news(seen, now_unix_s):
            self._keep(host, [upto, later, _later(seen, now_unix_s), 0], now_unix_s)

    def __contains__(self, host: str) -> bool:
        return host in self._hosts

    def room_for(self, host: str) -> bool:
        """Whether this desktop is known or may still become so."""
        return host in self or len(self._hosts) < HOSTS_MAX

    def forget(self, host: str) -> None:
        """Count a desktop no longer. Raises StorageError; then nothing changed."""
        self._keep(host, None)

    def hosts(self) -> list:
        """(desktop, last seen unix_s or 0) of each known one."""
        return [(host, entry[2]) for host, entry in self._hosts.items()]

    def absent(self, now_unix_s: int) -> list:
        """Desktops not seen for ABSENT_S; none while the time is not known, nor one last seen at an unknown time."""
        return [host for host, seen in self.hosts() if seen and now_unix_s - seen >= ABSENT_S]

    def tell_absent(self, now_unix_s: int) -> list:
        """`absent`, about to be told to somebody; from then on they do not count. Raises StorageError."""
        found = self.absent(now_unix_s)
        if [host for host in found if not self._hosts[host][3]]:
            self._save({host: entry[:3] + [int(host in found)] for host, entry in self._hosts.items()})
        return found

    def gone(self, now_unix_s: int) -> list:
        """Desktops that count no longer: absent still, and that was told."""
        return [host for host in self.absent(now_unix_s) if self._hosts[host][3]]

    def all_have(self, session_id: int, without=(), one_is_enough: bool = False) -> bool:
        """Whether at least one desktop is known, and each but those in `without` has the session.

        Args:
            session_id: the session.
            without: desktops that do not count.
            one_is_enough: whether one of those that count suffices.
        """
        counted = [self._hosts[host] for host in self._hosts if host not in without]
        having = [entry for entry in counted if session_id <= entry[0] or session_id in entry[1]]
        return bool(having) and (one_is_enough or len(having) == len(counted))

    def _keep(self, host: str, entry, now_unix_s: int = 0) -> None:
        """Keep an entry. Of a desktop last seen at an unknown time, absence is counted from the first known one on."""
        hosts = {}
        for other, kept in self._hosts.items():
            hosts[other] = kept[:2] + [kept[2] or now_unix_s, kept[3]]
        if entry is None:
            hosts.pop(host, None)
        else:
            hosts[host] = entry
        self._save(hosts)

    def _save(self, hosts: dict) -> None:
        self._slots.save(json.dumps({"hosts": hosts}).encode())
        self._hosts = hosts

    def clear(self) -> None:
        """Forget every desktop. Raises StorageError; then nothing changed."""
        self._save({})


def is_name(host) -> bool:
    """Whether a desktop may call itself so: 1 to NAME_MAX printable ASCII characters."""
    return isinstance(host, str) and 0 < len(host) <= NAME_MAX and not [c for c in host if not " " < c <= "~"]


def _is_news(seen_unix_s: int, now_unix_s: int) -> bool:
    """Whether this meeting changes what is kept of the last one; at an unknown time, that its time is unknown."""
    return now_unix_s - seen_unix_s >= SEEN_STEP_S if now_unix_s else seen_unix_s != 0


def _later(seen_unix_s: int, now_unix_s: int) -> int:
    """When a desktop was seen that is here now: unknown now is unknown, however long ago the last time was."""
    return max(seen_unix_s, now_unix_s) if now_unix_s else 0


def _advance(upto: int, later: list, present):
    """Move the mark over all that is had without a hole, and forget sessions that are gone."""
    for session_id in present:
        if session_id <= upto:
            continue
        if session_id not in later:
            break
        upto = session_id
    return upto, [session_id for session_id in later if session_id > upto and session_id in present]

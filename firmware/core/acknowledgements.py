"""Which desktop has which session. A session may go only when every desktop known here has it."""

import json

from . import slots

HOSTS_MAX = 8
NAME_MAX = 32
SEEN_STEP_S = 86400
UNKNOWN_HOST = (
    "?"  # stands for the desktops that a damaged memory forgot: it has nothing, so nothing is dropped
)
VERSION = 1


class Acknowledgements:
    """{desktop: sessions it has}, kept in two slots.

    Of each desktop it keeps the last session up to which it has everything that is on the tool, the later
    ones it has, and when it was last seen (unix_s, 0 unknown, in steps of a day).
    """

    def __init__(self, root: str, fs=None):
        self._slots = slots.TwoSlots(root, "acks", VERSION, fs)
        self._hosts = {}

    def load(self) -> None:
        """Read what was kept. Raises NewerFormat, StorageError."""
        payload = self._slots.load()
        if payload is not None:
            self._hosts = json.loads(payload)["hosts"]
        elif self._slots.damaged:
            self._hosts = {UNKNOWN_HOST: [0, [], 0]}

    def add(self, host: str, session_id: int, present, now_unix_s: int) -> None:
        """Note, for good, that a desktop has a session.

        Args:
            host: the desktop's id.
            session_id: the session.
            present: rising ids of all session files on the tool, readable or not.
            now_unix_s: the time, 0 when not known.

        Raises NewerFormat, StorageFull, StorageError; then nothing changed.
        """
        upto, later, seen = self._hosts.get(host, [0, [], 0])
        has_it = session_id <= upto or session_id in later
        if has_it and abs(now_unix_s - seen) < SEEN_STEP_S:
            return
        upto, later = _advance(upto, later if has_it else later + [session_id], present)
        self._keep(host, [upto, later, now_unix_s or seen])

    def room_for(self, host: str) -> bool:
        """Whether this desktop is known or may still become so."""
        return host in self._hosts or len(self._hosts) < HOSTS_MAX

    def forget(self, host: str) -> None:
        """Count a desktop no longer. Raises StorageError; then nothing changed."""
        if host in self._hosts:
            self._keep(host, None)

    def hosts(self) -> list:
        """(desktop, last seen unix_s or 0) of each known one."""
        return [(host, entry[2]) for host, entry in self._hosts.items()]

    def all_have(self, session_id: int, without=()) -> bool:
        """Whether at least one desktop is known, and each but those in `without` has the session."""
        counted = [self._hosts[host] for host in self._hosts if host not in without]
        return bool(counted) and all(
            session_id <= upto or session_id in later for upto, later, _seen in counted
        )

    def _keep(self, host: str, entry) -> None:
        hosts = dict(self._hosts)
        if entry is None:
            del hosts[host]
        else:
            hosts[host] = entry
        self._slots.save(json.dumps({"hosts": hosts}).encode())
        self._hosts = hosts


def is_name(host) -> bool:
    """Whether a desktop may call itself so: 1 to NAME_MAX printable ASCII characters."""
    return isinstance(host, str) and 0 < len(host) <= NAME_MAX and not [c for c in host if not " " < c <= "~"]


def _advance(upto: int, later: list, present):
    """Move the mark over all that is had without a hole, and forget sessions that are gone."""
    for session_id in present:
        if session_id <= upto:
            continue
        if session_id not in later:
            break
        upto = session_id
    return upto, [session_id for session_id in later if session_id > upto and session_id in present]

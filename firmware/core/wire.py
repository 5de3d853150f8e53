"""Groups, commands and error codes of the wire (SMP), and the paths of files on the tool.

Plain module: MicroPython and CPython import the same file.
"""

PROTOCOL_MIN = 1
PROTOCOL_MAX = 1

OP_READ = 0
OP_READ_REPLY = 1
OP_WRITE = 2
OP_WRITE_REPLY = 3

GROUP_OS = 0
OS_ECHO = 0
OS_DATETIME = 4
OS_RESET = 5
OS_PARAMETERS = 6
OS_INFO = 7

GROUP_SETTINGS = 3
SETTINGS_READ_WRITE = 0
SETTINGS_DELETE = 1
SETTINGS_COMMIT = 2
SETTINGS_LOAD_SAVE = 3

GROUP_FILES = 8
FILES_TRANSFER = 0
FILES_STATUS = 1
FILES_HASH = 2
FILES_HASH_TYPES = 3
FILES_CLOSE = 4

GROUP_TOOL = 65
TOOL_HELLO = 0
TOOL_SESSIONS = 1
TOOL_ACKNOWLEDGE = 2
TOOL_STATE = 3
TOOL_SAMPLES = 4
TOOL_TARE = 5
TOOL_REFUSAL = 6
TOOL_CALIBRATE = 7
TOOL_CALIBRATION = 8
TOOL_HEALTH = 9
TOOL_SELF_TEST = 10
TOOL_SYMPTOM = 11
TOOL_USERS = 12
TOOL_FACTORY_RESET = 13
TOOL_HOSTS = 14
TOOL_PAIR = 15
TOOL_CHALLENGE = 16
TOOL_PROVE = 17
TOOL_SEALED = 18

# MGMT_ERR_* of the SMP specification, for replies {"rc": n}.
MGMT_OK = 0
MGMT_UNKNOWN = 1
MGMT_NO_MEMORY = 2
MGMT_INVALID = 3
MGMT_TIMEOUT = 4
MGMT_NO_ENTRY = 5
MGMT_BAD_STATE = 6
MGMT_TOO_LARGE = 7
MGMT_NOT_SUPPORTED = 8
MGMT_CORRUPT = 9
MGMT_BUSY = 10
MGMT_ACCESS_DENIED = 11

# Codes of the tool's own group, for replies {"err": {"group": 65, "rc": n}}.
ERR_OK = 0
ERR_UNKNOWN = 1
ERR_BUSY_CONTACT = 2
ERR_BUSY_SESSION = 3
ERR_NOT_STILL = 4
ERR_ZERO_OFF = 5
ERR_INVALID = 6
ERR_REFUSED = 7
ERR_NO_SESSION = 8
ERR_DIGEST = 9
ERR_STORAGE = 10
ERR_FULL = 11
ERR_NEWER_FORMAT = 12
ERR_SENSOR = 13
ERR_HOSTS_FULL = 14
ERR_CALIBRATING = 20
ERR_ORDER = 21
ERR_NO_CELL = 22
ERR_NO_HOST = 60
ERR_CABLE_ONLY = 70
ERR_KEY_NEEDED = 71
ERR_KEY_WRONG = 72
ERR_KEY_WAIT = 73
ERR_CHALLENGE = 74
ERR_KEYS_FULL = 75
ERR_NOT_PAIRED = 76
ERR_NO_RADIO = 77

BUSY_TEXTS = {
    ERR_BUSY_CONTACT: "the tip is in contact; lift the tool and try again",
    ERR_BUSY_SESSION: "a session is running; end it and try again",
}
"""What a refusal in contact and in a session says; the other codes are told by core/wire_texts.py."""

CALIBRATE_BEGIN = "begin"
CALIBRATE_CANCEL = "cancel"

LATENCY_EDGES_US = (200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000)
"""Upper bounds of the buckets in which the watch counts how long it takes; one more bucket holds the rest."""

PATH_SESSIONS = "/sessions"
PATH_ROUTINE = "/routine"
ROUTINE_MAX_BYTES = 4096
SESSION_SUFFIX = ".gps"

PIECE_OVERHEAD = 40
"""Bytes of a download's longest reply that are not of the file: header, keys, offset and length take no more."""


def session_path(session_id: int) -> str:
    """Path of a session's file over the wire and in the tool's file system, for example /sessions/00000007.gps."""
    return "%s/%08d%s" % (PATH_SESSIONS, session_id, SESSION_SUFFIX)

"""Points of the face that a step may name, and those that are refused by name.

Names and codes are the field's own; where they lie is told in docs/points.md. Plain module, shared with the desktop.
"""

from . import ids

# id: (code, name, zone, pair)   pair: True = left and right, False = on the midline.
WHOLE_ZONE = 0
POINTS = {
    WHOLE_ZONE: ("", "whole zone", ids.ZONE_NONE, True),
    1: ("EX-HN3", "Yintang", ids.FOREHEAD, False),
    2: ("GB14", "Yangbai", ids.FOREHEAD, True),
    3: ("SI18", "Quanliao", ids.CHEEKS, True),
    4: ("ST7", "Xiaguan", ids.CHEEKS, True),
    5: ("LI20", "Yingxiang", ids.SMILE_LINES, True),
    6: ("ST3", "Juliao", ids.SMILE_LINES, True),
    7: ("ST4", "Dicang", ids.SMILE_LINES, True),
    8: ("CV24", "Chengjiang", ids.SMILE_LINES, False),
    9: ("ST6", "Jiache", ids.JAWLINE, True),
    10: ("BL2", "Cuanzhu", ids.CROWS_FEET, True),
    11: ("EX-HN4", "Yuyao", ids.CROWS_FEET, True),
    12: ("TE23", "Sizhukong", ids.CROWS_FEET, True),
    13: ("EX-HN5", "Taiyang", ids.CROWS_FEET, True),
    14: ("GB1", "Tongziliao", ids.CROWS_FEET, True),
    15: ("ST2", "Sibai", ids.CHEEKS, True),
    16: ("ST5", "Daying", ids.JAWLINE, True),
    17: ("GB20", "Fengchi", ids.NECK, True),
}

# Points over a nerve exit or an artery take seven tenths of their zone's forces (docs/limits.md, reduced points).
REDUCED = (15, 16)

# Never in a routine, whoever asks: code -> why (docs/points.md, points that are never pressed).
FORBIDDEN = {
    "ST1": "it lies on the edge of the eye socket, under the eyeball",
    "BL1": "it lies in the inner corner of the eye",
    "LI19": "it lies under the nostril",
    "GV26": "it lies between nose and upper lip",
    "TE17": "it lies behind the ear lobe, over the facial nerve",
    "TE21": "it lies in front of the ear, over an artery",
    "TE22": "it lies on the temple artery",
    "ST9": "it lies on the carotid artery",
    "SI17": "it lies on the neck, over the carotid artery",
    "TE16": "it lies on the side of the neck, near the carotid artery",
    "LI18": "it lies on the side of the neck, near the carotid artery",
}

_NAMES_FORBIDDEN = {
    "chengqi": "ST1",
    "jingming": "BL1",
    "kouheliao": "LI19",
    "heliao": "LI19",
    "shuigou": "GV26",
    "renzhong": "GV26",
    "yifeng": "TE17",
    "ermen": "TE21",
    "erheliao": "TE22",
    "renying": "ST9",
    "tianrong": "SI17",
    "tianyou": "TE16",
    "futu": "LI18",
}


def _plain(text: str) -> str:
    return "".join([c for c in text.lower() if c.isalpha() or c.isdigit()])


def find(text: str) -> int:
    """Id of the point with this code or name ("GB14", "gb 14", "Yangbai"), or -1 when no table has it."""
    wanted = _plain(text)
    for point, (code, name, _zone, _pair) in POINTS.items():
        if point and wanted in (_plain(code), _plain(name)):
            return point
    return -1


def why_forbidden(text: str) -> str:
    """Why the point with this code or name may not be pressed; an empty text when it is not a forbidden one."""
    wanted = _plain(text)
    code = _NAMES_FORBIDDEN.get(wanted, "")
    for forbidden in FORBIDDEN:
        if wanted == _plain(forbidden):
            code = forbidden
    return FORBIDDEN.get(code, "")

"""The routine of a tool that nobody has given another one: five gentle minutes over the whole face."""

_POINTS = (
    ("forehead", "Yintang", ("midline",), 6000),
    ("forehead", "Yangbai", ("left", "right"), 6000),
    ("crows_feet", "Taiyang", ("left", "right"), 5000),
    ("smile_lines", "Yingxiang", ("left", "right"), 6000),
    ("cheeks", "Quanliao", ("left", "right"), 6000),
    ("jawline", "Jiache", ("left", "right"), 6000),
)

ROUTINE = {
    "format": 1,
    "name": "Gentle start",
    "about": "Whole face in five minutes, two short presses a point.",
    "session_ms": 300000,
    "steps": [
        {"zone": zone, "side": side, "point": point, "hold_ms": hold_ms, "presses": 2}
        for zone, point, sides, hold_ms in _POINTS
        for side in sides
    ],
}

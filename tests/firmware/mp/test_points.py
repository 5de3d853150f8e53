"""Points that are never pressed: refused by code and by name, with the reason, in any spelling."""

from core import ids, limits, points, routine

NEVER = ("ST1", "BL1", "LI19", "GV26", "TE17", "TE21", "TE22", "ST9", "SI17", "TE16", "LI18")
NAMES = {
    "Chengqi": "ST1",
    "Jingming": "BL1",
    "Kouheliao": "LI19",
    "Heliao": "LI19",
    "Shuigou": "GV26",
    "Renzhong": "GV26",
    "Yifeng": "TE17",
    "Ermen": "TE21",
    "Erheliao": "TE22",
    "Renying": "ST9",
    "Tianrong": "SI17",
    "Tianyou": "TE16",
    "Futu": "LI18",
}


def refusals(word, zone="neck"):
    step = {"zone": zone, "side": "left", "point": word}
    found, problems = routine.check({"format": 1, "name": "x", "steps": [step]})
    assert found is None
    return [problem.rule for problem in problems if problem.field == "steps[1].point"]


def test_each_is_refused_by_code_and_name_with_its_reason():
    assert sorted(points.FORBIDDEN) == sorted(NEVER)
    words = [(code, code) for code in NEVER] + list(NAMES.items())
    for word, code in words:
        for spelling in (
            word,
            word.lower(),
            word.upper(),
            word[:2] + " " + word[2:],
            word[:2] + "-" + word[2:],
        ):
            wanted = "this point is never pressed: " + points.FORBIDDEN[code]
            assert refusals(spelling) == [wanted], spelling


def test_none_of_them_is_in_the_table():
    for code, name, _zone, _pair in points.POINTS.values():
        assert points.why_forbidden(code) == "" and points.why_forbidden(name) == "", code
    for word in list(NEVER) + list(NAMES):
        assert points.find(word) == -1, word


def test_the_neck_has_its_back_only():
    allowed = [row[0] for row in points.POINTS.values() if row[2] == ids.NECK]
    assert allowed == ["GB20"] and ids.NECK in limits.OPT_IN_ZONES

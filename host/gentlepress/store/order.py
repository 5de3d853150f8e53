"""The order in which sessions were pressed, also of those without a date. SQL that SQLite and PostgreSQL understand.

Numbers of one tool rise. So a session without a date lies between the dated ones before and after it on its tool, and
before the time at which it was copied. It is sorted as late as that allows; this is a place, and never shown as a date.
"""

FROM = " FROM sessions s JOIN tools t ON t.id = s.tool_id"
UNDATED = "SELECT 1 FROM sessions WHERE start_utc_s IS NULL LIMIT 1"

# All names are this module's own.
# ruff: noqa: S608

# Numbers of the dated sessions next to each session, itself included, on its tool.
_NEXT_TO = (
    "SELECT id, tool_id, stored_s, start_utc_s,"
    " max(CASE WHEN start_utc_s IS NULL THEN NULL ELSE session_id END) OVER (PARTITION BY tool_id"
    " ORDER BY session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before_id,"
    " min(CASE WHEN start_utc_s IS NULL THEN NULL ELSE session_id END) OVER (PARTITION BY tool_id"
    " ORDER BY session_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS after_id FROM sessions"
)
# Of the sessions that have the same one next to them only that one is dated.
_BETWEEN = (
    "SELECT id, stored_s, start_utc_s,"
    " max(start_utc_s) OVER (PARTITION BY tool_id, before_id) AS before_s,"
    " max(start_utc_s) OVER (PARTITION BY tool_id, after_id) AS after_s"
    f" FROM ({_NEXT_TO}) next_to"
)
_LATEST = (
    "SELECT id, start_utc_s, before_s,"
    " CASE WHEN after_s < stored_s THEN after_s ELSE stored_s END AS latest_s"
    f" FROM ({_BETWEEN}) between_dates"
)
_PLACES = (
    "SELECT id, CASE WHEN start_utc_s IS NOT NULL THEN start_utc_s WHEN before_s > latest_s THEN before_s"
    f" ELSE latest_s END AS place_s FROM ({_LATEST}) latest"
)
FROM_PLACED = f"{FROM} JOIN ({_PLACES}) p ON p.id = s.id"


def order_by(*, placed: bool, newest_first: bool) -> str:
    """ORDER BY of sessions that are selected from FROM_PLACED, or, when all are dated, from FROM."""
    way = " DESC" if newest_first else ""
    return f" ORDER BY {'p.place_s' if placed else 's.start_utc_s'}{way}, s.session_id{way}, s.id{way}"

"""The tool's list of sessions: pages, several of them on their way at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gentlepress.firmware.core import wire
from gentlepress.replies import SessionEntry, check_rising
from gentlepress.reply_fields import Fields
from gentlepress.smp.session import Request, Session
from gentlepress.transfer import checked

LIST_MOST = 16
LIST_CEILING = 100_000
AT_ONCE_MAX = 64
_WHAT = "its sessions"

Page = tuple[list[SessionEntry], bool]


def list_sessions(session: Session, after: int, last: int) -> list[SessionEntry]:
    """Closed sessions with a number above `after`, rising.

    Args:
        session: the conversation.
        after: the number.
        last: what the tool said to be its last one. Numbers mostly follow one another, so that it is known where the
            pages begin; where they do not, each is asked for when the one before it is here.
    """
    starts = range(after, max(last, after + 1), LIST_MOST)[:AT_ONCE_MAX]
    pages = dict(zip(starts, _pages(session, starts), strict=True))
    entries: list[SessionEntry] = []
    while True:
        page, more = pages.get(after) or next(_pages(session, [after]))
        entries += page
        if not page or not more or len(entries) > LIST_CEILING:
            return entries
        after = page[-1].id


def _pages(session: Session, starts: range | list[int]) -> Iterator[Page]:
    asked = (
        Request(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_SESSIONS, {"after": after, "most": LIST_MOST})
        for after in starts
    )
    for after, body in zip(starts, session.request_many(asked), strict=True):
        yield _page(after, checked(body, _WHAT))


def _page(after: int, body: dict[str, Any]) -> Page:
    fields = Fields("sessions", body)
    page = [SessionEntry.read(item) for item in fields.maps("sessions")]
    check_rising(after, page)
    return page, bool(fields.integer("more", 0, 1, 0))

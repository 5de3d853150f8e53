"""Questions to the database that change nothing: plain SQL, asked of SQLite alone or through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Self

from gentlepress.errors import SessionUnknown, UsageError
from gentlepress.record_reader import read_session
from gentlepress.store.order import FROM, FROM_PLACED, UNDATED, order_by
from gentlepress.store.rows import (
    SESSION_FIELDS,
    SUMMARY_COLUMNS,
    TOOL_FIELDS,
    OwnerRow,
    SessionRow,
    StoredSession,
    ToolRow,
    row_of_session,
)

_SELECTED = ", ".join((*SESSION_FIELDS, *(f"s.{name}" for name in SUMMARY_COLUMNS)))
_OF_OWNER = (
    "EXISTS (SELECT 1 FROM tool_owners o JOIN owners w ON w.id = o.owner_id"
    " WHERE o.tool_id = s.tool_id AND (o.slot = 0 OR o.slot = s.user_slot) AND w.name = :owner)"
)
_TOOLS = f"SELECT t.id, {TOOL_FIELDS} FROM tools t ORDER BY t.last_seen_s DESC, t.id DESC"  # noqa: S608  (own names)


class Reading:
    """What can be asked of a database of sessions, whoever holds it open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        raise NotImplementedError

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        """Rows of a query; `values` are its names after colons."""
        raise NotImplementedError

    def snapshot(self) -> AbstractContextManager[object]:
        """All that is asked within it is of one moment."""
        raise NotImplementedError

    def tools(self) -> list[ToolRow]:
        """Tools that were synced, the last one first."""
        with self.snapshot():
            owners = self._owners_of_tools()
            rows = self._rows(_TOOLS)
        return [
            ToolRow(*row[1:], owners=tuple((name, slot) for name, slot in owners.get(row[0], [])))
            for row in rows
        ]

    def owners(self) -> list[OwnerRow]:
        """People and their tools, by name."""
        with self.snapshot():
            names = [name for (name,) in self._rows("SELECT name FROM owners ORDER BY name")]
            tools = self._rows(
                "SELECT w.name, t.device_id, t.name, o.slot FROM tool_owners o JOIN owners w ON w.id = o.owner_id"
                " JOIN tools t ON t.id = o.tool_id ORDER BY t.name, t.device_id"
            )
        return [OwnerRow(name, tuple(tuple(row[1:]) for row in tools if row[0] == name)) for name in names]

    def sessions(
        self,
        device_id: str | None = None,
        newest_first: bool = True,
        limit: int | None = None,
        owner: str | None = None,
        deleted: bool = False,
    ) -> list[SessionRow]:
        """Sessions in the order in which they were pressed.

        Args:
            device_id: of one tool only.
            newest_first: the last one first.
            limit: at most so many.
            owner: of one person only.
            deleted: those in the bin instead of the others.
        """
        where, values = _where(device_id, owner, deleted=deleted)
        if limit is not None:
            values["most"] = limit
        with self.snapshot():
            owners = self._owners_of_tools()
            rows = self._ordered(where, values, newest_first=newest_first)
        return [row_of_session(row, owners) for row in rows]

    def count(self, device_id: str | None = None, owner: str | None = None, deleted: bool = False) -> int:
        """How many sessions there are, of one tool or one person if they are named."""
        where, values = _where(device_id, owner, deleted=deleted)
        return int(self._rows(f"SELECT count(*){FROM}{where}", **values)[0][0])

    def counts(self) -> dict[str, int]:
        """{tool: sessions that are here and not in the bin}."""
        return dict(
            self._rows(f"SELECT t.device_id, count(*){FROM} WHERE s.deleted_s IS NULL GROUP BY t.device_id")
        )

    def session(self, session_id: int, device_id: str | None = None) -> StoredSession:
        """A session in full, by its number on the tool.

        Raises:
            SessionUnknown: there is none, or it is in the bin.
            UsageError: several tools have one with this number and `device_id` is not given.
        """
        where, values = _where(device_id, None, deleted=None)
        with self.snapshot():
            found = self._rows(
                f"SELECT {_SELECTED}{FROM}{where} AND s.session_id = :number", number=session_id, **values
            )
            return self._stored(_only(found, session_id))

    def latest(self, device_id: str | None = None, owner: str | None = None) -> StoredSession:
        """The newest session. Raises SessionUnknown when there is none."""
        where, values = _where(device_id, owner, deleted=False)
        with self.snapshot():
            found = self._ordered(where, values | {"most": 1})
            if not found:
                raise SessionUnknown(
                    "The database holds no session yet.", "Copy sessions first: gentlepress sync"
                )
            return self._stored(found[0])

    def files(self, rows: list[SessionRow]) -> Iterator[tuple[SessionRow, bytes]]:
        """Sessions with the bytes of their files, a few hundred at a time.

        Args:
            rows: from `sessions`.
        """
        for at in range(0, len(rows), 200):
            some = rows[at : at + 200]
            names = {f"key{number}": row.key for number, row in enumerate(some)}
            keys = ", ".join(f":{name}" for name in names)
            found = dict(
                self._rows(
                    f"SELECT session_key, data FROM session_files WHERE session_key IN ({keys})",  # noqa: S608
                    **names,
                )
            )
            yield from ((row, bytes(found[row.key])) for row in some if row.key in found)

    def neighbours(self, row: SessionRow) -> tuple[SessionRow | None, SessionRow | None]:
        """The last dated session before a session on its tool, and the first one after it, None where there is none."""
        where, values = _where(row.device_id, None, deleted=None)
        sql = f"SELECT {_SELECTED}{FROM}{where} AND s.start_utc_s IS NOT NULL AND s.session_id"
        values["number"] = row.session_id
        before = self._rows(f"{sql} < :number ORDER BY s.session_id DESC LIMIT 1", **values)
        after = self._rows(f"{sql} > :number ORDER BY s.session_id LIMIT 1", **values)
        return row_of_session(before[0], {}) if before else None, row_of_session(
            after[0], {}
        ) if after else None

    def erased(self) -> list[tuple[str, int, int]]:
        """(tool, number, CRC-32) of the sessions that were erased here for good."""
        found = self._rows(
            "SELECT t.device_id, d.session_id, d.crc FROM deleted_sessions d JOIN tools t ON t.id = d.tool_id"
        )
        return [(device_id, number, crc) for device_id, number, crc in found]

    def reports(self) -> list[tuple[int, str, str, str | None, int | None]]:
        """(when, kind, names, tool that was told, when) of checks and warning signs."""
        found = self._rows("SELECT at_s, kind, names, device_id, told_s FROM reports ORDER BY id")
        return [(at_s, kind, names, device_id, told_s) for at_s, kind, names, device_id, told_s in found]

    def known_host_id(self) -> str:
        """Identity of this desktop towards the tools; an empty text before the first sync."""
        found = self._rows("SELECT value FROM meta WHERE name = 'host_id'")
        return str(found[0][0]) if found else ""

    def tool_id(self, text: str) -> str:
        """Number of the tool that a person means: by its number, the beginning of it, or its name.

        Raises:
            UsageError: none or several fit.
        """
        tools = self.tools()
        wanted = text.strip().lower()
        exact = [tool for tool in tools if tool.device_id == wanted]
        near = [
            tool
            for tool in tools
            if wanted and (tool.device_id.startswith(wanted) or tool.name.lower() == wanted)
        ]
        found = exact or near
        if len(found) == 1:
            return found[0].device_id
        said = ", ".join(f"{tool.device_id} ({tool.name})" for tool in found or tools) or "none yet"
        why = "several tools fit" if found else "no such tool was ever synced"
        raise UsageError(f"tool = {text[:40]!r}: {why}.", f"There are: {said}.")

    def owner_name(self, text: str) -> str:
        """The name of a person as it was first written.

        Raises:
            UsageError: nobody is called so.
        """
        names = [name for (name,) in self._rows("SELECT name FROM owners ORDER BY name")]
        for name in names:
            if name.lower() == text.strip().lower():
                return str(name)
        raise UsageError(
            f"owner = {text[:64]!r}: nobody is called so here.",
            f"There are: {', '.join(names)}."
            if names
            else "Add somebody: gentlepress owners add NAME --tool ID",
        )

    def _ordered(self, where: str, values: dict[str, Any], *, newest_first: bool = True) -> list[Any]:
        """Rows of sessions in their order; at most `values["most"]` if that is there."""
        placed = bool(self._rows(UNDATED))
        sql = f"SELECT {_SELECTED}{FROM_PLACED if placed else FROM}{where}"
        sql += order_by(placed=placed, newest_first=newest_first) + (
            " LIMIT :most" if "most" in values else ""
        )
        return self._rows(sql, **values)

    def _owners_of_tools(self) -> dict[int, list[tuple[str, int]]]:
        """{key of a tool: (name, slot) of its owners}."""
        found: dict[int, list[tuple[str, int]]] = {}
        for tool, name, slot in self._rows(
            "SELECT o.tool_id, w.name, o.slot FROM tool_owners o JOIN owners w ON w.id = o.owner_id ORDER BY w.name"
        ):
            found.setdefault(tool, []).append((name, slot))
        return found

    def _stored(self, found: Any) -> StoredSession:
        row = row_of_session(found, self._owners_of_tools())
        [(data,)] = self._rows("SELECT data FROM session_files WHERE session_key = :key", key=row.key)
        return StoredSession(row, read_session(bytes(data)), bytes(data))


def _where(device_id: str | None, owner: str | None, *, deleted: bool | None) -> tuple[str, dict[str, Any]]:
    """WHERE of sessions, and its values; `deleted` None takes both kinds."""
    parts = ["1 = 1" if deleted is None else f"s.deleted_s IS {'NOT ' if deleted else ''}NULL"]
    values: dict[str, Any] = {}
    if device_id is not None:
        parts.append("t.device_id = :device")
        values["device"] = device_id
    if owner is not None:
        parts.append(_OF_OWNER)
        values["owner"] = owner
    return f" WHERE {' AND '.join(parts)}", values


def _only(found: list[Any], session_id: int) -> Any:
    rows = [row_of_session(row, {}) for row in found]
    kept = [pair for pair in zip(rows, found, strict=True) if pair[0].deleted is None]
    if len(kept) == 1:
        return kept[0][1]
    if kept:
        names = ", ".join(f"{row.device_id} ({row.tool_name})" for row, _found in kept)
        raise UsageError(
            f"Session {session_id} is there from several tools: {names}.", "Name one of them with --tool."
        )
    if rows:
        raise SessionUnknown(
            f"Session {session_id} was deleted.", f"Bring it back: gentlepress undelete {session_id}"
        )
    raise SessionUnknown(
        f"The database holds no session {session_id}.", "List what there is: gentlepress sessions"
    )

"""Whose the tools are: people, and the slots of a shared tool that are theirs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from gentlepress.errors import UsageError
from gentlepress.store.database import now_s
from gentlepress.store.models import Owner, Tool, ToolOwner
from gentlepress.store.transacting import Transacting

NAME_MAX = 64


class Owners(Transacting):
    """The part of the store that keeps owners; see `store.Store`."""

    def give(self, name: str, device_id: str | None, slot: int = 0) -> str:
        """Note that a tool, or a slot of it, is a person's; the person is added if need be.

        Args:
            name: of the person, in any spelling of its letters' case.
            device_id: of a known tool; None only adds the person.
            slot: of the tool, 1 to 4; 0 for all of its sessions.

        Returns:
            the name as it was first written.
        """
        with self.transaction() as database:
            owner = _owner(database, name) or _new(database, name)
            if device_id is not None:
                tool = database.scalars(select(Tool).where(Tool.device_id == device_id)).one()
                database.merge(ToolOwner(tool_id=tool.id, owner_id=owner.id, slot=slot))
            return owner.name

    def take(self, name: str, device_id: str) -> None:
        """Note that a tool is a person's no longer. The sessions stay.

        Args:
            name: of the person.
            device_id: of the tool.

        Raises:
            UsageError: it was not.
        """
        with self.transaction() as database:
            owner = _known(database, name)
            tool = database.scalars(select(Tool).where(Tool.device_id == device_id)).one()
            held = database.get(ToolOwner, (tool.id, owner.id))
            if held is None:
                raise UsageError(
                    f"tool = {device_id}: it is not {owner.name}'s.", "See whose it is: gentlepress tools"
                )
            database.delete(held)

    def remove_owner(self, name: str) -> None:
        """Forget a person. Their tools and sessions stay.

        Args:
            name: of the person.

        Raises:
            UsageError: nobody is called so.
        """
        with self.transaction() as database:
            owner = _known(database, name)
            for held in database.scalars(select(ToolOwner).where(ToolOwner.owner_id == owner.id)):
                database.delete(held)
            database.flush()
            database.delete(owner)


def _owner(database: Database, name: str) -> Owner | None:
    wanted = name.strip().casefold()
    return next((owner for owner in database.scalars(select(Owner)) if owner.name.casefold() == wanted), None)


def _known(database: Database, name: str) -> Owner:
    owner = _owner(database, name)
    if owner is None:
        names = ", ".join(database.scalars(select(Owner.name).order_by(Owner.name)))
        raise UsageError(
            f"owner = {name[:NAME_MAX]!r}: nobody is called so here.",
            f"There are: {names}." if names else "Add somebody: gentlepress owners add NAME",
        )
    return owner


def _new(database: Database, name: str) -> Owner:
    plain = name.strip()
    if not plain or len(plain) > NAME_MAX or not plain.isprintable() or set(plain) & set(";()"):
        raise UsageError(
            f"owner = {name[:NAME_MAX]!r}: a name has 1 to {NAME_MAX} printable characters, and none of ; ( ).",
            "Choose another name.",
        )
    owner = Owner(name=plain, since_s=now_s())
    database.add(owner)
    database.flush()
    return owner

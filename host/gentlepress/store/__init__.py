"""The database of sessions on the desktop."""

from gentlepress.store.database import user_data_db
from gentlepress.store.store import SessionRow, Store, StoredSession, ToolRow, open_store

__all__ = ["SessionRow", "Store", "StoredSession", "ToolRow", "open_store", "user_data_db"]

"""Sessions out of the database and back: CSV, JSON Lines, Parquet. The formats are in docs/history.md."""

from gentlepress.exchange.reading import read_export
from gentlepress.exchange.writing import FORMATS, write_export

__all__ = ["FORMATS", "read_export", "write_export"]

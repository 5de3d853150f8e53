"""A session for people: the table of its steps, and the force-time chart as HTML or PNG."""

from gentlepress.report.table import facts, steps_table, write_chart

__all__ = ["facts", "steps_table", "write_chart"]

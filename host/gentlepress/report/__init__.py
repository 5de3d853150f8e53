"""A session for people: the table of its steps, and the force-time chart as HTML or PNG."""

from gentlepress.report.chart import write_png
from gentlepress.report.page import write_html
from gentlepress.report.table import facts, steps_table, write_chart

__all__ = ["facts", "steps_table", "write_chart", "write_html", "write_png"]

"""Checks before a session and reports of warning signs, in the database."""

from __future__ import annotations

from sqlalchemy import select

from gentlepress.store.database import now_s
from gentlepress.store.models import KIND_SYMPTOM, Report
from gentlepress.store.transacting import Transacting


class Reports(Transacting):
    """The part of the store that keeps what a person reports of themselves; see `store.Store`."""

    def add_report(self, kind: str, names: list[str], at_s: int | None = None) -> int:
        """Keep a check or a report.

        Args:
            kind: models.KIND_CHECK or KIND_SYMPTOM.
            names: what is true, by their names of `before_pressing`; none for a check without a find.
            at_s: when, in seconds since 1970; by default now.

        Returns:
            its number.
        """
        with self.transaction() as database:
            report = Report(kind=kind, names=",".join(names), at_s=now_s() if at_s is None else at_s)
            database.add(report)
            database.flush()
            return report.id

    def mark_told(self, number: int, device_id: str) -> None:
        """Note that a tool was told.

        Args:
            number: of the report.
            device_id: of the tool.
        """
        with self.transaction() as database:
            report = database.get_one(Report, number)
            report.device_id, report.told_s = device_id, now_s()

    def waiting_reports(self, since_s: int) -> list[tuple[int, list[str]]]:
        """(number, names) of warning signs that no tool was told of.

        Args:
            since_s: reported after this time, in seconds since 1970.
        """
        with self.transaction() as database:
            query = select(Report).where(
                Report.kind == KIND_SYMPTOM, Report.told_s.is_(None), Report.at_s > since_s
            )
            return [
                (report.id, report.names.split(",")) for report in database.scalars(query.order_by(Report.id))
            ]

"""A report as one table in CSV (RFC 4180): what is counted, of what, and the number, one count a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields

from digest.pipeline.report import DomainRow, Report

_COUNTED = tuple(field.name for field in fields(DomainRow) if field.name != "domain")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(report: Report) -> str:
    """The columns `table, name, detail, number`. A spreadsheet takes no cell of it for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("table", "name", "detail", "number"))
    for table, name, detail, number in _rows(report):
        writer.writerow((table, _plain(name), _plain(detail), number))
    return out.getvalue()


def _rows(report: Report) -> Iterator[tuple[str, str, str, int]]:
    for state, number in report.counts.as_json().items():
        yield "counts", state, "", number
    for outcome, number in report.outcomes.items():
        yield "outcomes", outcome, "", number
    for reason in report.reasons:
        yield "reasons", reason.state, reason.reason, reason.number
    for segment, states in report.segments.items():
        for state, number in states.items():
            yield "segments", segment, state, number
    for row in report.domains:
        for name in _COUNTED:
            yield "domains", row.domain, name, getattr(row, name)
    for click in report.clicks:
        yield "clicks", click.title or click.url, "human", click.human
        yield "clicks", click.title or click.url, "scanner", click.scanner
    for kind, number in report.feedback.items():
        yield "feedback", kind, "", number
    yield "readers", "unsubscribes", "", report.unsubscribes
    yield "readers", "complaints", "", report.complaints


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text

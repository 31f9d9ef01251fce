"""A report as one HTML page: tables that a screen reader can read, each number with a small bar beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from digest.models.mail import State
from digest.pipeline.progress import IN_WORDS
from digest.pipeline.report import Report

_STYLE = Markup(
    ":root{color-scheme:light dark;--ink:#1c1917;--quiet:#57534e;--line:#d6d3d1;--paper:#fffdf9;--bar:#9a3412}"
    "@media(prefers-color-scheme:dark){:root{--ink:#f5f0e8;--quiet:#b8b0a4;--line:#44403c;--paper:#1c1a17;"
    "--bar:#f0a37e}}"
    "body{margin:2rem auto;max-width:46rem;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--paper)}h1,h2{font-family:Georgia,serif;font-weight:normal}h1{font-size:30px;margin:0}"
    "h2{font-size:22px;margin:2rem 0 .5rem}p{color:var(--quiet);margin:.25rem 0}"
    "div{overflow-x:auto}table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;font:22px Georgia,serif;padding:2rem 0 .5rem}"
    "th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);font-weight:normal;"
    "vertical-align:top}thead th{color:var(--quiet);font-size:14px}.n{text-align:right;"
    "font-variant-numeric:tabular-nums}svg{display:block}rect{fill:var(--bar)}tfoot th,tfoot td{font-weight:bold}"
)
_PAGE = Markup(
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
    "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
)
_BAR = Markup(
    '<svg aria-hidden="true" width="{whole}" height="12" viewBox="0 0 {whole} 12">'
    '<rect width="{part}" height="12" rx="2"/></svg>'
)
_WIDE = 160


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table: its head, its numbers, and what part of the whole its bar shows."""

    head: str
    cells: Sequence[int | str]
    part: float | None = None


def page(report: Report, publication: str) -> str:
    """The whole document; nothing in it is loaded from elsewhere, and no script runs."""
    parts = [_head(report, publication), _people(report), _reasons(report), _segments(report)]
    parts += [_domains(report), _heard(report), _clicks(report)]
    body = Markup("\n").join(part for part in parts if part)
    return str(_PAGE.format(title=f"{report.edition} · {publication}", style=_STYLE, body=body))


def _head(report: Report, publication: str) -> Markup:
    when = ""
    if report.started:
        when = f"Sent from {report.started:%d %B %Y, %H:%M}" + (
            f" to {report.finished:%H:%M}" if report.finished else ""
        )
    lines = [publication, f"{report.edition}: {report.state}", when]
    said = Markup("").join(Markup("<p>{}</p>\n").format(line) for line in lines if line)
    return Markup("<h1>{}</h1>\n{}").format(report.subject or report.edition, said)


def _people(report: Report) -> Markup:
    total = report.counts.total
    rows = [
        _Row(IN_WORDS[state].capitalize(), [report.counts.of(state)], report.counts.of(state) / total)
        for state in State
        if report.counts.of(state)
    ]
    return _table("Everyone, counted once", ("What became of it", "People"), rows, _Row("Sum", [total]))


def _reasons(report: Report) -> Markup:
    most = max((row.number for row in report.reasons), default=1)
    rows = [
        _Row(row.reason, [IN_WORDS[State(row.state)], row.number], row.number / most) for row in report.reasons[:50]
    ]
    return _table("Why", ("Reason", "What became of it", "People"), rows)


def _segments(report: Report) -> Markup:
    rows = [
        _Row(name, [states.get("accepted", 0), sum(states.values())], _of(states.get("accepted", 0), states.values()))
        for name, states in report.segments.items()
    ]
    return _table("By segment", ("Segment", "Accepted", "People"), rows)


def _domains(report: Report) -> Markup:
    heads = ("Domain", "People", "Accepted", "Will retry", "Failed", "No answer", "Bounced", "Complaints")
    rows = [
        _Row(
            row.domain,
            [row.total, row.accepted, row.deferred, row.rejected, row.unknown, row.bounced, row.complained],
            row.accepted / row.total if row.total else 0.0,
        )
        for row in report.domains
    ]
    return _table("By domain", heads, rows)


def _heard(report: Report) -> Markup:
    counted = dict(report.outcomes) | {"unsubscribed": report.unsubscribes}
    counted |= {"found it useful": report.feedback.get("useful", 0)}
    counted |= {"did not find it useful": report.feedback.get("not_useful", 0)}
    rows = [
        _Row(name.capitalize(), [number], number / max(report.counts.total, 1)) for name, number in counted.items()
    ]
    return _table("Heard since", ("What", "Readers"), [row for row in rows if row.cells != [0]])


def _clicks(report: Report) -> Markup:
    most = max((row.human for row in report.clicks), default=0) or 1
    rows = [_Row(row.title or row.url, [row.human, row.scanner], row.human / most) for row in report.clicks]
    return _table("Clicks", ("Link", "Readers", "Scanners"), rows)


def _of(number: int, whole: Iterable[int]) -> float:
    return number / (sum(whole) or 1)


def _table(caption: str, heads: Sequence[str], rows: Sequence[_Row], foot: _Row | None = None) -> Markup:
    if not rows:
        return Markup("")
    bars = any(row.part is not None for row in rows)
    first = Markup('<th scope="col">{}</th>').format(heads[0])
    numbers = rows[0].cells
    others = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_class(cell), head)
        for head, cell in zip(heads[1:], numbers, strict=True)
    )
    last = Markup('<th scope="col">Share</th>') if bars else Markup("")
    body = Markup("\n").join(_line(row, bars) for row in rows)
    end = Markup("\n<tfoot>{}</tfoot>").format(_line(foot, bars)) if foot else Markup("")
    return Markup(
        "<div><table>\n<caption>{}</caption>\n<thead><tr>{}{}{}</tr></thead>\n<tbody>\n{}\n</tbody>{}\n</table></div>"
    ).format(caption, first, others, last, body, end)


def _line(row: _Row, bars: bool) -> Markup:
    cells = Markup("").join(
        Markup("<td{}>{}</td>").format(_class(cell), f"{cell:,}" if isinstance(cell, int) else cell)
        for cell in row.cells
    )
    bar = Markup("<td>{}</td>").format(_bar(row.part)) if bars else Markup("")
    return Markup('<tr><th scope="row">{}</th>{}{}</tr>').format(row.head, cells, bar)


def _class(cell: int | str) -> Markup:
    return Markup(' class="n"') if isinstance(cell, int) else Markup("")


def _bar(part: float | None) -> Markup:
    """The number beside it says the same, so a screen reader passes the bar over."""
    if part is None:
        return Markup("")
    width = round(min(max(part, 0.0), 1.0) * _WIDE, 1)
    return _BAR.format(whole=_WIDE, part=width)

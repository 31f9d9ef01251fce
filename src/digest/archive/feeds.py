"""The archive as feeds with full text: Atom (RFC 4287) and RSS 2.0 with content:encoded."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from email.utils import format_datetime

from digest.archive import places as at
from digest.archive.issue import Issue, Paper, Piece
from digest.archive.places import Places

# What XML 1.0 does not know as characters (section 2.2).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def atom(paper: Paper, places: Places, issues: Sequence[Issue]) -> str:
    """The newest issues as an Atom feed, in the given order."""
    updated = max((issue.entry.changed for issue in issues), default=None)
    stamp = updated.isoformat(timespec="seconds") if updated else "1970-01-01T00:00:00Z"
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{_text(paper.language)}">\n<title>{_text(paper.name)}</title>\n'
        f"<id>{_text(places.full(at.LIST))}</id>\n<updated>{stamp}</updated>\n"
        f'<link rel="self" type="application/atom+xml" href="{_text(places.full(at.ATOM))}"/>\n'
        f'<link rel="alternate" type="text/html" href="{_text(places.full(at.LIST))}"/>\n'
        f"<author><name>{_text(paper.name)}</name></author>\n"
    )
    return head + "".join(_atom_entry(paper, places, issue) for issue in issues) + "</feed>\n"


def rss(paper: Paper, places: Places, issues: Sequence[Issue]) -> str:
    """The newest issues as an RSS feed, in the given order."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel>\n<title>{_text(paper.name)}</title>\n<link>{_text(places.full(at.LIST))}</link>\n"
        f"<description>{_text(paper.word('archive_title', publication=paper.name))}</description>\n"
        f"<language>{_text(paper.language)}</language>\n"
        f'<atom:link rel="self" type="application/rss+xml" href="{_text(places.full(at.RSS))}"/>\n'
    )
    return head + "".join(_rss_item(paper, places, issue) for issue in issues) + "</channel>\n</rss>\n"


def _atom_entry(paper: Paper, places: Places, issue: Issue) -> str:
    url, entry = _text(places.full(at.issue(issue.entry.id))), issue.entry
    return (
        f"<entry>\n<title>{_text(entry.title)}</title>\n<id>{url}</id>\n"
        f'<link rel="alternate" type="text/html" href="{url}"/>\n'
        f"<published>{entry.sent.isoformat(timespec='seconds')}</published>\n"
        f"<updated>{entry.changed.isoformat(timespec='seconds')}</updated>\n"
        f"<summary>{_text(issue.description)}</summary>\n"
        f'<content type="html">{_text(_body(paper, issue))}</content>\n</entry>\n'
    )


def _rss_item(paper: Paper, places: Places, issue: Issue) -> str:
    url, entry = _text(places.full(at.issue(issue.entry.id))), issue.entry
    return (
        f"<item>\n<title>{_text(entry.title)}</title>\n<link>{url}</link>\n"
        f'<guid isPermaLink="true">{url}</guid>\n<pubDate>{format_datetime(entry.sent)}</pubDate>\n'
        f"<description>{_text(issue.description)}</description>\n"
        f"<content:encoded>{_text(_body(paper, issue))}</content:encoded>\n</item>\n"
    )


def _body(paper: Paper, issue: Issue) -> str:
    """The whole issue as plain HTML, as feed readers show it."""
    corrected = "".join(
        f"<p><strong>{_text(paper.word('corrected', date=paper.date(one.at)))}</strong> {_text(one.text)}</p>"
        for one in issue.entry.corrections
    )
    parts = "".join(
        (f"<h2>{_text(part.label)}</h2>" if part.label else "") + "".join(map(_piece, part.pieces))
        for part in issue.parts
    )
    return corrected + parts


def _piece(piece: Piece) -> str:
    headline = _text(piece.headline)
    linked = f'<a href="{_text(piece.url)}">{headline}</a>' if piece.url else headline
    labels = f"<p><em>{_text(', '.join(piece.labels))}</em></p>" if piece.labels else ""
    points = "".join(f"<li>{_text(one)}</li>" for one in piece.takeaways)
    rest = "".join(f"<p>{_text(one)}</p>" for one in piece.paragraphs)
    return f"{labels}<h3>{linked}</h3>" + (f"<ul>{points}</ul>" if points else "") + rest


def _text(text: str) -> str:
    return html.escape(_ILLEGAL.sub("", text))

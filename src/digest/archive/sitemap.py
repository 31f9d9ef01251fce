"""The sitemap of the archive (https://www.sitemaps.org/protocol.html): at most 50,000 addresses."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from digest.archive import places as at
from digest.archive.issue import Entry
from digest.archive.places import Places

LARGEST = 50_000


def sitemap(places: Places, entries: Sequence[Entry], topics: Iterable[str]) -> str:
    """Every page that can be read, newest first; withdrawn editions are left out."""
    found = [f"<url><loc>{html.escape(places.full(at.LIST))}</loc></url>"]
    found += [f"<url><loc>{html.escape(places.full(at.topic(name)))}</loc></url>" for name in topics]
    found += [
        f"<url><loc>{html.escape(places.full(at.issue(entry.id)))}</loc>"
        f"<lastmod>{entry.changed.isoformat(timespec='seconds')}</lastmod></url>"
        for entry in entries
        if entry.withdrawn is None
    ]
    rows = "\n".join(found[:LARGEST])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}\n</urlset>\n'
    )

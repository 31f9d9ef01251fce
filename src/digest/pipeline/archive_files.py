"""The archive as files, for any web server: the pages that `digest serve` gives, byte for byte the same twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from digest.archive import Issue, atom, gone_page, issue_page, list_page, rss, sheet, sitemap, topic_page
from digest.archive import places as at
from digest.pipeline.archiving import IN_FEEDS, Archive
from digest.pipeline.whole_file import write_whole


def files(archive: Archive) -> Iterator[tuple[str, str]]:
    """(path, content) of every file, the lists first."""
    paper, places = archive.paper(static=True), archive.places
    entries = archive.entries()
    readable = [entry for entry in entries if entry.withdrawn is None]
    yield f"{at.LIST}index.html", list_page(paper, places, entries)
    yield at.SHEET, sheet(paper)
    yield at.SITEMAP, sitemap(places, entries, paper.topics)
    for name in paper.topics:
        yield f"{at.topic(name)}index.html", topic_page(paper, places, name, archive.topic(name, entries))
    newest: list[Issue] = []
    for place, entry in enumerate(readable):
        issue = archive.issue(entry.id)
        if not isinstance(issue, Issue):
            continue
        if place < IN_FEEDS:
            newest.append(issue)
        older = readable[place + 1] if place + 1 < len(readable) else None
        newer = readable[place - 1] if place else None
        page = issue_page(paper, places, issue, older=older, newer=newer)
        yield f"{at.issue(entry.id)}index.html", page
        if place == 0:
            yield f"{at.LATEST}/index.html", page
    for entry in entries:
        if entry.withdrawn is not None:
            yield f"{at.issue(entry.id)}index.html", gone_page(paper, places, entry)
    yield at.ATOM, atom(paper, places, newest)
    yield at.RSS, rss(paper, places, newest)


def write_files(archive: Archive, folder: Path) -> int:
    """Write them below a folder, each whole or not at all; how many were new or changed."""
    changed = 0
    for place, content in files(archive):
        path = folder / place
        octets = content.encode()
        if path.is_file() and path.read_bytes() == octets:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, octets)
        changed += 1
    return changed

"""Pages beside the mails of an outbox, so that a person can look at them in a browser. Without scripts, and written
whole or not at all. What is shown is read back from the files, so it is what would have been sent.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from digest.errors import SendError
from digest.send import maildir
from digest.send.base import Place
from digest.send.folder import half_name
from digest.send.outbox_pages import Mail, edition_page, mail_page, outbox_page, read_mail
from digest.send.places import edition_folder, mail_file

SHOWN = 50
EDITIONS = 200
MAX_OCTETS = 4_000_000

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The mails of one segment: how many there are, and the first ones, (id, file) in order."""

    segment: str
    total: int
    mails: tuple[tuple[str, Path], ...]


def write_index(outbox: Path, edition: str, *, publication: str, now: datetime) -> Path:
    """The page of an edition, whose path is returned, with a page for each of the first 50 mails of a segment, and
    the page of the outbox that lists the editions. Called again, it says what is there then. `publication` is the
    name for the masthead, `now` the time that the page says it is of, in its own zone.

    Raises:
        SendError: the pages cannot be written, or the edition's id cannot be a folder.
    """
    folder = edition_folder(outbox, edition)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shelves = [_shelf(path) for path in _folders(folder)]
        page = folder / INDEX
        full = [shelf for shelf in shelves if shelf.total]
        write_whole(page, _edition(folder, full, edition, publication, f"{now:%H:%M}, {now.day} {now:%B %Y}"))
        editions = _editions(outbox)
        write_whole(outbox / INDEX, outbox_page(publication, editions[:EDITIONS], max(len(editions) - EDITIONS, 0)))
    except OSError as problem:
        what = f"the pages of the outbox cannot be written: {problem.strerror}"
        raise SendError(what, where=str(problem.filename or folder)) from problem
    return page


def purge(outbox: Path, places: Iterable[Place], *, publication: str, now: datetime) -> int:
    """Takes these messages out of the outbox, with all pages that show them; how many files of mail there were.

    Raises:
        SendError: one cannot be taken out, or an id cannot be the name of a file.
    """
    gone = 0
    editions: set[str] = set()
    boxes: dict[Path, dict[str, Path]] = {}
    for place in places:
        path = mail_file(outbox, place.edition, place.segment, place.id)
        try:
            if path.parent not in boxes:
                boxes[path.parent] = dict(maildir.held(path.parent))
            boxed = boxes[path.parent]
            mails = [file for file in (path, boxed.get(place.id)) if file is not None and file.exists()]
            gone += len(mails)
            unfinished = maildir.unfinished(maildir.message_file(outbox, place.edition, place.segment, place.id))
            for file in (*mails, half_name(path), unfinished, path.with_suffix(".html")):
                file.unlink(missing_ok=True)
        except OSError as problem:
            raise SendError(f"a mail cannot be deleted: {problem.strerror}", where=str(path)) from problem
        if path.parent.is_dir():
            editions.add(place.edition)
    for edition in sorted(editions):
        write_index(outbox, edition, publication=publication, now=now)
    return gone


def write_whole(path: Path, parts: Iterable[str]) -> None:
    """The page, written beside its place and then put there.

    Raises:
        OSError: what the system says.
    """
    half = half_name(path)
    try:
        with half.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(parts)
        half.replace(path)
    except BaseException:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise


def _edition(folder: Path, shelves: list[Shelf], edition: str, publication: str, as_of: str) -> Iterator[str]:
    def rows(shelf: Shelf) -> Iterator[Mail]:
        place = folder / shelf.segment
        ids = [delivery for delivery, _ in shelf.mails]
        for number, (delivery, file) in enumerate(shelf.mails):
            mail = _read(delivery, file)
            links = [f"{ids[at]}.html" if 0 <= at < len(ids) else "" for at in (number - 1, number + 1)]
            write_whole(place / f"{mail.id}.html", mail_page(publication, edition, shelf.segment, mail, *links))
            yield mail
        shown = {f"{delivery}.html" for delivery in ids}
        # Pages of mails that are no longer among the first, or no longer there.
        for old in place.glob("*.html"):
            if old.name not in shown:
                old.unlink(missing_ok=True)

    return edition_page(publication, edition, as_of, [(shelf.segment, shelf.total, rows(shelf)) for shelf in shelves])


def _shelf(folder: Path) -> Shelf:
    total = 0

    def mails() -> Iterator[tuple[str, Path]]:
        nonlocal total
        for found in chain(_loose(folder), maildir.held(folder)):
            total += 1
            yield found

    first = heapq.nsmallest(SHOWN, mails())
    return Shelf(folder.name, total, tuple(first))


def _loose(folder: Path) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".eml") and not entry.name.startswith(".") and entry.is_file():
                yield entry.name.removesuffix(".eml"), Path(entry.path)


def _read(delivery: str, path: Path) -> Mail:
    with path.open("rb") as file:
        return read_mail(delivery, file.read(MAX_OCTETS), path.stat().st_size)


def _folders(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    return [folder / name for name in names if not name.startswith(".")]


def _editions(outbox: Path) -> list[str]:
    """The editions that have a page, the newest first."""
    found = [
        f"{digest.name}/{day.name}"
        for digest in _folders(outbox)
        for day in _folders(digest)
        if (day / INDEX).is_file()
    ]
    return sorted(found, key=lambda edition: (edition.partition("/")[2], edition), reverse=True)

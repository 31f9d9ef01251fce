"""Mail as Maildirs that mail programs open: `OUTBOX/EDITION/SEGMENT/` with `tmp`, `new` and `cur` (Bernstein, "Using
maildir format").

A message is written into `tmp`, forced to disk, and given its name in `new`. The name is its delivery's, so that an
interrupted run can be asked what it did, also when a mail program has moved the message to `cur` since then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from digest.send.places import make_folders, part_name, segment_folder

NEW: Final = "new"
CUR: Final = "cur"
TMP: Final = "tmp"


def message_file(outbox: Path, edition: str, segment: str, delivery: str) -> Path:
    """`OUTBOX/EDITION/SEGMENT/new/DELIVERY`.

    Raises:
        SendError: a part that could not be the name of one file or folder.
    """
    return segment_folder(outbox, edition, segment) / NEW / part_name(delivery)


def unfinished(path: Path) -> Path:
    """Where a message stands that is not yet wholly on disk."""
    return path.parent.parent / TMP / path.name


def make_maildir(new: Path, outbox: Path) -> None:
    """The three folders around `new`, known on disk when this returns.

    Raises:
        OSError: what the system says, also when one of them is a link that leads elsewhere.
    """
    for name in (TMP, CUR, NEW):
        make_folders(new.parent / name, outbox)


def as_kept(octets: bytes) -> bytes:
    """A message as local mailboxes keep it: lines end with LF alone."""
    return octets.replace(b"\r\n", b"\n")


def is_maildir(folder: Path) -> bool:
    """Whether a folder of a segment is a Maildir."""
    return (folder / NEW).is_dir()


def held(folder: Path) -> Iterator[tuple[str, Path]]:
    """(delivery, file) of every message of a Maildir, seen or not, in no order."""
    for name in (NEW, CUR):
        try:
            entries = os.scandir(folder / name)
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                    yield entry.name.partition(":")[0], Path(entry.path)

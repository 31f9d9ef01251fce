"""Which file a message is: names are checked, so that nothing is ever written outside the outbox."""

from __future__ import annotations

import os
import re
from pathlib import Path

from digest.errors import SendError

_PART = re.compile(r"[^\s./\\:*?\"<>|\x00-\x1f\x7f][^/\\:*?\"<>|\x00-\x1f\x7f]{0,79}").fullmatch


def mail_file(outbox: Path, edition: str, segment: str, delivery: str) -> Path:
    """`OUTBOX/EDITION/SEGMENT/DELIVERY.eml`; an edition is `daily/2026-11-24`, a folder in a folder.

    Raises:
        SendError: a part that could not be the name of one file or folder.
    """
    return segment_folder(outbox, edition, segment) / f"{part_name(delivery)}.eml"


def edition_folder(outbox: Path, edition: str) -> Path:
    """`OUTBOX/EDITION`.

    Raises:
        SendError: a part that could not be the name of one folder.
    """
    parts = edition.split("/")
    if len(parts) > 4:
        raise _refused(edition)
    return outbox.joinpath(*[part_name(part) for part in parts])


def segment_folder(outbox: Path, edition: str, segment: str) -> Path:
    """`OUTBOX/EDITION/SEGMENT`.

    Raises:
        SendError: a part that could not be the name of one folder.
    """
    return edition_folder(outbox, edition) / part_name(segment)


def make_folders(folder: Path, outbox: Path) -> None:
    """The folder and those above it up to the outbox, each known on disk when this returns.

    Raises:
        OSError: what the system says, also when one of them is a link that leads elsewhere.
    """
    missing: list[Path] = []
    step = folder
    while step != step.parent and not step.is_dir():
        missing.append(step)
        step = step.parent
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        fsync_folder(made.parent)
    if not folder.resolve().is_relative_to(outbox.resolve()):
        raise NotADirectoryError(20, "a link in it leads outside the outbox", str(folder))


def fsync_folder(folder: Path) -> None:
    """Names in the folder are on disk when this returns.

    Raises:
        OSError: what the system says.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def part_name(name: str) -> str:
    """The name, when one file or folder can have it.

    Raises:
        SendError: it cannot.
    """
    if not _PART(name) or len(name.encode("utf-8", "surrogatepass")) > 200 or not name.isprintable():
        raise _refused(name)
    return name


def _refused(name: str) -> SendError:
    return SendError(f"{name!r} cannot be the name of a file in the outbox", hint="use letters, digits, - and _")

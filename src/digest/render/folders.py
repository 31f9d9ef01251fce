"""Template folders, and what tells that a file in them changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

Stamp = tuple[tuple[str, int, int], ...]


class Folders(tuple[Path, ...]):
    """Template folders as they are when this is made: who renders several variants of one edition looks at their
    files once. A file that changes later is seen by the next `Folders`."""

    stamp: Stamp

    def __new__(cls, roots: Iterable[Path]) -> Self:
        made = super().__new__(cls, roots)
        made.stamp = stamp(made)
        return made


def stamp(roots: Sequence[Path]) -> Stamp:
    """What changes when any template file does: names, times and sizes, as they are now."""
    found: list[tuple[str, int, int]] = []
    folders = [str(root) for root in roots]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.endswith(".j2"):
                        state = entry.stat()
                        found.append((entry.path, state.st_mtime_ns, state.st_size))
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except FileNotFoundError:
            continue
    return tuple(sorted(found))


def stamp_of(roots: Sequence[Path]) -> Stamp:
    """The stamp of these folders: the one that `Folders` were made with, else the one of this moment."""
    return roots.stamp if isinstance(roots, Folders) else stamp(roots)

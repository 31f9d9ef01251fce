"""The files of rows that imports did not take: addresses stand in them, so who is forgotten goes out of them too."""

from __future__ import annotations

from pathlib import Path

from digest.errors import StoreError
from digest.pipeline.project import Project
from digest.readers import BadAddress, normalise
from digest.readers.refused import take_out
from digest.store import imports


def clear_refused(project: Project, key: str) -> int:
    """Take the rows of a (normalised) address out of every file of refused rows; how many there were.

    Raises:
        StoreError: one of the files cannot be written.
    """

    def theirs(email: str) -> bool:
        try:
            return normalise(email).key == key
        except BadAddress:
            return key in email.casefold()

    gone = 0
    with project.store.database.begin() as connection:
        for name in imports.rejects(connection):
            path = Path(name)
            if not path.exists():
                imports.unnote_rejects(connection, name)
                continue
            try:
                gone += take_out(path, theirs)
            except OSError as problem:
                what = f"an address cannot be taken out of this file: {problem.strerror}"
                raise StoreError(what, where=name, hint="delete the file") from problem
    return gone

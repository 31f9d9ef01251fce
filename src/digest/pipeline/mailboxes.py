"""The mailboxes that are read: a Maildir on this machine, or a folder on an IMAP server. Each mail is taken once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from digest.errors import ConfigError, SourceError
from digest.settings.site import Mailbox

MAX_OCTETS: Final = 262_144


class Postbox(AbstractContextManager["Postbox"], Protocol):
    """An open mailbox. What was taken and not yet done is not taken again while it is open."""

    def take(self, limit: int) -> tuple[tuple[str, bytes], ...]:
        """The next mails that nobody has read: a key and the first 256 kB of each."""
        ...

    def done(self, key: str, *, for_a_person: bool) -> None:
        """Mark a mail as read; one for a person is flagged, too."""
        ...


def open_postbox(mailbox: Mailbox, root: Path, environ: Mapping[str, str], now: datetime) -> Postbox:
    """The mailbox that a `[[mailboxes]]` describes.

    Raises:
        ConfigError: a setting is missing, or a password would go over a network in the clear.
        CredentialsError: there is no password, or the server does not take it.
        SourceError: the mailbox cannot be opened.
    """
    if mailbox.kind == "maildir":
        if not mailbox.path:
            raise ConfigError("a maildir needs a path", where="[[mailboxes]]")
        return Maildir(root / mailbox.path)
    from digest.pipeline.imap import Imap

    if not (mailbox.username and mailbox.password):
        raise ConfigError("an IMAP mailbox needs username and password", where="[[mailboxes]]")
    return Imap(mailbox, mailbox.username, mailbox.password.reveal(environ, root), now)


class Maildir:
    """A Maildir (https://cr.yp.to/proto/maildir.html). Mails with the flag S are read, as for other programs."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
            raise SourceError("there is no Maildir (a folder with cur, new and tmp)", where=str(folder))
        self._folder = folder
        self._taken: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def take(self, limit: int) -> tuple[tuple[str, bytes], ...]:
        """The next unread mails, by their file names, which begin with the second they came."""
        found: list[tuple[str, bytes]] = []
        for key in self._unread():
            if len(found) == limit:
                break
            self._taken.add(key)
            try:
                with (self._folder / key).open("rb") as file:
                    found.append((key, file.read(MAX_OCTETS)))
            except FileNotFoundError:
                continue  # A mail program moved it meanwhile.
        return tuple(found)

    def done(self, key: str, *, for_a_person: bool) -> None:
        """Move a mail to `cur`, seen; flagged if a person should look at it."""
        name, _, old = Path(key).name.partition(":2,")
        flags = "".join(sorted({*old, "S", *("F" if for_a_person else "")}))
        try:
            os.rename(self._folder / key, self._folder / "cur" / f"{name}:2,{flags}")
        except FileNotFoundError:
            return  # Whoever moved it has it now; its events are kept.

    def _unread(self) -> list[str]:
        keys = [f"new/{name}" for name in os.listdir(self._folder / "new")]
        keys += [f"cur/{name}" for name in os.listdir(self._folder / "cur") if "S" not in name.partition(":2,")[2]]
        fresh = (key for key in keys if key not in self._taken and not Path(key).name.startswith("."))
        return sorted(fresh, key=lambda key: Path(key).name)
